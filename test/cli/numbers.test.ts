/**
 * Every numeric option of every stage with strange values: each is refused in a sentence that names the
 * option, or is a number like any other. The options are those that --help lists.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { encodeModel } from '../../lib/model/model.js';
import { encodePng } from '../../lib/picture/encode.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet } from './command.js';

const root = t.testdir();
const at = (name: string) => join(root, name);
writeFileSync(
  at('ann.safetensors'),
  encodeModel(randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 })),
);
const grey = { height: 16, width: 16, channels: 1, data: new Uint8Array(256).fill(9) } as const;
writeFileSync(at('grey.png'), encodePng(grey));
mkdirSync(at('pictures'));
writeFileSync(at('pictures/grey.png'), encodePng(grey));
const none = at('none.safetensors');

/** Command lines that lack only the option in question, and end at once: their files do not exist. */
const stages: Readonly<Record<string, readonly string[]>> = {
  ablate: ['--model', none],
  bench: ['--model', none],
  compare: [none, none],
  convert: ['--model', none, '--out', at('out'), '--dataset', 'synth-drive'],
  energy: ['--model', none],
  evaluate: ['--model', none],
  finetune: ['--model', none, '--out', at('out')],
  reproduce: ['no-such-table'],
  run: ['--model', none, '--image', at('grey.png')],
  train: ['--dataset', 'folder', '--data', none, '--width', '1', '--out', at('out')],
};

/** Texts that are not plain decimals for any option. */
const NO_NUMBERS = [
  '',
  ' ',
  '1 0',
  '0x10',
  '0b1',
  '0o7',
  '1_000',
  'NaN',
  'Infinity',
  '-Infinity',
  '1e',
  '1e999',
  '１',
];
const LARGE = [
  '1e15',
  '9007199254740991',
  '9007199254740993',
  '1e38',
  '-1e38',
  '4294967296',
  '-1',
  '0.5',
  '0',
  '1e-320',
];
const RAW =
  /Invalid (array|typed array|string) length|allocation failed|Cannot read|is not a function|undefined|\n\s+at /;

/** The options with a value that a stage lists, by asking for help. */
function optionsOf(stage: string): string[] {
  const { stdout } = spikingUnet(stage, '--help');
  return [...stdout.matchAll(/^ {2}(--[\w-]+) </gm)].map(([, name]) => name);
}

let tried = 0;
for (const [stage, base] of Object.entries(stages)) {
  t.test(stage, async (t) => {
    const numeric: string[] = [];
    for (const option of optionsOf(stage)) {
      const { status, stderr } = spikingUnet(stage, ...base, `${option}=x`);
      const named = stderr.includes(option) && status === 2;
      if (named && /number|multiple/i.test(stderr) && !/expected one of/.test(stderr)) numeric.push(option);
    }
    t.ok(numeric.includes('--seed') && numeric.includes('--threads'), numeric.join(' '));
    for (const option of numeric) {
      for (const value of NO_NUMBERS) {
        const { status, stderr, stdout } = spikingUnet(stage, ...base, `${option}=${value}`);
        const sentence = status === 2 && stderr.includes(option) && !RAW.test(stderr) && stdout === '';
        if (!sentence) t.fail(`${option}=${value}: exit ${status}: ${stderr}`);
        tried += 1;
      }
      for (const value of LARGE) {
        const { status, stderr } = spikingUnet(stage, ...base, `${option}=${value}`);
        const refused = status === 2 && stderr.includes(option);
        const taken = (status === 2 || status === 3) && /none|no-such/.test(stderr);
        if (!(refused || taken) || RAW.test(stderr)) t.fail(`${option}=${value}: exit ${status}: ${stderr}`);
        tried += 1;
      }
    }
  });
}

t.test('so many were tried', async (t) => {
  t.ok(tried > 1300, String(tried));
});

const run = ['run', '--model', at('ann.safetensors'), '--image', at('grey.png'), '--out', at('out')] as const;

const conversion = [
  ...['--model', at('ann.safetensors'), '--calibration', at('pictures')],
  ...['--out', at('snn.safetensors')],
];

/** What is taken as a number, in command lines that are carried out. */
const carriedOut: readonly (readonly [stage: string, args: readonly string[], option: string])[] = [
  ...['--leak', '--v-init', '--percentile', '--images', '--tolerance'].map(
    (option) => ['convert', [...conversion, '--neuron', 'lif', '--thresholds', '0.5'], option] as const,
  ),
  ...['--thresholds', '--spike-values'].map((option) => ['convert', conversion, option] as const),
  ...['--width', '--channels', '--classes', '--spikes'].map((option) => ['energy', [], option] as const),
  ...['--seed', '--memory'].map((option) => [run[0], run.slice(1), option] as const),
];
for (const [stage, args, option] of carriedOut) {
  t.test(`${stage} ${option}`, async (t) => {
    for (const value of [
      '1',
      '1024',
      '9007199254740991',
      '3e38',
      '-3e38',
      '1e-38',
      '1e-320',
      '0',
      '-1',
      '0.999',
    ]) {
      const { status, stderr, stdout } = spikingUnet(stage, ...args, `${option}=${value}`);
      const refused = [2, 3].includes(status ?? 1) && stderr.includes(option);
      const done = status === 0 && !/NaN|Infinity|undefined/.test(stdout);
      if (!(refused || done) || RAW.test(stderr)) t.fail(`${value}: exit ${status}: ${stderr}${stdout}`);
    }
  });
}

t.test('plain decimals with an exponent are numbers', async (t) => {
  const { status, stdout } = spikingUnet(...run, '--memory', '1e3', '--seed', '1.0', '--json');
  t.equal(status, 0);
  t.equal(JSON.parse(stdout).images.length, 1);
});
