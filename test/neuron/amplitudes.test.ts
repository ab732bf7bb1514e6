/**
 * Amplitudes of real spikes: folding them into the weights changes no bit; files keep them, simulations fold
 * them.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { toSpikingModel, toTrainableModel, withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { applyLayer } from '../../lib/engine/kernels/frame.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { inputSize, type Layer } from '../../lib/net/architecture.js';
import { hasNeuron } from '../../lib/net/network.js';
import type { Parameters } from '../../lib/net/parameters.js';
import { foldAmplitudes, hasAmplitudes, withAmplitudes } from '../../lib/neuron/amplitudes.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { valuesIn } from '../../lib/op/op.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { floatImage, referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const side = 16;
const unet = randomModel({ task: 'segment', width: 3, channels: 1, classes: 2 }, 12);
const image = randomImage(stream(12, 'image'), side, side, 1);
const lambdas = measureLambdas(referenceEngine, unet, [{ input: image, height: side, width: side }], 99.9);
const spiking = withNeurons(unet, normaliseModel(unet, lambdas, 'connection'), {
  neuron: findNeuron('rs'),
  normalisation: 'connection',
  percentile: 99.9,
  initialPotential: 0.5,
});

t.test(
  'each signal of spikes has one reader with weights: its amplitude is that of the writer',
  async (t) => {
    for (const { output } of unet.layers.filter(hasNeuron)) {
      const readers = unet.layers.filter(({ op, inputs }) => op.hasWeights && inputs.includes(output));
      const pooled = unet.layers.filter(({ op, inputs }) => !op.hasWeights && inputs.includes(output));
      t.equal(readers.length, 1, output);
      t.ok(pooled.length <= 1, output);
    }
  },
);

/** Amplitudes that are not round numbers. */
function drawAmplitudes(model: Model): Parameters {
  const random = stream(13, 'amplitudes');
  const draw = (values: Float32Array) => values.map(() => 0.2 + 1.5 * random.uniform());
  const entries = [...withAmplitudes(model.layers, model.parameters)];
  return new Map(
    entries.map(([name, values]) => [name, name.endsWith('.amplitude') ? draw(values) : values]),
  );
}

/** Spikes [h,w,I] of a layer's input, a third of the neurons firing. */
function drawSpikes(layer: Layer): Float32Array {
  const random = stream(14, layer.name);
  return Float32Array.from({ length: valuesIn(inputSize(layer, side, side)) }, () =>
    Number(random.integer(3) === 0),
  );
}

for (const [engine, kernels] of backends) {
  t.test(`${engine}: plain spikes and folded weights have the bits of real spikes`, async (t) => {
    const parameters = drawAmplitudes(spiking);
    const folded = foldAmplitudes(spiking.layers, parameters);
    for (const layer of spiking.layers.filter(({ op, scale }) => op.hasWeights && scale.over < 16)) {
      const amplitude = parameters.get(`${layer.name}.amplitude`);
      if (!amplitude) continue;
      const plain = drawSpikes(layer);
      const real = plain.map((spike, n) => spike * amplitude[n % amplitude.length]);
      const current = (weights: Parameters, spikes: Float32Array) =>
        applyLayer(
          { kernels, network: { layers: [], parameters: weights }, height: side, width: side },
          layer,
          spikes,
        );
      t.doesNotThrow(() => requireSameBits(current(folded, plain), current(parameters, real), layer.name));
    }
  });
}

t.test(
  'amplitudes begin at 1 for every layer that reads spikes with weights, and change nothing',
  async (t) => {
    const parameters = withAmplitudes(spiking.layers, spiking.parameters);
    const names = [...parameters.keys()].filter((name) => name.endsWith('.amplitude'));
    t.equal(names.length, 18 + 4, 'conv2 to conv19 and the transposed ones, not conv1 and no pooling');
    t.notOk(parameters.has('conv1.amplitude'));
    t.equal(
      parameters.get('conv11.amplitude')!.length,
      2 * 8 * 3,
      'a channel of a concatenation has its own',
    );
    t.strictSame(foldAmplitudes(spiking.layers, parameters), spiking.parameters);
    t.equal(foldAmplitudes(spiking.layers, spiking.parameters), spiking.parameters, 'nothing to fold');
    t.strictSame([...withAmplitudes(spiking.layers, parameters).keys()], [...parameters.keys()]);
  },
);

t.test(
  'the reader has the amplitude: what reads relu2 at the other end of the skip, not its pooling',
  async (t) => {
    const readers = spiking.layers.filter(({ inputs }) => inputs.includes('relu2')).map(({ name }) => name);
    t.strictSame(readers, ['pooling1', 'conv17']);
    const flowsWith = (amplitude: number) => {
      const parameters = new Map(withAmplitudes(spiking.layers, spiking.parameters));
      parameters.set(
        'conv17.amplitude',
        parameters.get('conv17.amplitude')!.map(() => amplitude),
      );
      const network = { ...spiking, parameters: foldAmplitudes(spiking.layers, parameters) };
      return simulate({ kernels: reference, network, height: side, width: side }, image, {
        steps: 8,
        mode: 'auto',
      }).flows;
    };
    const [plain, half] = [flowsWith(1), flowsWith(0.5)];
    for (const name of ['relu2', 'pooling1', 'relu3', 'relu16'])
      t.strictSame(half.get(name), plain.get(name), name);
    t.notSame(half.get('relu17'), plain.get('relu17'));
  },
);

t.test('a file keeps amplitudes; they are folded for a simulation, and stay for training', async (t) => {
  const parameters = drawAmplitudes(spiking);
  const { model } = decodeModel(encodeModel({ ...spiking, parameters }), 'file');
  t.strictSame(model.parameters, parameters);
  const run = (weights: Parameters) =>
    simulate(
      { kernels: reference, network: { ...spiking, parameters: weights }, height: side, width: side },
      image,
      { steps: 6, mode: 'auto' },
    );
  const ready = toSpikingModel(model, 'file');
  t.notOk(hasAmplitudes(ready.parameters));
  t.strictSame(run(ready.parameters), run(foldAmplitudes(spiking.layers, parameters)));
  t.not(run(ready.parameters).spikes, run(spiking.parameters).spikes);
  t.strictSame(toTrainableModel(model, 'file').parameters, parameters);
  const door = referenceEngine.prepare({ ...spiking, parameters });
  const folded = door.simulate(floatImage(image, side, side), { steps: 6 });
  t.strictSame(folded.flows, run(ready.parameters).flows, 'an engine folds them itself');
});

t.test('only rs learns amplitudes; one of a wrong size or place is refused', async (t) => {
  const plain = decodeModel(encodeModel(spiking), 'file').model;
  t.ok(hasAmplitudes(toTrainableModel(plain, 'file').parameters));
  const lif = { ...plain, notes: { ...plain.notes, neuron: 'lif' } };
  t.equal(toTrainableModel(lif, 'file').parameters, plain.parameters);
  for (const [name, message] of [
    ['conv2.amplitude', /conv2.amplitude has shape \[2\], expected \[3\]/],
    ['pooling1.amplitude', /pooling1.amplitude is not part of this network/],
  ] as const) {
    const extra = new Map([[name, { shape: [2], data: Float32Array.of(1, 1) }]]);
    t.throws(() => decodeModel(encodeModel(spiking, extra), 'file'), message);
    t.throws(() => decodeModel(encodeModel(spiking, extra), 'file'), DataError);
  }
});

t.test('models from before there were leaks have neurons without', async (t) => {
  const old = (neuron: string, thresholds: string) => {
    const { leak: _leak, reset: _reset, spikeValues: _values, ...notes } = spiking.notes;
    return toSpikingModel({ ...spiking, notes: { ...notes, neuron, thresholds } }, 'old').neuronParameters;
  };
  const common = { leak: 1, initialPotential: 0.5 };
  t.strictSame(old('mt', '[2,1]'), { ...common, thresholds: [2, 1], spikeValues: [2, 1], reset: 'soft' });
  t.strictSame(old('if-hard', '[0.5]'), { ...common, thresholds: [0.5], spikeValues: [0.5], reset: 'hard' });
});
