/**
 * `export --vectors`: the folder is computed again by C (fixtures/make/reference.c) and by NumPy
 * (check_vectors.py) where they are installed, which notice a single value that differs.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { writeVectors } from '../../bin/cli/vectorFolder.js';
import { padReflectForward } from '../../lib/core/padding.js';
import { stream } from '../../lib/core/rng.js';
import { sha256 } from '../../lib/core/sha256.js';
import { drawTexture } from '../../lib/data/twin/textures.js';
import { pictureCodes } from '../../lib/integer/codes.js';
import { integerNetwork } from '../../lib/integer/integerNetwork.js';
import { goldenVectors } from '../../lib/integer/vectors.js';
import { encodeModel } from '../../lib/model/model.js';
import type { Task } from '../../lib/net/architecture.js';
import { encodePng } from '../../lib/picture/encode.js';
import { makeImage } from '../../lib/picture/image.js';
import { randomImage, randomModel } from '../support/networks.js';
import { wholeNetwork, withFewestMembraneBits } from '../support/wholeNetworks.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir({ calibration: {} });
const at = (...parts: string[]) => join(root, ...parts);

const has = (command: string, ...args: string[]) => spawnSync(command, args).status === 0;
const noCompiler = !has('cc', '--version') && 'no C compiler (cc) here';
const python = ['python3', '/usr/bin/python3'].find((name) => has(name, '-c', 'import numpy'));
const noPython = python === undefined && 'no python3 with NumPy here';

const STRICT = ['-std=c99', '-pedantic', '-O1', '-Wall', '-Wextra', '-Werror'];
const SANITIZE = ['-fsanitize=undefined', '-fno-sanitize-recover=all'];
/** What sees undefined behaviour, where the compiler has it. */
const sanitize = (() => {
  const source = at('empty.c');
  writeFileSync(source, 'int main(void) { return 0; }\n');
  return has('cc', ...SANITIZE, source, '-o', at('empty')) ? SANITIZE : [];
})();

/** Compiles and runs the C program on a folder. */
function runC(folder: string) {
  const program = join(folder, 'reference');
  const source = ['-I', folder, 'fixtures/make/reference.c', '-o', program];
  const compiled = spawnSync('cc', [...STRICT, ...sanitize, ...source], { encoding: 'utf8' });
  if (compiled.status !== 0) throw new Error(compiled.stderr);
  return spawnSync(program, { encoding: 'utf8' });
}

const runPython = (folder: string) =>
  spawnSync(python!, ['fixtures/make/check_vectors.py', folder], { encoding: 'utf8' });

/** A random network and picture as a folder; thresholds differ by layer. */
function randomFolder(k: number): { folder: string; layers: number } {
  const random = stream(k, 'vectors');
  const task: Task = k % 2 === 0 ? 'segment' : 'denoise';
  const channels = 1 + 2 * random.integer(2);
  const classes = task === 'denoise' ? channels : 2 + random.integer(3);
  const thresholds = 2 + random.integer(6);
  const near = () => thresholds - 1 + random.integer(3);
  const wide = wholeNetwork(
    { task, width: 1 + random.integer(2), channels, classes },
    {
      ...{ bits: [8, 5, 12, 16][k], thresholds, seed: k + 1 },
      thresholdsOf: { relu2: near(), pooling1: near(), pooling3: near(), relu_convtranspose2: near() },
    },
  );
  const whole = k === 1 ? withFewestMembraneBits(wide) : wide;
  const [height, width] = [16 * (1 + random.integer(2)), 48];
  const run = { bits: whole.bits!, height, width, steps: 1 + (k % 2) };
  const picture = randomImage(random, height, width, channels).map((value) => 3 * value - 1);
  const network = integerNetwork(whole);
  const folder = at(`random${k}`);
  writeVectors(folder, goldenVectors(network, pictureCodes(picture), run), run, { model: 'a */ b' });
  return { folder, layers: network.length };
}

const folders = [0, 1, 2, 3].map(randomFolder);
const equalLines = (text: string) => text.split('\n').filter((line) => line.endsWith(': equal')).length;

t.test('C computes the same codes and membranes', { skip: noCompiler }, async (t) => {
  for (const { folder, layers } of folders) {
    const { status, stdout, stderr } = runC(folder);
    t.equal(status, 0, `${stdout}${stderr}`);
    t.equal(equalLines(stdout), layers, 'a line a layer');
    t.equal(stderr, '');
  }
});

t.test('NumPy computes the same codes and membranes', { skip: noPython }, async (t) => {
  for (const { folder, layers } of folders) {
    const { status, stdout, stderr } = runPython(folder);
    t.equal(status, 0, stderr);
    t.equal(equalLines(stdout), layers, 'a line a layer');
  }
});

/** Adds 1 to the last value of an array of the header. */
function changeHeader(folder: string, array: string): void {
  const file = join(folder, 'network.h');
  const text = readFileSync(file, 'utf8');
  const end = text.indexOf(',\n};', text.indexOf(` ${array}[`));
  const start = Math.max(text.lastIndexOf(',', end - 1), text.lastIndexOf('\n', end - 1)) + 1;
  writeFileSync(file, `${text.slice(0, start)}${Number(text.slice(start, end)) + 1}${text.slice(end)}`);
}

t.test('C notices one value that differs', { skip: noCompiler }, async (t) => {
  const { folder } = folders[0];
  const header = readFileSync(join(folder, 'network.h'));
  for (const [array, layer] of [
    ['relu3_membranes', 'conv3'],
    ['relu_convtranspose2_codes', 'convtranspose2'],
    ['conv5_bias', 'conv5'],
    ['pooling2_divisor', 'pooling2'],
    ['conv12_start', 'conv12'],
    ['output_sum', 'conv19'],
  ]) {
    changeHeader(folder, array);
    const { status, stdout } = runC(folder);
    t.equal(status, 1, array);
    t.match(
      stdout,
      new RegExp(`\n${layer}: step 0, y \\d+, x \\d+, channel \\d+: \\w+ -?\\d+, expected -?\\d+\n$`),
    );
    writeFileSync(join(folder, 'network.h'), header);
  }
});

/** Replaces the last value of a file of the folder, and its hash in the manifest if asked to. */
function changeHex(folder: string, file: string, alsoHash: boolean): void {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const digit = text.at(-2) === '1' ? '2' : '1';
  const changed = `${text.slice(0, -2)}${digit}\n`;
  writeFileSync(path, changed);
  if (!alsoHash) return;
  const manifest = join(folder, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace(sha256(text), sha256(changed)));
}

t.test('NumPy notices one value that differs, and a hash', { skip: noPython }, async (t) => {
  const { folder } = folders[1];
  changeHex(folder, 'conv6.bias.hex', true);
  const { status, stderr } = runPython(folder);
  t.equal(status, 1);
  t.match(stderr, /^conv6: (codes|membranes) \(0, .*\): -?\d+, expected -?\d+\n$/);
  changeHex(folder, 'image.codes.hex', false);
  t.match(runPython(folder).stderr, /^image\.codes\.hex: the hash is not that of the manifest/);
});

const float = at('float.safetensors');
const whole = at('int8.safetensors');
const picture = at('picture.png');
writeFileSync(float, encodeModel(randomModel({ task: 'denoise', width: 1, channels: 1, classes: 1 }, 3)));
writeFileSync(at('calibration', '0.png'), encodePng(drawTexture(9, 0, 32, 48)));
const random = stream(1, 'vectors', 'picture');
const drawn = makeImage(
  40,
  64,
  1,
  new Uint8Array(40 * 64).map(() => random.integer(256)),
);
writeFileSync(picture, encodePng(drawn));
const convert = (...more: string[]) =>
  spikingUnetJson(
    'convert',
    '--model',
    float,
    '--calibration',
    at('calibration'),
    '--preset',
    'one-step',
    ...more,
  );
convert('--bits', '8', '--out', whole);
convert('--out', at('float-snn.safetensors'));

t.test('the middle of a picture, of odd size', async (t) => {
  const folder = at('cropped');
  const args = ['--vectors', folder, '--image', picture, '--crop', '21x33', '--steps', '2'];
  const answer = spikingUnetJson('export', '--model', whole, ...args);
  t.match(answer, { vectors: folder, bits: 8, height: 32, width: 48, steps: 2, layers: 27 });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  t.match(manifest, { image: 'picture.png', imageHeight: 21, imageWidth: 33, steps: 2 });
  const middle = new Uint8Array(21 * 33);
  for (let y = 0; y < 21; y++)
    for (let x = 0; x < 33; x++) middle[y * 33 + x] = drawn.data[(y + 9) * 64 + x + 15];
  const padded = new Uint8Array(32 * 48);
  padReflectForward(padded, middle, {
    ...{ height: 21, width: 33, channels: 1, paddedHeight: 32, paddedWidth: 48 },
  });
  const lines = readFileSync(join(folder, 'image.codes.hex'), 'utf8').trim().split('\n');
  t.same(
    lines.map((line) => Number.parseInt(line, 16)),
    [...padded],
  );
  for (const { inputs } of manifest.layers)
    for (const { file } of inputs) t.ok(existsSync(join(folder, file)), file);
  if (noCompiler === false) t.equal(runC(folder).status, 0, 'C computes the same');
  if (noPython === false) t.equal(runPython(folder).status, 0, 'NumPy computes the same');
});

t.test('without steps: those that the network was made for', async (t) => {
  const args = ['--vectors', at('usual'), '--image', picture, '--crop', '16x16'];
  t.match(spikingUnetJson('export', '--model', whole, ...args), { steps: 1, height: 16, width: 16 });
});

t.test('what cannot be is refused, and nothing is written', async (t) => {
  const to = ['--vectors', at('none')];
  const all = [...to, '--image', picture];
  for (const [model, args, message] of [
    [whole, [], /say what to write: --onnx FILE or --vectors DIR/],
    [whole, to, /--vectors: needs the --image/],
    [float, all, /--vectors: .*float\.safetensors is no network in whole numbers: .*"convert --bits 8"/],
    [at('float-snn.safetensors'), all, /is no network in whole numbers: .*"convert --bits 8"/],
    [whole, [...all, '--crop', '41x8'], /--crop 41x8: .*picture\.png has 40x64 pixels/],
    [whole, [...all, '--crop', '8'], /--crop.*HEIGHTxWIDTH/],
    [
      whole,
      [...all, '--limit', '1', '--steps', '9'],
      /--limit 1: 9 steps of 48x64 pixels may take \d+ MiB.*--crop/,
    ],
    [whole, [...all, '--limit', '4096'], /--limit.*at most 2047/],
    [whole, [...all, '--limit', '2047', '--steps', '100000'], /--limit 2047: 100000 steps/],
    [
      whole,
      [...all, '--onnx', at('none.onnx')],
      /'--onnx <file>' cannot be used with option '--vectors <dir>'/,
    ],
    [
      float,
      ['--onnx', at('none.onnx'), '--steps', '2'],
      /'--onnx <file>' cannot be used with option '--steps <T>'/,
    ],
  ] as const) {
    const { status, stderr } = spikingUnet('export', '--model', model, ...args);
    t.equal(status, 2, args.join(' '));
    t.match(stderr, message);
  }
  t.notOk(existsSync(at('none')) || existsSync(at('none.onnx')));
});
