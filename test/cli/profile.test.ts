/** Profiles on the command line: what the authors' code does, as a whole and choice by choice. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { decodeSafetensors } from '../../lib/format/safetensors.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import type { Image } from '../../lib/picture/image.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const folder = t.testdir();
const at = (name: string) => join(folder, name);
const ANN = 'drive';

/** An eye whose sides the patches of DRIVE divide, in the layout of DRIVE. */
const SIDE = 96;
const eye = drawSample(1, 1, 'eye', 1, SIDE);
const drive = at('drive');
const place = (path: string, image: Image) => writePng(join(drive, 'test', path), image);
const levels = (ids: Uint8Array, level: number): Image => ({
  height: SIDE,
  width: SIDE,
  channels: 1,
  data: ids.map((id) => (id > 0 ? level : 0)),
});
place('images/01_test.png', eye.picture);
place('1st_manual/01_manual1.png', levels(eye.label!, 255));
place('mask/01_test_mask.png', levels(eye.fov!, 255));
const SAMPLE = ['--image', join(drive, 'test', 'images', '01_test.png')];

const fileOf = (path: string) => decodeSafetensors(readFileSync(path), path);

/** The weights after a conversion, as one string. */
function convert(name: string, ...options: string[]): string {
  const data = ['--calibration', join(drive, 'test', 'images')];
  spikingUnetJson('convert', '--model', ANN, ...data, ...options, '--out', at(name));
  const { tensors } = fileOf(at(name));
  return [...tensors].map(([, { data }]) => Buffer.from(data.buffer).toString('base64')).join();
}

t.test('convert: a profile is its choices, each of which has an option', async (t) => {
  const paper = convert('paper.safetensors');
  const official = convert('official.safetensors', '--profile', 'official');
  const short = convert('short.safetensors', '--slices', 'short');
  t.ok(official !== paper);
  t.ok(official === short, 'connection-wise it is the slices');
  t.ok(convert('back.safetensors', '--profile', 'official', '--slices', 'whole') === paper, 'an option wins');
  t.match(fileOf(at('official.safetensors')).metadata, { slices: 'short', layerInput: 'tensor' });
});

t.test('convert --norm layer: the official profile measures what a layer reads', async (t) => {
  const layer = ['--norm', 'layer'];
  const paper = convert('layer.safetensors', ...layer);
  const official = convert('layer-official.safetensors', ...layer, '--profile', 'official');
  t.ok(official !== paper);
  t.ok(official === convert('layer-tensor.safetensors', ...layer, '--layer-input', 'tensor'));
  const lambdas = (name: string) => JSON.parse(fileOf(at(name)).metadata.inputLambdas);
  const [ours, theirs] = ['layer.safetensors', 'layer-official.safetensors'].map(lambdas);
  const differ = Object.keys(ours).filter((name) => ours[name].join() !== theirs[name].join());
  t.ok(differ.length > 0);
  for (const name of differ) t.match(name, /^conv[3579]$/, 'it reads a pooling');
});

t.test('run and energy: the official profile starts from 0 volts', async (t) => {
  convert('half.safetensors', '--v-init', 'half');
  convert('zero.safetensors');
  const spikes = (model: string, ...options: string[]) =>
    spikingUnetJson('run', '--model', at(model), ...SAMPLE, '--steps', '2', '--out', at('out'), ...options)
      .images[0].spikes;
  const zero = spikes('zero.safetensors');
  t.not(spikes('half.safetensors'), zero);
  t.equal(spikes('half.safetensors', '--profile', 'official'), zero);
  t.not(spikes('half.safetensors', '--profile', 'official', '--v-init', 'half'), zero, 'an option wins');
  const energy = (...options: string[]) =>
    spikingUnetJson('energy', '--model', at('half.safetensors'), ...SAMPLE, '--steps', '2', ...options);
  t.not(energy('--profile', 'official').paper.spikes, energy().paper.spikes);
});

t.test('finetune: the official profile replays with the bias once', async (t) => {
  writePng(at('label.png'), levels(eye.label!, 1));
  const files = [...SAMPLE, '--label', at('label.png')];
  const loss = (...options: string[]) => {
    const model = ['--model', at('zero.safetensors'), '--steps', '2'];
    const { loss } = spikingUnetJson('finetune', ...model, ...files, '--gradients', at('g'), ...options);
    const norms = [...fileOf(at('g')).tensors.values()].map(({ data }) => Math.hypot(...data.slice(0, 1000)));
    return { loss, norms };
  };
  const [paper, official] = [loss(), loss('--profile', 'official')];
  t.not(official.loss, paper.loss);
  t.strictSame(loss('--flow-bias', 'once'), official, 'for MT neurons there is no other difference');
  t.notSame(loss('--flow', 'gated').norms, paper.norms);
});

t.test('evaluate: the official profile counts the padding, patch by patch', async (t) => {
  // finds vessels in 2 steps
  const options = ['--model', at('zero.safetensors'), '--steps', '2', '--v-init', 'half'];
  const evaluate = (data: string, ...more: string[]) =>
    spikingUnetJson('evaluate', ...options, '--dataset', 'drive', '--data', data, ...more).metrics;
  const tiny = 'fixtures/image/drive-tiny';
  t.ok(evaluate(tiny, '--area', 'padded').acc > evaluate(tiny).acc, 'background that is easily found');
  const [whole, patches] = [evaluate(drive), evaluate(drive, '--cut', 'patches')];
  t.not(patches.f1, whole.f1, 'the borders of the patches show');
  const official = evaluate(drive, '--profile', 'official', '--v-init', 'half');
  t.strictSame(official, patches, 'an image that patches fill needs no padding');
});

t.test('a profile or choice that does not exist is refused', async (t) => {
  for (const [option, value] of [
    ['--profile', 'theirs'],
    ['--slices', 'long'],
  ]) {
    const { status, stderr } = spikingUnet('convert', '--model', ANN, option, value, '--out', at('no'));
    t.equal(status, 2);
    t.match(stderr, value);
  }
});
