/**
 * What the system hands to the program: names that control terminals, few file handles, little address space.
 */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { printable, printableJson } from '../../bin/cli/printable.js';
import { encodeModel } from '../../lib/model/model.js';
import { encodePng } from '../../lib/picture/encode.js';
import { randomModel } from '../support/networks.js';
import { environment, spikingUnet } from './command.js';
import { tinyTraining, writePhotos } from './tinyTraining.js';

const root = t.testdir();
const at = (name: string) => join(root, name);
const model = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
writeFileSync(at('ann.safetensors'), encodeModel(model));
const grey = encodePng({ height: 16, width: 16, channels: 1, data: new Uint8Array(256).fill(9) });
writeFileSync(at('grey.png'), grey);

t.test('control characters are shown, lines and other scripts stay', async (t) => {
  t.equal(printable('a\u001b[2Jb\u0007\u007f\u009b\r'), 'a\\x1b[2Jb\\x07\\x7f\\x9b\\x0d');
  t.equal(printable('eye\u202egnp.exe\u2066'), 'eye\\u202egnp.exe\\u2066');
  t.equal(printable('Ärzte\t目\n😀'), 'Ärzte\t目\n😀');
  const value = { 'a\u001b\u009b': ['\u202e', '\n', '目'] };
  t.strictSame(JSON.parse(printableJson(value)), value);
  t.notMatch(printableJson(value), /(?!\n)\p{Cc}|\u202e/u);
});

const OUR_COLOURS = new RegExp(`${String.fromCharCode(0x1b)}\\[\\d+m`, 'g');

t.test('names of files and classes, and metadata, do not reach the terminal as they are', async (t) => {
  const evil = 'eye\u001b]0;owned\u0007\u009b2J';
  mkdirSync(at('pictures'));
  writeFileSync(at(`pictures/${evil}.png`), grey);
  const named = { ...model, classNames: [`back${evil}`, 'vessel'], notes: { dataset: evil } };
  writeFileSync(at('evil.safetensors'), encodeModel(named));
  const image = at(`pictures/${evil}.png`);
  for (const [stage, ...args] of [
    ['run', '--model', at('ann.safetensors'), '--image', image, '--out', at('out')],
    ['run', '--model', at('ann.safetensors'), '--image', image, '--out', at('out'), '--json'],
    ['run', '--model', `${at('none')}${evil}`, '--image', image],
    ['run', '--model', at('ann.safetensors'), '--image', image, `--${evil}`],
    ['run', '--model', at('ann.safetensors'), '--image', image, '--steps', evil],
    ['inspect', '--model', at('evil.safetensors')],
    ['inspect', '--model', at('evil.safetensors'), '--json'],
    [
      'evaluate',
      '--model',
      at('evil.safetensors'),
      '--ignore',
      evil,
      '--dataset',
      'folder',
      '--data',
      at('none'),
    ],
  ]) {
    const { stdout, stderr } = spikingUnet(stage, ...args);
    const text = (stdout + stderr).replaceAll(OUR_COLOURS, '');
    t.match(text, /\S/);
    t.notMatch(text, /(?![\t\n])\p{Cc}/u, `${stage} ${args.join(' ').slice(0, 40)}`);
  }
});

const PROGRAM = 'dist/bin/spiking-unet.js';

/** `spiking-unet run` under a limit of the shell. */
function limited(limit: string, options = '', image = `--image ${at('grey.png')}`, input?: Uint8Array) {
  const run = `run --model ${at('ann.safetensors')} ${image} --out ${at('out')} --threads 2`;
  const script = `${limit} && NODE_OPTIONS=${options} exec ${process.execPath} ${PROGRAM} ${run}`;
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  return spawnSync('bash', ['-c', script], { encoding: 'utf8', env, ...(input && { input }) });
}
const skip = existsSync('/proc/self/limits') ? false : 'there are no such limits here';

t.test('few file handles end in a sentence', { skip }, async (t) => {
  // Which file is missed first is chance. Node 24 opens one after the other, for which these are enough.
  for (const handles of [24, 36, 37, 38, 40, 42, 44, 46]) {
    const { status, stdout, stderr } = limited(`ulimit -n ${handles}`);
    t.notMatch(stderr, /\n\s+at /, `${handles} handles`);
    if (status === 0) {
      t.match(stdout, /grey\.mask\.png/);
    } else {
      t.equal(status, 1);
      t.match(
        stderr,
        /^spiking-unet run: not all files of the program can be opened: raise "ulimit -n" to 256/,
      );
    }
  }
});

const LITTLE = 'ulimit -v 4000000';

t.test(
  'with little address space the program starts itself again, for the fast engine',
  { skip },
  async (t) => {
    for (const options of ['', '--disable-wasm-trap-handler']) {
      const { status, stdout, stderr } = limited(LITTLE, options);
      t.equal(status, 0);
      t.notMatch(stderr, /reference/);
      t.match(stdout, /^\S+grey\.png -> \S+grey\.mask\.png/, 'said once');
    }
    const refused = limited(LITTLE, '', '--image none.png');
    t.equal(refused.status, 3);
    t.match(refused.stderr, /^spiking-unet run: none\.png: [^\n]+\n$/);
    const piped = limited(LITTLE, '', '--image -', grey);
    t.equal(piped.status, 0);
    t.match(piped.stdout, /stdin -> /);
  },
);

t.test('where nothing helps another engine does the work, and says so', { skip }, async (t) => {
  const { status, stderr } = limited(LITTLE, '--jitless');
  t.equal(status, 0);
  t.match(stderr, /^engine wasm does not run here \(no WebAssembly\): using the slower reference\n/m);
});

t.test('a training that was started again saves when the program is stopped', { skip }, async (t) => {
  const run = at('stopped');
  const train = tinyTraining(writePhotos(root), run, 1000);
  const child = spawn('bash', ['-c', `${LITTLE} && exec "$0" "$@"`, process.execPath, PROGRAM, ...train], {
    env: environment,
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(join(run, 'checkpoints', 'last.safetensors'))) await sleep(20);
  child.kill('SIGTERM');
  t.equal(await exit, 143);
  t.notOk(existsSync(join(run, 'run.lock')), 'the folder is given back');
});
