/** Spiking networks as files: where their neurons start, and files that hold a U-Net and its conversion. */

import t from 'tap';
import { type ConversionPlan, convertModel } from '../../lib/convert/conversion.js';
import {
  combine,
  type SpikingModel,
  toSpikingModel,
  toUnet,
  withNotes,
} from '../../lib/convert/spikingModel.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { DataError, UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { hasNeuron } from '../../lib/net/network.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { neuronOf } from '../../lib/neuron/spikingNetwork.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { requireSameSimulation } from '../engine/kernel/simulations.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const SIDE = 32;
const unet: Model = {
  ...randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 21),
  notes: { seed: '21', dataset: 'drive', best: '{"f1":0.5}' },
};
const image = randomImage(stream(21, 'image'), SIDE, SIDE, 1);
const inputs = [{ input: image, height: SIDE, width: SIDE }];
const measured = measureActivations(referenceEngine, unet, inputs, { lowest: 99, channels: true });

const convert = (plan: Partial<ConversionPlan> = {}) =>
  convertModel(unet, measured, {
    ...{ neuron: findNeuron('mt'), thresholds: [0.5, 0.25, 0.125], normalisation: 'connection' },
    initialPotential: 'half',
    ...plan,
  });
const decode = (model: Model) => decodeModel(encodeModel(model), 'file').model;
/** A model as a stage reads it from its file. */
const read = (model: Model): SpikingModel => toSpikingModel(decode(model), 'file');
const startOf = (network: SpikingModel, output: string) =>
  neuronOf(network, network.layers.find((layer) => layer.output === output)!).parameters.initialPotential;
const startsOf = (network: SpikingModel) =>
  network.layers.filter(hasNeuron).map(({ output }) => startOf(network, output));

const thresholdsOf = {
  relu1: [0.5, 0.25],
  relu16: [0.5, 0.25, 0.125, 0.0625],
  pooling3: [1],
  relu17: [0.75],
};

t.test('from half: each layer starts at half of its own smallest threshold', async (t) => {
  const network = convert({ thresholdsOf });
  for (const converted of [network, read(network)]) {
    for (const [output, volts] of Object.entries(thresholdsOf))
      t.equal(startOf(converted, output), volts.at(-1)! / 2, output);
    t.equal(startOf(converted, 'relu2'), 0.0625, 'all others');
    t.equal(startOf(converted, 'pooling1'), 0.0625);
  }
});

t.test('from half: each level of ml starts at half of its own threshold', async (t) => {
  const network = convert({
    neuron: findNeuron('ml'),
    thresholds: [1, 0.5],
    thresholdsOf: { relu3: [2, 1, 0.5, 0.25] },
  });
  for (const converted of [network, read(network)]) {
    t.strictSame(startOf(converted, 'relu2'), [0.5, 0.25]);
    t.strictSame(startOf(converted, 'relu3'), [1, 0.5, 0.25, 0.125]);
    const { parameters } = converted.otherNeurons!.get('relu3')!;
    t.strictSame(parameters.spikeValues, [0.5, 0.25, 0.125, 0.0625], 'spikes are worth a part of it');
    t.strictSame(converted.neuronParameters.spikeValues, [0.5, 0.25]);
  }
});

t.test('other thresholds keep the leak and reset of the network', async (t) => {
  const leaky = convert({
    neuron: findNeuron('ml'),
    thresholds: [1],
    thresholdsOf,
    leak: 0.75,
    reset: 'hard',
  });
  const { parameters } = read(leaky).otherNeurons!.get('relu1')!;
  t.match(parameters, { leak: 0.75, reset: 'hard', spikeValues: [0.25, 0.125] });
});

t.test('files say "half"; numbers stay numbers, for all layers', async (t) => {
  t.equal(convert({ thresholdsOf }).notes.initialPotential, 'half');
  const numbers = convert({ thresholdsOf, initialPotential: 0.03 });
  t.equal(numbers.notes.initialPotential, '0.03');
  t.ok(startsOf(read(numbers)).every((start) => start === 0.03));
  const changed = withNotes(read(numbers), { initialPotential: 'half' });
  t.equal(changed.notes.initialPotential, 'half');
  t.strictSame(startsOf(changed), startsOf(convert({ thresholdsOf })), 'chosen when it is run');
  t.ok(startsOf(withNotes(read(convert()), { initialPotential: 0 })).every((start) => start === 0));
});

t.test('files from before layers had thresholds of their own are read as they were', async (t) => {
  const old = (neuron: string, initialPotential: string): Model => ({
    ...unet,
    stage: 'snn',
    notes: {
      ...{ neuron, thresholds: '[2,1,0.5]', initialPotential, normalisation: 'connection' },
      ...{ percentile: '99.9', lambdas: '{"conv1":1.5}', inputLambdas: '{"conv1":[1]}' },
    },
  });
  const network = read(old('mt', '0.25'));
  t.ok(startsOf(network).every((start) => start === 0.25));
  t.equal(network.otherNeurons?.size, 0);
  t.match(network.conversion, {
    slices: 'whole',
    layerInput: 'relu',
    leak: 1,
    reset: 'soft',
    percentile: 99.9,
  });
  for (const key of ['thresholdsOf', 'poolings', 'lambda', 'steps', 'intendedSteps'] as const)
    t.equal(network.conversion[key], undefined, key);
  t.ok(startsOf(read(old('ml', '[1,0.5,0.25]'))).every((start) => String(start) === '1,0.5,0.25'));
  for (const bad of ['halfway', '"half"', '[]x', '{}'])
    t.throws(() => read(old('mt', bad)), /file: metadata: /, bad);
});

t.test('layers that are not there, and thresholds that make no sense, are refused', async (t) => {
  t.throws(
    () => convert({ thresholdsOf: { relu99: [1] } }),
    /^thresholds relu99=\.\.: no such layer, expected one of relu1, relu2, pooling1, .*relu18$/,
  );
  t.throws(() => convert({ thresholdsOf: { conv3: [1] } }), UsageError, 'a layer is named by its signal');
  t.throws(() => convert({ thresholdsOf: { output: [1] } }), UsageError, 'the read-out has no neurons');
  t.throws(() => convert({ thresholdsOf: { relu3: [0.25, 0.5] } }), /^relu3: thresholds 0.25,0.5: .*lower/);
  t.throws(() => convert({ thresholdsOf: { relu3: [] } }), /got 0 values/);
  const file = convert();
  const notes = { ...file.notes, thresholdsOf: '{"relu99":[1]}' };
  t.throws(() => read({ ...file, notes }), /^file: metadata: thresholds relu99/);
});

const plans: Partial<ConversionPlan>[] = [
  { normalisation: 'connection' },
  { normalisation: 'connection', slices: 'short' },
  { normalisation: 'layer' },
  { normalisation: 'layer', layerInput: 'tensor', percentile: 99.5 },
  { normalisation: 'channel' },
  { normalisation: 'channel', thresholdsOf, poolings: 'exact', intendedSteps: 1 },
];

for (const plan of plans) {
  t.test(`a file that holds both is the spiking network, to the bit: ${JSON.stringify(plan)}`, async (t) => {
    const spiking = convert(plan);
    const both = decode(combine(unet, spiking));
    t.equal(both.stage, 'both');
    const [got, expected] = [toSpikingModel(both, 'both'), read(spiking)];
    t.equal(got.stage, 'snn');
    t.strictSame(got.conversion, expected.conversion);
    for (const [name, values] of expected.parameters)
      requireSameBits(got.parameters.get(name)!, values, name);
    const run = (network: SpikingModel) =>
      simulate({ kernels: reference, network, height: SIDE, width: SIDE }, image, { steps: 2, mode: 'auto' });
    t.doesNotThrow(() => requireSameSimulation(run(got), run(expected)));
    t.ok(run(got).spikes > 0);

    const back = toUnet(both, 'both');
    t.equal(back.stage, 'ann');
    t.strictSame(back.notes, unet.notes, 'what was said about the conversion is gone, the rest is there');
    t.equal(back.channelLambdas, undefined);
    for (const [name, values] of unet.parameters) requireSameBits(back.parameters.get(name)!, values, name);
    t.ok(Buffer.from(encodeModel(back)).equals(encodeModel(unet)), 'the U-Net has the bytes it had');
    t.ok(Buffer.from(encodeModel(convertAgain(back, plan))).equals(encodeModel(spiking)));
  });
}

function convertAgain(model: Model, plan: Partial<ConversionPlan>): SpikingModel {
  const again = measureActivations(referenceEngine, model, inputs, { lowest: 99, channels: true });
  const usual = { neuron: findNeuron('mt'), thresholds: [0.5, 0.25, 0.125], normalisation: 'connection' };
  return convertModel(model, again, { ...usual, initialPotential: 'half', ...plan });
}

t.test('a U-Net is no spiking network, and a spiking network no U-Net', async (t) => {
  t.throws(() => toSpikingModel(unet, 'file'), /file: is a U-Net, expected a spiking network/);
  t.throws(() => toUnet(convert(), 'file'), /file: is a spiking network, expected a U-Net/);
  t.strictSame(toUnet(unet, 'file').notes, unet.notes);
});

/** The file of a conversion that holds both, with something changed. */
function damaged(plan: Partial<ConversionPlan>, change: (file: TensorFile) => void): Uint8Array {
  const file = decodeSafetensors(encodeModel(combine(unet, convert(plan))), 'file');
  change(file);
  return encodeSafetensors(file);
}

t.test('each thing that can be wrong with the lambdas of channels is named', async (t) => {
  const lambda = ({ tensors }: TensorFile, name = 'conv4') => tensors.get(`${name}.lambda`)!;
  const cases: [string, (file: TensorFile) => void, RegExp][] = [
    [
      'one is missing',
      ({ tensors }) => tensors.delete('conv4.lambda'),
      /conv4\.lambda is missing, expected \[4\]/,
    ],
    [
      'another shape',
      ({ tensors }) => tensors.set('conv4.lambda', { shape: [2], data: Float32Array.of(1, 1) }),
      /tensor conv4\.lambda has shape \[2\], expected \[4\]/,
    ],
    [
      'two axes',
      ({ tensors }) => tensors.set('conv4.lambda', { shape: [2, 2], data: new Float32Array(4).fill(1) }),
      /tensor conv4\.lambda has shape \[2,2\], expected \[4\]/,
    ],
    ['zero', (file) => (lambda(file).data[3] = 0), /conv4\.lambda: 0 at 3, expected above 0/],
    ['negative', (file) => (lambda(file).data[1] = -2), /conv4\.lambda: -2 at 1, expected above 0/],
    ['NaN', (file) => (lambda(file).data[0] = Number.NaN), /conv4\.lambda: value 0 is NaN/],
    [
      'infinite',
      (file) => (lambda(file).data[0] = Number.POSITIVE_INFINITY),
      /conv4\.lambda: value 0 is Infinity/,
    ],
    [
      'of a pooling',
      ({ tensors }) => tensors.set('pooling1.lambda', { shape: [2], data: Float32Array.of(1, 1) }),
      /tensor pooling1\.lambda is not part of this network/,
    ],
    [
      'of the read-out',
      ({ tensors }) => tensors.set('conv19.lambda', { shape: [2], data: Float32Array.of(1, 1) }),
      /tensor conv19\.lambda is not part of this network/,
    ],
    [
      'none at all',
      ({ tensors }) => {
        for (const name of [...tensors.keys()]) if (name.endsWith('.lambda')) tensors.delete(name);
      },
      /metadata: it is normalised channel-wise, but holds no tensors NAME\.lambda/,
    ],
  ];
  for (const [name, change, message] of cases) {
    const bytes = damaged({ normalisation: 'channel' }, change);
    const load = () => toSpikingModel(decodeModel(bytes, 'file').model, 'file');
    t.throws(load, message, name);
    t.throws(load, DataError, name);
    t.throws(load, /^(DataError: )?file: |file: /, name);
  }
});

t.test('each thing that can be wrong with the lambdas of layers is named', async (t) => {
  const notes = (key: string, change: (lambdas: Record<string, unknown>) => void) => (file: TensorFile) => {
    const lambdas = JSON.parse(file.metadata[key]);
    change(lambdas);
    file.metadata[key] = JSON.stringify(lambdas);
  };
  const cases: [string, (file: TensorFile) => void, RegExp][] = [
    [
      'none of a layer',
      notes('lambdas', (all) => delete all.conv4),
      /lambdas of conv4: input \[[\d.]+\], output none;/,
    ],
    ['zero', notes('lambdas', (all) => (all.conv4 = 0)), /lambdas of conv4: .* output 0; expected 1 and one/],
    ['negative', notes('lambdas', (all) => (all.conv4 = -1)), /lambdas of conv4: .* output -1;/],
    [
      'none of an input',
      notes('inputLambdas', (all) => delete all.conv17),
      /lambdas of conv17: input \[\], .* expected 2 and one/,
    ],
    [
      'one for two parts',
      notes('inputLambdas', (all) => (all.conv17 = [1])),
      /lambdas of conv17: input \[1\]/,
    ],
    [
      'zero for a part',
      notes('inputLambdas', (all) => (all.conv17 = [1, 0])),
      /lambdas of conv17: input \[1,0\]/,
    ],
    [
      'no numbers',
      notes('inputLambdas', (all) => (all.conv17 = 'wide')),
      /metadata: "inputLambdas.conv17": .*expected array/,
    ],
    [
      'weights beyond float32',
      notes('lambdas', (all) => (all.conv4 = 1e-40)),
      /normalised conv4\.weight: value/,
    ],
  ];
  for (const [name, change, message] of cases) {
    const bytes = damaged({}, change);
    const load = () => toSpikingModel(decodeModel(bytes, 'file').model, 'file');
    t.throws(load, message, name);
    t.throws(load, DataError, name);
  }
});
