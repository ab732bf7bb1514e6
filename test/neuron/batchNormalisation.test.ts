/**
 * Batch normalisation of currents: the definition by hand, what files keep of it, how it folds into weights,
 * and what it is for: without it hardly a layer of a deep spiking network with random weights fires, and none
 * learns.
 */

import t from 'tap';
import { directModel } from '../../lib/convert/directModel.js';
import { toSpikingModel, toTrainableModel } from '../../lib/convert/spikingModel.js';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { hasNeuron } from '../../lib/net/network.js';
import { initialParameters, isStatistic } from '../../lib/net/parameters.js';
import {
  batchStatistics,
  findBatchNormalisation,
  normaliseBackward,
  normaliseForward,
} from '../../lib/neuron/batchNormalisation.js';
import { foldNormalisation } from '../../lib/neuron/foldedNormalisation.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { isNormalised, runningAverages } from '../../lib/neuron/normalisedParameters.js';
import { changedParameters } from '../support/changed.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const unet = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 9);
const fresh: Model = { ...unet, parameters: initialParameters(unet.layers, 9) };
const direct = (batchNormalisation?: string) =>
  directModel(fresh, { neuron: findNeuron('ml'), steps: 2, poolings: 'exact', batchNormalisation });
const example = (seed: number) => ({
  image: { data: randomImage(stream(seed, 'image'), 32, 32, 1), height: 32, width: 32, channels: 1 },
  target: Uint8Array.from({ length: 32 * 32 }, (_, i) => i % 2),
});
const examples = [example(1), example(2)];

t.test('two channels by hand', async (t) => {
  const currents = [Float32Array.of(1, 5, 3, 5), Float32Array.of(1, 9, 3, 9)]; // [1,2,2] of two steps
  const statistics = batchStatistics(currents, 2);
  t.strictSame(statistics, { count: 4, mean: Float64Array.of(2, 7), variance: Float64Array.of(1, 4) });
  const kind = { ...findBatchNormalisation('tdbn'), divisor: Math.sqrt, ratio: () => 1 };
  const scale = { kind, factor: 0.5, gamma: Float32Array.of(2, 1), beta: Float32Array.of(0.25, 0) };
  const out = currents.map(({ length }) => new Float32Array(length));
  normaliseForward(out, currents, statistics, scale);
  t.strictSame(out, [Float32Array.of(-0.75, -0.5, 1.25, -0.5), Float32Array.of(-0.75, 0.5, 1.25, 0.5)]);
  const gradients = [Float32Array.of(0, 0, 4, 1), Float32Array.of(0, 0, 4, 0)];
  // channel 0: dy 0, 4, 0, 4, xhat -1, 1, -1, 1: nothing is left of dy but its mean and its part along xhat
  // channel 1: dy 0, 1, 0, 0, xhat -1, -1, 1, 1: 0.25 (dy - 0.25 + 0.25 xhat)
  const learned = normaliseBackward(gradients, currents, statistics, scale);
  t.strictSame(learned, { gamma: Float32Array.of(4, -0.5), beta: Float32Array.of(8, 1) });
  t.strictSame(gradients, [Float32Array.of(0, -0.125, 0, 0.125), Float32Array.of(0, 0, 0, 0)]);
});

t.test('a channel that is the same everywhere hands on no gradient', async (t) => {
  for (const kind of [findBatchNormalisation('tdbn'), findBatchNormalisation('bn')]) {
    const currents = [Float32Array.of(0.1, 0.1, 0.1)];
    const statistics = batchStatistics(currents, 1);
    t.strictSame(statistics.variance, Float64Array.of(0));
    const scale = { kind, factor: 1, gamma: Float32Array.of(1), beta: Float32Array.of(0.5) };
    const out = [new Float32Array(3)];
    normaliseForward(out, currents, statistics, scale);
    t.strictSame(out, [Float32Array.of(0.5, 0.5, 0.5)]);
    const gradients = [Float32Array.of(1, 2, 4)];
    const learned = normaliseBackward(gradients, currents, statistics, scale);
    t.strictSame(learned, { gamma: Float32Array.of(0), beta: Float32Array.of(7) });
    t.strictSame(
      gradients.map((values) => values.map(Math.abs)),
      [new Float32Array(3)],
    );
  }
});

t.test('the deviation is the lowest threshold, or 1 V', async (t) => {
  const ml = direct('tdbn').neuronParameters;
  t.equal(findBatchNormalisation('tdbn').factor(ml), 0.6, 'as Feng et al. (2022)');
  t.equal(findBatchNormalisation('bn').factor(ml), 1);
});

t.test('a layer of weights with neurons is normalised, no pooling and not the output', async (t) => {
  const { layers, parameters } = direct('tdbn');
  t.equal(layers.filter(isNormalised).length, 22);
  t.notOk(parameters.has('pooling1.gamma') || parameters.has('conv19.gamma'));
  t.strictSame(
    [...parameters.keys()].slice(0, 6),
    ['weight', 'bias', 'gamma', 'beta', 'mean', 'variance'].map((part) => `conv1.${part}`),
  );
  const averages = runningAverages(layers[0], parameters, [
    { count: 5, mean: Float64Array.of(2, -1), variance: Float64Array.of(4, 0) },
  ]);
  t.strictSame(averages.get('conv1.mean'), Float32Array.of(0.2, -0.1));
  t.strictSame(averages.get('conv1.variance'), Float32Array.of(0.9 + 0.5, 0.9), 'without bias: 4 * 5 / 4');
});

t.test('with random weights all layers learn, without normalisation the deep ones do not', async (t) => {
  const silent = (kind?: string) => {
    const { gradients } = referenceEngine.gradient(direct(kind), throughTime({ steps: 2 }), examples);
    const learned = [...gradients].filter(([name]) => !name.endsWith('.bias'));
    return learned.filter(([, values]) => values.every((value) => value === 0)).map(([name]) => name);
  };
  t.ok(silent().length > 10, `${silent()}`);
  t.strictSame(silent('tdbn'), []);
  t.strictSame(silent('bn'), []);
  t.strictSame(silent('bntt'), []);
});

/**
 * The network with the statistics of the examples themselves, of which the first running averages hold a
 * tenth.
 */
function measured() {
  const network = direct('tdbn');
  const { statistics } = referenceEngine.gradient(network, throughTime({ steps: 2 }), examples);
  const ofBatch = [...statistics!].map(([name, values]) => {
    const before = network.parameters.get(name)!;
    const exact = values.map((r, c) => (r - 0.9 * before[c]) / 0.1);
    return [name, name.endsWith('.variance') ? exact.map((v) => Math.max(0, v)) : exact] as const;
  });
  return { ...network, parameters: new Map([...network.parameters, ...ofBatch]) };
}

t.test('an update moves the statistics; the optimiser has no averages of them', async (t) => {
  const network = direct('bn');
  const trainer = referenceEngine.trainer(network, throughTime({ steps: 2 }), {
    optimiser: findOptimiser('adam'),
  });
  const { statistics } = referenceEngine.gradient(network, throughTime({ steps: 2 }), examples);
  trainer.step(examples, 1e-3);
  const parameters = trainer.parameters();
  for (const [name, values] of statistics!) t.strictSame(parameters.get(name), values, name);
  t.strictSame(parameters.get('conv1.bias'), fresh.parameters.get('conv1.bias'), 'a bias moves nothing');
  t.notSame(parameters.get('conv1.gamma'), network.parameters.get('conv1.gamma'));
  t.notOk([...trainer.averages().get('moment1')!.keys()].some(isStatistic));
  trainer.dispose();
});

t.test('a file keeps it; who runs the network has it folded into the weights', async (t) => {
  const network = measured();
  const { model } = decodeModel(encodeModel(network), 'file');
  t.strictSame(model.parameters, network.parameters);
  t.equal(model.notes.batchNormalisation, 'tdbn');
  t.strictSame(toTrainableModel(model, 'file').parameters, network.parameters);
  const folded = toSpikingModel(model, 'file');
  t.strictSame(folded.parameters, foldNormalisation(network).parameters);
  t.strictSame([...folded.parameters.keys()], [...fresh.parameters.keys()]);
  t.doesNotThrow(() => toSpikingModel(decodeModel(encodeModel(folded), 'file').model, 'file'));
  const [program, plain] = [network, folded].map((one) => referenceEngine.prepare(one));
  const runs = [program, plain].map((one) => one.simulate(examples[0].image, { steps: 2 }));
  t.strictSame(runs[0], runs[1], 'an engine folds it itself');
  for (const layer of network.layers.filter(hasNeuron))
    t.ok(
      runs[0].flows.get(layer.output)!.some((value) => value > 0),
      `${layer.name} fires`,
    );
});

t.test('files that cannot be normalised are refused', async (t) => {
  const network = direct('bn');
  const read = (changes: Partial<Model>) => () =>
    toSpikingModel(decodeModel(encodeModel({ ...network, ...changes }), 'file').model, 'file');
  const changed = (name: string, values?: Float32Array) => ({
    parameters: changedParameters(network.parameters, name, values),
  });
  const { batchNormalisation: _, ...notes } = network.notes;
  for (const [changes, message] of [
    [changed('conv2.gamma'), /file: .*tensor conv2.gamma is missing, expected \[2\]/],
    [changed('conv2.gamma', Float32Array.of(1)), /conv2.gamma has shape \[1\], expected \[2\]/],
    [changed('conv2.beta', Float32Array.of(1, Number.NaN)), /conv2.beta: value 1 is NaN/],
    [changed('conv2.variance', Float32Array.of(1, -1)), /conv2.variance: -1 at 1, expected at least 0/],
    [{ notes }, /tensor conv1.gamma: the network says of no batch normalisation/],
    [{ notes: { ...notes, batchNormalisation: 'layer' } }, /batchNormalisation/],
    [{ stage: 'ann', notes: {} }, /tensor conv1.gamma is not part of this network/],
  ] as const) {
    t.throws(read(changes), message);
    t.throws(read(changes), DataError);
  }
});
