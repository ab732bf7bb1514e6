/** The whole pipeline on the command line, at a size that takes seconds. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { decodeSafetensors } from '../../lib/format/safetensors.js';
import { decodeImage } from '../../lib/picture/decode.js';
import { shownIn } from '../support/shownEvents.js';
import { SIDE, writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const drive = writeTinyDrive(at('DRIVE'));
const ann = at('run', 'checkpoints', 'best.safetensors');
const snn = at('snn.safetensors');
const tensorsOf = (path: string) => decodeSafetensors(readFileSync(path), path);

t.test('data synth writes a twin of DRIVE that data check finds in order', async (t) => {
  const twin = at('twin');
  spikingUnetJson('data', 'synth', '--dataset', 'synth-drive', '--out', twin);
  const report = spikingUnetJson('data', 'check', '--dataset', 'drive', '--data', twin);
  t.match(report, { samples: 30, problems: [] });
});

t.test('train writes a run folder', async (t) => {
  const options = '--width 1 --epochs 2 --patches 8 --batch 4 --patch 16 --seed 3'.split(' ');
  const result = spikingUnetJson(
    'train',
    '--dataset',
    'drive',
    '--data',
    drive,
    ...options,
    '--out',
    at('run'),
  );
  t.equal(result.model, ann);
  t.match(result.best.validation, { f1: Number, js: Number, acc: Number, fov: { f1: Number } });
  for (const file of [
    'config.json',
    'metrics.jsonl',
    'checkpoints/last.safetensors',
    'samples/epoch-002.png',
  ]) {
    t.ok(existsSync(at('run', file)), file);
  }
  const lines = readFileSync(at('run', 'metrics.jsonl'), 'utf8').trim().split('\n');
  t.equal(lines.length, 2);
  const pictures = shownIn(at('run')).filter(({ tag }) => tag === 'sample');
  t.strictSame(pictures.at(-1)?.value, readFileSync(at('run', 'samples/epoch-002.png')));
});

t.test('the same seed gives the same bytes; another seed does not', async (t) => {
  const train = (seed: string, folder: string) => {
    const options = '--width 1 --epochs 1 --patches 4 --batch 2 --patch 16'.split(' ');
    spikingUnetJson(
      'train',
      '--dataset',
      'drive',
      '--data',
      drive,
      ...options,
      '--seed',
      seed,
      '--out',
      at(folder),
    );
    return readFileSync(at(folder, 'checkpoints', 'best.safetensors')).toString('base64');
  };
  const [first, again, other] = [train('7', 'a'), train('7', 'b'), train('8', 'c')];
  t.ok(first === again);
  t.ok(first !== other);
});

t.test('train --from goes on from a network, and refuses one that does not fit', async (t) => {
  const common = ['train', '--dataset', 'drive', '--data', drive, '--epochs', '1', '--patch', '16'];
  const more = (...options: string[]) => [
    ...common,
    '--patches',
    '2',
    '--batch',
    '2',
    '--from',
    ann,
    ...options,
  ];
  spikingUnetJson(...more('--lr', '1e-12', '--out', at('more')));
  const weights = (path: string) => tensorsOf(path).tensors.get('conv1.weight')!.data;
  const [before, after] = [weights(ann), weights(at('more', 'checkpoints', 'last.safetensors'))];
  t.ok(
    before.every((weight, i) => Math.abs(weight - after[i]) < 1e-6),
    'a tiny step from there',
  );
  const { status, stderr } = spikingUnet(...more('--width', '2', '--out', at('other')));
  t.equal(status, 2);
  t.match(stderr, /--from .*: does not fit, expected width 2/);
});

t.test('convert lists every layer and writes a spiking network', async (t) => {
  const result = spikingUnetJson(
    'convert',
    '--model',
    ann,
    '--dataset',
    'drive',
    '--data',
    drive,
    '--out',
    snn,
  );
  t.equal(result.layers.length, 19 + 4 + 4);
  t.equal(result.lambdas.conv19, 1);
  t.ok(result.lambdas.conv1 > 0);
  t.strictSame(result.inputLambdas.conv17.length, 2);
  t.match(result, {
    neuron: 'mt',
    thresholds: [2, 1, 0.5, 0.25],
    normalisation: 'connection',
    percentile: 99.9,
  });
});

t.test('convert --calibration takes a plain folder of pictures', async (t) => {
  const out = at('calibrated.safetensors');
  const folder = join(drive, 'test', 'images');
  const result = spikingUnetJson(
    'convert',
    '--model',
    ann,
    '--calibration',
    folder,
    '--norm',
    'layer',
    '--neuron',
    'if',
    '--out',
    out,
  );
  t.match(result, { images: 2, neuron: 'if', thresholds: [1], normalisation: 'layer' });
  t.equal(result.inputLambdas.conv17[0], result.inputLambdas.conv17[1], 'one lambda for a concatenation');
});

t.test('finetune trains the spiking network', async (t) => {
  const options = '--steps 2 --epochs 1 --patches 4 --batch 2 --patch 16'.split(' ');
  const data = ['--dataset', 'drive', '--data', drive];
  const result = spikingUnetJson('finetune', '--model', snn, ...data, ...options, '--out', at('fine'));
  const before = tensorsOf(snn).tensors.get('conv19.bias')!.data;
  const { tensors } = tensorsOf(at('fine', 'checkpoints', 'last.safetensors'));
  t.notSame(tensors.get('conv19.bias')!.data, before);
  const { metadata } = tensorsOf(result.model); // the best: here perhaps the start itself
  t.match(metadata, { stage: 'snn', steps: '2', parent: /^[0-9a-f]{64}$/ });
});

t.test('run gives the same results dense and event-driven, on every engine, and dumps them', async (t) => {
  const image = join(drive, 'test', 'images', '01_test.png');
  const ways = [
    { mode: 'dense', engine: 'reference', threads: 1 },
    { mode: 'event', engine: 'reference', threads: 1 },
    { mode: 'auto', engine: 'wasm', threads: 2 },
  ];
  const dumps = ways.map(({ mode, engine, threads }) => {
    const dump = at(`${engine}-${mode}.safetensors`);
    const how = ['--steps', '3', '--mode', mode, '--engine', engine, '--threads', String(threads)];
    const files = ['--model', snn, '--image', image, '--out', at('out'), '--dump', dump];
    const result = spikingUnetJson('run', ...how, ...files);
    t.match(result, { steps: 3, threads, engine, images: [{ file: image, spikes: Number, ms: Number }] });
    const mask = decodeImage(readFileSync(result.images[0].outputs[0]), 'mask');
    t.match(mask, { height: SIDE, width: SIDE, channels: 1 });
    return { result, tensors: tensorsOf(dump).tensors };
  });
  const [dense, ...others] = dumps;
  for (const { tensors } of others) t.ok(isDeepStrictEqual(tensors, dense.tensors));
  t.strictSame(dense.tensors.get('input')!.shape, [1, SIDE, SIDE]);
  t.strictSame(dense.tensors.get('output')!.shape, [2, SIDE, SIDE]);
  t.strictSame(dense.tensors.get('flow.relu3')!.shape, [2, SIDE / 2, SIDE / 2]);
  t.strictSame(dense.tensors.get('spikes.pooling4')!.shape, [3]);
  t.equal(
    dense.tensors.size,
    2 + 2 * 26,
    '18 relus, 4 transposed ones and 4 poolings, flow and spikes of each',
  );
  const spikes = [...dense.tensors].filter(([name]) => name.startsWith('spikes.'));
  const total = spikes.reduce((sum, [, { data }]) => sum + data.reduce((a, b) => a + b, 0), 0);
  t.ok(total > 0, 'it does fire');
  t.equal(total, dense.result.images[0].spikes);
});

t.test('evaluate reports metrics per image and in total', async (t) => {
  const result = spikingUnetJson(
    'evaluate',
    '--model',
    snn,
    '--dataset',
    'drive',
    '--data',
    drive,
    '--steps',
    '1',
  );
  t.equal(result.images.length, 2);
  t.match(result, {
    steps: 1,
    spikes: Number,
    metrics: { f1: Number, js: Number, acc: Number, fov: { f1: Number } },
  });
});

t.test('energy counts operations and joules', async (t) => {
  const table5 = spikingUnetJson('energy', '--width', '64', '--classes', '32', '--spikes', '174400000');
  t.equal(table5.unet.paper.operations.toExponential(2), '6.55e+10');
  t.notOk('synops' in table5, 'without a simulation nothing is known of fan-out');
  const image = join(drive, 'test', 'images', '02_test.png');
  const measured = spikingUnetJson('energy', '--model', snn, '--image', image, '--steps', '2');
  t.ok(measured.synops.synops > measured.paper.spikes, 'a spike reaches more than one synapse');
  const { stdout } = spikingUnet('energy', '--model', snn, '--image', image, '--steps', '2');
  t.match(stdout, /A spike reaches \d+ synapses on average/);
  const data = ['--dataset', 'drive', '--data', drive, '--steps', '2'];
  const mean = spikingUnetJson('energy', '--model', snn, ...data);
  const { spikes, images } = spikingUnetJson('evaluate', '--model', snn, ...data);
  const counted = mean.layers.reduce((sum: number, layer: { spikes: number }) => sum + layer.spikes, 0);
  t.equal(mean.images, images.length);
  t.ok(Math.abs(counted - spikes / images.length) < 1e-6 * counted, 'the mean over the test images');
  t.match(spikingUnet('energy', '--model', snn).stderr, /--model needs an --image or a --dataset/);
});

t.test('inspect shows layers and origin', async (t) => {
  const result = spikingUnetJson('inspect', '--model', snn);
  t.match(result, {
    stage: 'snn',
    width: 1,
    dataset: 'drive',
    split: 'train',
    seed: '3',
    parent: /^[0-9a-f]{64}$/,
  });
  t.equal(result.layers.length, 27);
});

t.test('import takes the weights of a model back in', async (t) => {
  const out = at('imported.safetensors');
  const result = spikingUnetJson('import', '--state-dict', ann, '--task', 'segment', '--out', out);
  t.match(result, { task: 'segment', width: 1, channels: 1, classes: 2 });
  t.strictSame(tensorsOf(out).tensors, tensorsOf(ann).tensors);
});

t.test('finetune --gradients writes the gradient of every parameter and updates nothing', async (t) => {
  const [image, label] = [join(drive, 'test', 'images', '01_test.png'), at('label.png')];
  const { writePng } = await import('../../lib/node/pictureFiles.js');
  writePng(label, { height: SIDE, width: SIDE, channels: 1, data: new Uint8Array(SIDE * SIDE).fill(1) });
  const out = at('gradients.safetensors');
  const before = readFileSync(snn);
  const result = spikingUnetJson(
    'finetune',
    '--model',
    snn,
    '--image',
    image,
    '--label',
    label,
    '--steps',
    '2',
    '--gradients',
    out,
  );
  t.ok(result.loss > 0);
  t.strictSame(
    [...tensorsOf(out).tensors.keys()],
    [...tensorsOf(snn).tensors.keys()].map((name) => `grad.${name}`),
  );
  t.ok(readFileSync(snn).equals(before));
});

t.test('nothing temporary is left behind', async (t) => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  t.strictSame(
    files.filter((file) => file.endsWith('.tmp')),
    [],
  );
});

t.test('--help shows options and examples of every stage', async (t) => {
  const stages =
    'demo data train convert finetune run evaluate energy ablate compare verify bench models inspect import'.split(
      ' ',
    );
  const overview = spikingUnet('--help');
  t.equal(overview.status, 0);
  for (const stage of stages) {
    t.match(overview.stdout, new RegExp(`^ {2}${stage} `, 'm'));
    const { status, stdout } = spikingUnet(stage, '--help');
    t.equal(status, 0);
    t.match(stdout, /Usage: spiking-unet .*Options:.*--seed.*--json.*Examples:/s, stage);
  }
  t.match(spikingUnet('--version').stdout, /^\d+\.\d+\.\d+\n$/);
});
