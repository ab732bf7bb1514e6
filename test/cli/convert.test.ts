/** convert on the command line: what it measures on, and what presets and options write into the file. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { type CalibrationOptions, calibrationSet } from '../../bin/convert/calibrationSet.js';
import { calibrationInputs, drawImages } from '../../lib/convert/calibration.js';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { type CalibrationImage, measureLambdas } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { findDataset } from '../../lib/data/index.js';
import { readImageFolder } from '../../lib/data/pictures.js';
import { decodeSafetensors } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet, spikingUnetJson } from './command.js';
import { denoiserToConvert } from './denoiserToConvert.js';

const { at, denoiser, denoise, pictures, snn, convert } = denoiserToConvert(t.testdir());
const segmenter = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 3);

/** The lambda of each layer's output that `convert` should report, where it is measured. */
function lambdasOf(model: Model, images: readonly CalibrationImage[]): Record<string, number> {
  const lambdas = measureLambdas(referenceEngine, model, images, 99.9);
  const measured = model.layers.filter(({ op, name }) => op.hasWeights && name !== 'conv19');
  return Object.fromEntries(measured.map(({ name, output }) => [name, lambdas.get(output)!]));
}

/** What `convert` would measure on, with these options. */
const setOf = (model: Model, options: Partial<CalibrationOptions>) =>
  calibrationSet({ noisy: false, seed: 1, ...options }, model, { log: () => {} });
const inputsOf = (...args: Parameters<typeof setOf>) => setOf(...args).inputs.map(({ input }) => input);
const clean = readImageFolder(pictures, 1);
/** Whether the inputs have the same bits, and are equally many. */
const same = (got: readonly Float32Array[], expected: readonly Float32Array[]) =>
  got.length === expected.length &&
  got.every((values, i) => Buffer.from(values.buffer).equals(Buffer.from(expected[i].buffer)));
const cleanInputs = clean.map(({ input }) => input);

t.test('a denoiser is measured on noisy pictures of its data set, not on clean ones', async (t) => {
  const result = convert(denoise, '--dataset', 'synth-bsd', '--images', '3', '--seed', '5');
  const samples = findDataset('synth-bsd').load({
    directory: undefined,
    split: 'train',
    seed: 5,
    channels: 1,
  });
  const drawn = drawImages(samples, 3, 5);
  t.match(result.lambdas, lambdasOf(denoiser, calibrationInputs(drawn, 'denoise', 5)));
  for (const [name, lambda] of Object.entries(lambdasOf(denoiser, drawn)))
    t.not(result.lambdas[name], lambda, name);
  t.match(result, { images: 3, calibration: '3 images, with noise of sigma 0 to 55' });
});

t.test('layers that are silent on all pictures are named', async (t) => {
  const parameters = new Map(denoiser.parameters);
  for (const kind of ['weight', 'bias'])
    parameters.set(
      `conv9.${kind}`,
      parameters.get(`conv9.${kind}`)!.map(() => 0),
    );
  const file = at('silent.safetensors');
  writeFileSync(file, encodeModel({ ...denoiser, parameters }));
  const from = ['--model', file, '--calibration', pictures, '--out', snn];
  t.strictSame(spikingUnetJson('convert', ...from).silent, ['relu9']);
  t.match(
    spikingUnet('convert', ...from).stdout,
    /warning: relu9: hardly anything is above 0 on these images/,
  );
  t.strictSame(convert(denoise, '--calibration', pictures).silent, []);
});

t.test('the same seed writes the same file; pictures of a folder that are noisy get no noise', async (t) => {
  const noisy = convert(denoise, '--calibration', pictures, '--noisy', '--seed', '2');
  t.match(noisy.lambdas, lambdasOf(denoiser, clean));
  const bytes = ['1', '1', '2'].map((seed) => {
    convert(denoise, '--calibration', pictures, '--seed', seed);
    return readFileSync(snn);
  });
  t.ok(bytes[0].equals(bytes[1]));
  t.notOk(bytes[0].equals(bytes[2]));
});

t.test('pictures of a folder get noise by the seed, unless they are noisy already', async (t) => {
  const folder = { calibration: pictures };
  const noisy = (seed: number) => calibrationInputs(clean, 'denoise', seed).map(({ input }) => input);
  t.ok(same(inputsOf(denoiser, folder), noisy(1)));
  t.ok(same(inputsOf(denoiser, { ...folder, seed: 2 }), noisy(2)));
  t.ok(same(inputsOf(denoiser, { ...folder, noisy: true }), cleanInputs));
  t.notOk(same(noisy(1), cleanInputs));
  t.equal(setOf(denoiser, folder).description, '5 images, with noise of sigma 0 to 55');
  t.equal(setOf(denoiser, { ...folder, noisy: true }).description, '5 images, noisy as they are');
});

t.test('a segmenter is measured on the pictures as they are, whatever the seed', async (t) => {
  t.ok(same(inputsOf(segmenter, { calibration: pictures, seed: 4 }), cleanInputs));
  const few = { calibration: pictures, images: 2, seed: 4 };
  const drawn = drawImages(clean, 2, 4).map(({ input }) => input);
  t.ok(same(inputsOf(segmenter, few), drawn));
  t.equal(setOf(segmenter, few).description, '2 images');
});

t.test('images are drawn before they get noise, which is theirs', async (t) => {
  const all = setOf(denoiser, { calibration: pictures, seed: 6 }).inputs;
  const drawn = drawImages(clean, 3, 6).map(({ name }) => name);
  const wanted = all.filter(({ name }) => drawn.includes(name)).map(({ input }) => input);
  t.equal(wanted.length, 3);
  t.ok(same(inputsOf(denoiser, { calibration: pictures, images: 3, seed: 6 }), wanted));
});

t.test('pictures are prepared as the network was trained to see them', async (t) => {
  const prepared = readImageFolder(pictures, 1, 'drive').map(({ input }) => input);
  t.ok(same(inputsOf({ ...segmenter, preprocess: 'drive' }, { calibration: pictures }), prepared));
  t.notOk(same(prepared, cleanInputs));
});

t.test('options that cannot mean anything are refused', async (t) => {
  const folder = { calibration: pictures };
  for (const [model, options, message] of [
    [denoiser, {}, /what to measure on\? Give --dataset or --calibration/],
    [denoiser, { ...folder, dataset: 'synth-bsd' }, /--dataset and --calibration: .*Leave one of them out/],
    [segmenter, { ...folder, noisy: true }, /--noisy: .*a denoiser.*leave it out/],
    [denoiser, { dataset: 'synth-bsd', noisy: true }, /--noisy: .*--calibration.*leave it out/],
    [denoiser, { dataset: 'synth-drive' }, /--dataset synth-drive is for the task "segment"/],
    [denoiser, { ...folder, images: 0 }, /^images 0: expected at least 1/],
  ] as const) {
    t.throws(() => setOf(model, options), message);
    t.throws(() => setOf(model, options), UsageError);
  }
});

const folder = ['--calibration', pictures];

t.test('what the command line refuses, by the name of its option', async (t) => {
  for (const [options, message] of [
    ['--dataset synth-bsd', /--dataset and --calibration: .*Leave one of them out/],
    ['--thresholds 5,relu99=3', /--thresholds relu99=\.\.: no such layer, expected one of relu1, /],
    ['--thresholds 5,relu3=1,relu3=2', /--thresholds.*relu3 is there twice/],
    ['--thresholds five', /--thresholds.*expected a number/],
    ['--thresholds 300', /--thresholds .*got 300 values, neuron mt takes 1 to 255/],
    ['--thresholds 1,relu3=2 --spike-values 1', /--spike-values: .*leave them out/],
    ['--lambda mse', /--lambda mse: .*--norm channel/],
  ] as const) {
    const args = ['convert', '--model', denoise, '--out', at('none'), ...folder, '--images', '1'];
    const { status, stdout, stderr } = spikingUnet(...args, ...options.split(' '));
    t.equal(status, 2, options);
    t.match(stderr, message);
    t.equal(stdout, '');
    t.notOk(existsSync(at('none')));
  }
});

const HALVES = [1, 2, 3, 4, 5, 6, 7].map((i) => 2 ** -i);
/** The notes of the conversion in the file, and the layers with lambdas of channels. */
function fileOf(path = snn) {
  const { metadata, tensors } = decodeSafetensors(readFileSync(path), path);
  const { thresholds, thresholdsOf, initialPotential, normalisation, percentile, ...rest } = metadata;
  const { intendedSteps, lambda, poolings } = rest;
  const volts = {
    thresholds: JSON.parse(thresholds),
    thresholdsOf: thresholdsOf && JSON.parse(thresholdsOf),
  };
  const lambdas = [...tensors.keys()].filter((name) => name.endsWith('.lambda')).length;
  const kinds = { lambda, poolings };
  return { ...volts, ...kinds, initialPotential, normalisation, percentile, intendedSteps, lambdas };
}

const PAPER = {
  ...{ thresholds: [2, 1, 0.5, 0.25], thresholdsOf: undefined, initialPotential: '0' },
  ...{ normalisation: 'connection', percentile: '99.9', intendedSteps: undefined, lambdas: 0 },
  ...{ lambda: undefined, poolings: 'neurons' },
};
const ONE_STEP = {
  ...{ thresholds: HALVES, thresholdsOf: undefined, initialPotential: 'half' },
  ...{ normalisation: 'channel', percentile: '99.99', intendedSteps: '1', lambdas: 22 },
  ...{ lambda: undefined, poolings: 'neurons' },
};
const written: [options: string, expected: Record<string, unknown>][] = [
  ['', PAPER],
  ['--preset paper --v-init half --percentile 99', { ...PAPER, initialPotential: 'half', percentile: '99' }],
  ['--preset one-step', ONE_STEP],
  ['--preset one-step --neuron if', { ...ONE_STEP, thresholds: [1], percentile: '99.9' }],
  [
    '--preset one-step --thresholds 5,relu16=1.0:0.5',
    { ...ONE_STEP, thresholds: HALVES.slice(0, 5), thresholdsOf: { relu16: [1, 0.5] }, percentile: '99.9' },
  ],
  [
    '--preset one-step --thresholds relu16=8',
    { ...ONE_STEP, thresholdsOf: { relu16: [...HALVES, 2 ** -8] } },
  ],
  [
    '--preset one-step --norm connection --v-init 0.25 --percentile 99',
    { ...ONE_STEP, normalisation: 'connection', initialPotential: '0.25', percentile: '99', lambdas: 0 },
  ],
  ['--preset one-step --lambda mse --poolings exact', { ...ONE_STEP, lambda: 'mse', poolings: 'exact' }],
];

for (const [options, expected] of written) {
  t.test(`convert ${options || 'without a preset'} writes what it should`, async (t) => {
    convert(denoise, ...folder, '--images', '1', ...options.split(' ').filter(Boolean));
    t.strictSame(fileOf(), expected);
  });
}

t.test('a network for one step runs for one where nobody says otherwise', async (t) => {
  const run = (...more: string[]) =>
    spikingUnetJson('run', '--model', snn, '--image', join(pictures, '0.png'), '--out', at('out'), ...more);
  convert(denoise, ...folder, '--images', '1', '--preset', 'one-step');
  t.equal(run().steps, 1);
  t.equal(run('--steps', '3').steps, 3);
});

t.test('--as both writes the U-Net and its conversion; run takes the conversion', async (t) => {
  const [one, both] = [at('one.safetensors'), at('both.safetensors')];
  const options = ['--preset', 'one-step', '--thresholds', '4,relu3=2'];
  for (const [out, kind] of [
    [one, 'snn'],
    [both, 'both'],
  ])
    spikingUnetJson('convert', '--model', denoise, '--out', out, ...folder, ...options, '--as', kind);
  const [alone, carried] = [one, both].map((path) => decodeModel(readFileSync(path), path).model);
  t.equal(carried.stage, 'both');
  const [expected, got] = [alone, carried].map((model) => toSpikingModel(model, 'file'));
  for (const [name, values] of denoiser.parameters) {
    requireSameBits(got.parameters.get(name)!, expected.parameters.get(name)!, name);
    requireSameBits(carried.parameters.get(name)!, values, name);
  }
  t.strictSame(got.conversion, expected.conversion);
  const [first, second] = [one, both].map((model) => {
    const where = ['--image', join(pictures, '0.png'), '--out', at('out')];
    return spikingUnetJson('run', '--model', model, ...where);
  });
  t.ok(first.images[0].spikes > 0);
  t.equal(second.images[0].spikes, first.images[0].spikes);
});
