import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { layerScales } from '../../lib/convert/scales.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { gatherInput } from '../../lib/engine/kernels/frame.js';
import { reference } from '../../lib/engine/reference/index.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { hasNeuron, signalOf } from '../../lib/net/network.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const model = randomModel({ task: 'segment', width: 2, channels: 3, classes: 3 });
const images = [0, 1, 2].map((index) => ({
  input: randomImage(stream(9, 'calibration', index), 32, 16 + 16 * (index % 2), 3),
  height: 32,
  width: 16 + 16 * (index % 2),
}));
const lambdas = measureLambdas(referenceEngine, model, images, 99.9);
const close = (a: number, b: number) => Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(b));

/** The percentile by sorting everything. */
function percentile(values: number[], percent: number): number {
  values.sort((a, b) => a - b);
  const rank = ((values.length - 1) * percent) / 100;
  const [lower, upper] = [values[Math.floor(rank)], values[Math.ceil(rank)]];
  return lower + (rank - Math.floor(rank)) * (upper - lower);
}

t.test('lambda is the percentile of all values of a signal over the batch, zeros included', async (t) => {
  const activations = new Map<string, number[]>();
  for (const { input, height, width } of images) {
    const signals = forward({ kernels: reference, network: model, height, width }, input);
    for (const layer of model.layers) {
      if (hasNeuron(layer)) append(activations, layer.output, signalOf(signals, layer.output));
      if (layer.inputs.length > 1)
        append(activations, layer.name, gatherInput({ kernels: reference, height, width }, layer, signals));
    }
  }
  t.equal(lambdas.size, 22 + 4 + 4, '22 ReLUs, 4 poolings and 4 concatenations');
  for (const [name, values] of activations) t.ok(close(lambdas.get(name)!, percentile(values, 99.9)), name);
});

function append(lists: Map<string, number[]>, name: string, values: Float32Array): void {
  lists.set(name, [...(lists.get(name) ?? []), ...values]);
}

t.test('connection-wise: the normalised network is the original one in other units (Eq. 8)', async (t) => {
  const { parameters, scales } = normaliseModel(model, lambdas, 'connection');
  const [{ input, height, width }] = images;
  const original = forward({ kernels: reference, network: model, height, width }, input);
  const normalised = forward(
    { kernels: reference, network: { layers: model.layers, parameters }, height, width },
    input,
  );
  for (const { layer, lambdaOut } of scales) {
    const [ours, theirs] = [signalOf(normalised, layer.output), signalOf(original, layer.output)];
    t.ok(
      ours.every((value, i) => close(value * lambdaOut, theirs[i])),
      layer.name,
    );
  }
  t.ok(signalOf(normalised, OUTPUT).every((value, i) => close(value, signalOf(original, OUTPUT)[i])));
});

t.test('layer-wise: one lambda for a whole concatenation, measured over it (Eq. 7)', async (t) => {
  const [connection, layer] = ['connection', 'layer'].map((norm) => layerScales(model.layers, lambdas, norm));
  for (const [l, scales] of layer.entries()) {
    if (scales.layer.inputs.length === 1) {
      t.strictSame(scales, connection[l], `${scales.layer.name} is not concatenated`);
      continue;
    }
    const measured = lambdas.get(scales.layer.name)!;
    t.strictSame(scales.lambdaIn, [measured, measured], scales.layer.name);
    t.notSame(connection[l].lambdaIn[0], connection[l].lambdaIn[1]);
  }
});

t.test(
  'the input of conv1 and the output of conv19 keep their unit; pooling has that of the ReLU before it',
  async (t) => {
    const scales = new Map(layerScales(model.layers, lambdas, 'connection').map((s) => [s.layer.name, s]));
    t.strictSame(scales.get('conv1')!.lambdaIn, [1]);
    t.equal(scales.get('conv19')!.lambdaOut, 1);
    t.equal(scales.get('pooling2')!.lambdaOut, lambdas.get('relu4'));
    t.strictSame(scales.get('conv5')!.lambdaIn, [lambdas.get('relu4')]);
    t.strictSame(scales.get('conv17')!.lambdaIn, [lambdas.get('relu2'), lambdas.get('relu_convtranspose4')]);
  },
);

t.test('a layer that never fires has lambda 1', async (t) => {
  const dead = new Map(model.parameters);
  dead.set(
    'conv3.weight',
    model.parameters.get('conv3.weight')!.map(() => 0),
  );
  dead.set(
    'conv3.bias',
    model.parameters.get('conv3.bias')!.map(() => -1),
  );
  t.equal(measureLambdas(referenceEngine, { ...model, parameters: dead }, images, 99.9).get('relu3'), 1);
});

t.test('what cannot be converted is refused', async (t) => {
  t.throws(
    () => normaliseModel({ ...model, stage: 'snn' }, lambdas, 'connection'),
    /spiking network already/,
  );
  t.throws(() => normaliseModel(model, lambdas, 'batch'), UsageError);
  t.throws(() => measureLambdas(referenceEngine, model, images, 0), UsageError);
  t.throws(() => measureLambdas(referenceEngine, model, images, 101), UsageError);
  t.throws(() => measureLambdas(referenceEngine, model, [], 99.9), /got no images/);
});
