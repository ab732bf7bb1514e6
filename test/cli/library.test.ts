/**
 * The paper's chain through the public entry points alone: train, convert, finetune and evaluate give the
 * bits and the metrics that the stages of the command line give for the same seed; they can be watched and
 * stopped; and what makes no sense is refused.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  chooseEngine,
  convert,
  DataError,
  decodeModel,
  departuresOf,
  encodeModel,
  evaluate,
  findNeuron,
  finetune,
  type TrainOptions,
  train,
  UsageError,
} from '../../lib/index.js';
import { findDataset, type Split } from '../../lib/node.js';
import { requireSame } from '../support/sameModel.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnetJson } from './command.js';
import { writePhotos } from './tinyTraining.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const SEED = 3;
const eyes = findDataset('drive');
const directory = writeTinyDrive(at('DRIVE'));
const load = (split: Split) => eyes.load({ directory, split, seed: SEED });
const [samples, unseen] = [load('train'), load('test').slice(0, 2)];
const stage = (name: string, options: string) =>
  spikingUnetJson(
    ...[name, '--dataset', eyes.name, '--data', directory, '--seed', String(SEED), ...options.split(' ')],
  );
const read = (path: string) => decodeModel(readFileSync(path), path).model;
const best = (run: string) => at(run, 'checkpoints', 'best.safetensors');

const notes = { dataset: eyes.name, split: 'train' };
const learning = {
  ...{ ...eyes, seed: SEED, width: 1, epochs: 2, batch: 3, notes },
  patch: { size: 16, perEpoch: 7 },
} as const;
const { model: unet, records, completed } = await train(samples, learning);
const epochs = '--patches 7 --batch 3 --patch 16';

t.test('train: the weights and metrics of the stage', async (t) => {
  stage('train', `--width 1 --epochs 2 ${epochs} --out ${at('unet')}`);
  t.ok(completed);
  t.equal(records.length, 2);
  requireSame(t, unet, read(best('unet')));
});

t.test('train from a U-Net, with other options: the same', async (t) => {
  const options = {
    optimizer: 'rmsprop',
    schedule: 'linear',
    learningRate: 1e-4,
    clip: 0.1,
    validation: 0.2,
  };
  const { width: _, ...further } = { ...learning, ...options, epochs: 1, patience: 1 };
  const { model } = await train(samples, { ...further, from: read(best('unet')) });
  const command = '--optimizer rmsprop --schedule linear --lr 1e-4 --clip 0.1 --validation 0.2 --patience 1';
  stage('train', `--from ${best('unet')} --epochs 1 ${epochs} ${command} --out ${at('more')}`);
  requireSame(t, model, read(best('more')));
});

for (const [name, options, command] of [
  ['the paper', {}, ''],
  ['one step', { preset: 'one-step' }, '--preset one-step'],
  [
    'thresholds by layer',
    { thresholds: 3, thresholdsOf: { relu1: [0.5, 0.25] } },
    '--thresholds 3,relu1=0.5:0.25',
  ],
  [
    'another neuron, layer-wise',
    { neuron: findNeuron('lif'), parameters: { leak: 0.9 }, normalisation: 'layer', percentile: 99 },
    '--neuron lif --leak 0.9 --norm layer --percentile 99',
  ],
] as const) {
  t.test(`convert, ${name}: the file of the stage`, async (t) => {
    const file = at('snn.safetensors');
    stage('convert', `--model ${best('unet')} --out ${file} ${command}`.trim());
    const { spiking } = convert(read(best('unet')), samples, options);
    t.ok(readFileSync(file).equals(encodeModel(spiking)));
  });
}

t.test('convert, finetune: the weights and metrics of the stage', async (t) => {
  const file = at('coarse.safetensors');
  stage('convert', `--model ${best('unet')} --out ${file} --v-init half`);
  stage('finetune', `--model ${file} --steps 2 ${epochs} --flow-bias once --out ${at('fine')}`);
  const steps = { steps: 2, pieces: departuresOf({ flowBias: 'once' }) };
  const { model } = await finetune(read(file), samples, { ...learning, ...steps, epochs: 1 });
  requireSame(t, model, read(best('fine')));
  t.not(model.notes.steps, read(file).notes.steps, 'it knows its steps');
});

t.test('evaluate: the metrics of the stage', async (t) => {
  const file = at('coarse.safetensors');
  const test = load('test');
  for (const [model, options, command] of [
    [best('unet'), {}, ''],
    [file, { steps: 3, initialPotential: 0, timing: 'delayed' }, '--steps 3 --v-init 0 --timing delayed'],
    [best('fine'), { ignore: 0 }, '--ignore background'],
  ] as const) {
    const theirs = stage('evaluate', `--model ${model} ${command}`.trim());
    const ours = evaluate(read(model), test, { seed: SEED, ...options });
    t.strictSame(JSON.parse(JSON.stringify(ours.metrics)), theirs.metrics, command);
    t.strictSame(JSON.parse(JSON.stringify(ours.images)), theirs.images);
    t.strictSame([ours.spikes, ours.steps], [theirs.spikes, theirs.steps]);
  }
});

t.test('a denoiser, from photographs to decibels', async (t) => {
  const photos = writePhotos(root);
  const own = (name: string, options: string) =>
    spikingUnetJson(name, '--dataset', 'folder', '--data', photos, ...options.split(' '));
  const picturesOf = (split: Split) =>
    findDataset('folder').load({ directory: photos, split, seed: 1, labels: false, channels: 3 });
  const pictures = picturesOf('train');
  const shared = { batch: 2, patch: { size: { height: 16, width: 32 }, perEpoch: 8 } };
  const of = { notes: { dataset: 'folder', split: 'train' }, ...shared };
  const command = `--patch 16x32 --patches 8 --batch 2 --epochs 1 --out`;
  const [model, snn, fine] = [best('denoiser'), at('noise.safetensors'), best('finer')];
  own('train', `--task denoise --channels 3 --width 1 ${command} ${at('denoiser')}`);
  const first = await train(pictures, { task: 'denoise', width: 1, epochs: 1, ...of });
  requireSame(t, first.model, read(model));
  own('convert', `--model ${model} --out ${snn} --preset one-step --lambda-floor 1`);
  const { spiking } = convert(read(model), pictures, { preset: 'one-step', lambdaFloor: 1 });
  t.ok(readFileSync(snn).equals(encodeModel(spiking)));
  own('finetune', `--model ${snn} ${command} ${at('finer')}`);
  requireSame(t, (await finetune(spiking, pictures, of)).model, read(fine));
  own('finetune', `--model ${snn} --bits 6 --membrane-bits 20 --gate bounded ${command} ${at('whole')}`);
  const whole = await finetune(spiking, pictures, {
    ...of,
    ...{ bits: 6, membraneBits: 20 },
    pieces: departuresOf({ gate: 'bounded' }),
  });
  requireSame(t, whole.model, read(best('whole')));
  t.equal(whole.model.notes.membraneBits, '20');
  t.notOk(read(at('whole', 'checkpoints', 'last.safetensors')).notes.bits, 'what learns is float32');
  const theirs = own('evaluate', `--model ${fine} --split all --sigma 15`);
  const ours = evaluate(read(fine), picturesOf('all'), { sigma: 15 });
  t.strictSame(ours.metrics, theirs.metrics);
});

t.test('a training is watched, and stopped without losing what it has learned', async (t) => {
  const seen: string[] = [];
  const stop = new AbortController();
  const engine = chooseEngine();
  const watched = await train(samples, {
    ...learning,
    ...{ epochs: 3, engine, signal: stop.signal },
    onUpdate: (done, total, loss) => {
      seen.push(`update ${done} of ${total}`);
      t.ok(loss > 0);
      if (done === 4) setImmediate(() => stop.abort()); // another task, meanwhile
    },
    onEpoch: ({ epoch }, { notes }) => {
      seen.push(`epoch ${epoch}: ${JSON.parse(notes.metrics).epoch}`);
    },
  });
  t.strictSame(seen, [...[1, 2, 3].map((i) => `update ${i} of 9`), 'epoch 1: 1', 'update 4 of 9']);
  t.equal(watched.completed, false);
  t.equal(watched.records.length, 1);
  t.match(watched.model.notes.metrics, /"epoch":1/);
  t.doesNotThrow(
    () => evaluate(watched.model, unseen, { engine }),
    'an engine that was lent is not disposed of',
  );
  engine.dispose();
  const early = await train(samples, { ...learning, signal: AbortSignal.abort() });
  t.match(early, { completed: false, records: [] });
  t.equal(early.model.notes.metrics, undefined);
});

/** The error of a call that must be refused. */
async function refusalOf(work: () => unknown) {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageError || error instanceof DataError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

t.test('what makes no sense is refused, by its name', async (t) => {
  const [first] = samples;
  const { label: _, ...unlabelled } = first;
  const segmenting = { ...learning, epochs: 1 };
  for (const [message, options, of] of [
    ['epochs 0: expected a whole number of at least 1', { epochs: 0 }],
    ['batch 1.5: expected', { batch: 1.5 }],
    ['learningRate NaN: expected above 0', { learningRate: Number.NaN }],
    ['validation 1: expected a part', { validation: 1 }],
    ['clip -1: expected', { clip: -1 }],
    ['patience -1: expected', { patience: -1 }],
    ['schedule steep: expected one of', { schedule: 'steep' }],
    ['optimizer lion: expected', { optimizer: 'lion' }],
    ['patch.perEpoch 0: expected', { patch: { perEpoch: 0 } }],
    ['patch 400: larger than the image', { patch: { size: 400 } }],
    ['patch 20: expected multiples of 16', { patch: { size: 20 } }],
    ['classNames: got 1, expected a name for each class', { classNames: ['vessel'] }],
    ['from: its width is 1, the options say 2', { from: unet, width: 2 }],
    ['samples: got none, expected at least one', {}, []],
    [`${first.name}: has no label`, {}, [unlabelled, ...samples]],
    [`${first.name}: has 3 channels, the network reads 1`, {}, [samples[1], { ...first, channels: 3 }]],
  ] as const) {
    const samplesOf = (of ?? samples) as typeof samples;
    const error = await refusalOf(() => train(samplesOf, { ...segmenting, ...options } as TrainOptions));
    t.ok(error.message.startsWith(message), `${error.message} begins with ${message}`);
  }
  const { spiking } = convert(unet, unseen);
  for (const [message, work] of [
    ['preset slow: expected one of paper', () => convert(unet, unseen, { preset: 'slow' })],
    ['calibration: got no images', () => convert(unet, [])],
    ['the model: is a spiking network', () => convert(spiking, unseen)],
    ['the model: is a U-Net', () => finetune(unet, samples)],
    ['steps 0: expected', () => finetune(spiking, samples, { steps: 0 })],
    ['samples: got none', () => evaluate(unet, [])],
    ['sigma: is for denoisers', () => evaluate(unet, unseen, { sigma: 25 })],
    ['ignore 2: expected the id of a class, 0 to 1', () => evaluate(unet, unseen, { ignore: 2 })],
    ['the model: a U-Net has no steps', () => evaluate(unet, unseen, { steps: 2 })],
    ['the model: a U-Net has no timing', () => evaluate(unet, unseen, { timing: 'delayed' })],
    ['tolerance: belongs to thresholds auto', () => convert(unet, unseen, { tolerance: 0.1 })],
    ['lambda mse: ', () => convert(unet, unseen, { lambda: 'mse' })],
    ['thresholds 2.5: expected how many', () => convert(unet, unseen, { thresholds: 2.5 })],
  ] as const) {
    const error = await refusalOf(work);
    t.ok(error.message.startsWith(message), `${error.message} begins with ${message}`);
  }
});
