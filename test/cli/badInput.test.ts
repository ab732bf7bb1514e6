/**
 * Bad input: one clear line that names the file or option, the right exit code, no stack trace, no half file.
 */

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { encodeSafetensors } from '../../lib/format/safetensors.js';
import { encodeModel } from '../../lib/model/model.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { encodePng } from '../../lib/picture/encode.js';
import { randomModel } from '../support/networks.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnet } from './command.js';

const USAGE = 2;
const DATA = 3;
const FAILURE = 1;

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const model = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const picture = encodePng(drawSample(1, 1, 'eye', 1, 32).picture);
const write = (name: string, bytes: Uint8Array | string) => {
  writeFileSync(at(name), bytes);
  return at(name);
};
const ann = write('ann.safetensors', encodeModel(model));
const image = write('eye.png', picture);
const drive = ['--dataset', 'drive', '--data', writeTinyDrive(at('DRIVE'))];

function refuses(name: string, args: readonly string[], status: number, message: RegExp): void {
  t.test(name, async (t) => {
    const outcome = spikingUnet(...args);
    t.equal(outcome.status, status, 'exit code');
    t.match(outcome.stderr, message);
    t.notMatch(outcome.stderr, /\n\s+at /, 'no stack trace');
    t.equal(outcome.stdout, '');
  });
}

const run = (...args: string[]) => ['run', '--model', ann, '--image', image, '--out', at('out'), ...args];

refuses('an unknown stage', ['segment'], USAGE, /segment: no such stage, expected one of demo, /);
refuses('an unknown option', run('--stepz', '3'), USAGE, /unknown option '--stepz'/);
refuses('a missing option', ['run', '--image', image], USAGE, /--model/);
refuses('steps 0', run('--steps', '0'), USAGE, /--steps.*whole number of at least 1/);
refuses('steps that are not a number', run('--steps', 'ten'), USAGE, /--steps/);
refuses('an unknown mode', run('--mode', 'fast'), USAGE, /--mode.*auto or dense or event/);
refuses('an unknown engine', run('--engine', 'gpu'), USAGE, /--engine gpu: expected one of wasm, reference/);
refuses('a width of 0', ['train', '--width', '0', '--out', at('r')], USAGE, /--width/);
refuses(
  'an unknown data set',
  ['train', '--dataset', 'dive', '--out', at('r')],
  USAGE,
  /--dataset dive: expected one of/,
);
refuses(
  'no folder for a data set',
  ['train', '--dataset', 'drive', '--out', at('r')],
  USAGE,
  /--data is missing.*SPIKING_UNET_DATA/,
);
for (const [patch, message] of [
  ['512', /--patch 512: larger/],
  ['16x1024', /--patch 16x1024: larger than the image .*expected at most \d+x\d+ \(height x width\)/],
  ['48x40', /--patch 48x40: expected multiples of 16, as this network takes them/],
] as const) {
  refuses(`a patch of ${patch}`, ['train', ...drive, '--patch', patch, '--out', at('r')], USAGE, message);
}
for (const patch of ['0', '48x', 'x48', '48x48x48', '100000']) {
  refuses(
    `a patch that is none: ${patch}`,
    ['train', '--patch', patch, '--out', at('r')],
    USAGE,
    new RegExp(`--patch.*'${patch}'.*expected a (side in pixels|whole number)`),
  );
}

refuses(
  'a missing model',
  ['run', '--model', at('none'), '--image', image],
  DATA,
  /none: cannot be read: there is no such file/,
);
refuses(
  'a missing picture',
  ['run', '--model', ann, '--image', at('none.png')],
  DATA,
  /none\.png: cannot be read/,
);
refuses(
  'a folder without pictures for a picture',
  ['run', '--model', ann, '--image', join('lib', 'net')],
  DATA,
  /holds no picture, expected PNG, JPEG, TIFF or GIF/,
);
refuses(
  'a missing data folder',
  ['evaluate', '--model', ann, '--dataset', 'drive', '--data', at('none')],
  DATA,
  /none.*no such folder/,
);

const truncated = (name: string, bytes: Uint8Array) =>
  write(name, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
refuses(
  'a truncated PNG',
  ['run', '--model', ann, '--image', truncated('cut.png', picture)],
  DATA,
  /cut\.png: .*PNG/,
);
refuses(
  'a text file for a picture',
  ['run', '--model', ann, '--image', write('text.png', 'hello')],
  DATA,
  /text\.png: .*expected .*PNG/,
);
refuses(
  'an empty file for a picture',
  ['run', '--model', ann, '--image', write('empty.png', '')],
  DATA,
  /empty\.png/,
);
const cutModel = truncated('cut.safetensors', readFileSync(ann));
refuses(
  'a truncated model',
  ['run', '--model', cutModel, '--image', image],
  DATA,
  /cut\.safetensors: .*truncated/,
);
refuses(
  'a picture for a model',
  ['run', '--model', image, '--image', image],
  DATA,
  /eye\.png: .*not a safetensors file/,
);

function withWeight(value: number): Uint8Array {
  const tensors = unpackParameters(model.layers, model.parameters);
  const weight = tensors.get('conv4.weight')!;
  tensors.set('conv4.weight', { ...weight, data: weight.data.map((old, i) => (i === 5 ? value : old)) });
  return encodeSafetensors({ tensors, metadata: {} });
}

const importing = (file: string) => [
  'import',
  '--state-dict',
  file,
  '--task',
  'segment',
  '--out',
  at('imported.safetensors'),
];
for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
  const file = write(`${value}.safetensors`, withWeight(value));
  refuses(
    `a weight that is ${value}`,
    importing(file),
    DATA,
    new RegExp(`conv4\\.weight: value 5 is ${value}`),
  );
}
const partial = unpackParameters(model.layers, model.parameters);
partial.delete('conv7.bias');
const partialFile = write('partial.safetensors', encodeSafetensors({ tensors: partial, metadata: {} }));
refuses(
  'a state dict without a layer',
  importing(partialFile),
  DATA,
  /partial\.safetensors: tensor conv7\.bias is missing/,
);
refuses(
  'a state dict as a model',
  ['run', '--model', partialFile, '--image', image],
  DATA,
  /bring a PyTorch state dict in with "import"/,
);

const convert = (...args: string[]) => [
  'convert',
  '--model',
  ann,
  ...drive,
  '--out',
  at('snn.safetensors'),
  ...args,
];
refuses(
  'thresholds that rise',
  convert('--thresholds', '1,2'),
  USAGE,
  /--thresholds 1,2: .*lower than the one before/,
);
refuses('a negative threshold', convert('--thresholds=-1'), USAGE, /--thresholds -1: expected positive/);
refuses('two thresholds for IF', convert('--neuron', 'if', '--thresholds', '2,1'), USAGE, /takes exactly 1/);
refuses(
  'an unknown neuron',
  convert('--neuron', 'lapicque'),
  USAGE,
  /--neuron lapicque: expected one of mt, /,
);
refuses('a percentile of 0', convert('--percentile', '0'), USAGE, /--percentile/);
refuses(
  'nothing to calibrate on',
  ['convert', '--model', ann, '--out', at('s')],
  USAGE,
  /--dataset or --calibration/,
);
mkdirSync(at('empty'));
refuses(
  'an empty calibration folder',
  ['convert', '--model', ann, '--calibration', at('empty'), '--out', at('s')],
  DATA,
  /empty: holds no picture,/,
);
refuses(
  'finetuning a U-Net',
  ['finetune', '--model', ann, ...drive, '--out', at('f')],
  DATA,
  /is a U-Net.*run "convert" first/,
);

mkdirSync(at('pairs', 'images'), { recursive: true });
mkdirSync(at('pairs', 'labels'), { recursive: true });
const label = (level: number, size = 32) =>
  encodePng({ height: size, width: size, channels: 1, data: new Uint8Array(size * size).fill(level) });
for (const name of ['a', 'b', 'c']) {
  write(`pairs/images/${name}.png`, picture);
  write(`pairs/labels/${name}.png`, label(1));
}
const evaluatePairs = [
  'evaluate',
  '--model',
  ann,
  '--dataset',
  'folder',
  '--data',
  at('pairs'),
  '--split',
  'all',
];
t.test('a label of another size, an unknown class, a missing label', async (t) => {
  t.equal(spikingUnet(...evaluatePairs).status, 0, 'the pairs are in order');
  for (const [bytes, message] of [
    [label(1, 16), /labels.b\.png: is 16x16, expected 32x32 as .*images.b\.png/],
    [label(7), /labels.b\.png: row 0, column 0 holds the class 7, expected 0 to 1/],
  ] as const) {
    write('pairs/labels/b.png', bytes);
    const { status, stderr } = spikingUnet(...evaluatePairs);
    t.equal(status, DATA);
    t.match(stderr, message);
  }
  const { rmSync } = await import('node:fs');
  rmSync(at('pairs', 'labels', 'b.png'));
  const { status, stderr } = spikingUnet(...evaluatePairs);
  t.equal(status, DATA);
  t.match(stderr, /labels.b\.png: cannot be read: there is no such file/);
});

refuses(
  'an output folder that is a file',
  run('--out', image),
  FAILURE,
  /eye\.png: cannot be made: is a file, expected a folder/,
);
t.test('a full disk', { skip: !existsSync('/dev/full') && 'there is no /dev/full here' }, async (t) => {
  const { status, stderr } = spikingUnet(...importing(ann).slice(0, -1), '/dev/full/model');
  t.equal(status, FAILURE);
  t.match(stderr, /\/dev\/full/);
});
t.test(
  'an output folder without permission',
  { skip: process.getuid?.() === 0 && 'root may write everywhere' },
  async (t) => {
    mkdirSync(at('locked'));
    chmodSync(at('locked'), 0o500);
    const { status, stderr } = spikingUnet(
      'run',
      '--model',
      ann,
      '--image',
      image,
      '--out',
      at('locked', 'out'),
    );
    t.equal(status, FAILURE);
    t.match(stderr, /permission denied/);
  },
);
t.test('what was refused left no file', async (t) => {
  for (const file of ['imported.safetensors', 'snn.safetensors', 's', 'r', 'f'])
    t.notOk(existsSync(at(file)), file);
});
