/**
 * Training through the rounding of weights: against automatic differentiation in PyTorch at the weights that
 * NumPy rounds (fixtures/make/integer_goldens.py), and what comes out of a training.
 */

import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import {
  asfThroughRounding,
  convert,
  findNeuron,
  finetune,
  toSpikingModel,
  trainDirectly,
  withBits,
} from '../../lib/index.js';
import { withDivisors } from '../../lib/integer/heldDivisors.js';
import { integerNetwork } from '../../lib/integer/integerNetwork.js';
import type { ExactNumbers } from '../../lib/integer/rounding.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { boundedGate } from '../../lib/official/boundedGate.js';
import { findSpikingMethod } from '../../lib/train/spikingMethods.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, requireGolden } from '../engine/kernel/golden.js';
import { goldenExample, goldenModel, goldenNeurons, requireGradients } from '../engine/kernel/network.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const FILE = 'integer/rounded_4';

for (const [engine, kernels] of backends) {
  t.test(`${engine}: ASF-BP through 4 bits is PyTorch's`, async (t) => {
    const { model, tensors } = goldenModel(FILE);
    const { metadata } = goldenFile(FILE);
    const { steps, ...neurons } = goldenNeurons(metadata);
    const method = findSpikingMethod('asf', { steps, bits: Number(metadata.bits) });
    const example = goldenExample(tensors);
    const { loss, gradients } = engineOf(kernels).gradient({ ...model, ...neurons }, method, [example]);
    requireGolden(t, [loss], goldenTensor(tensors, 'loss').data, `${FILE}:loss`);
    requireGradients(t, model.layers, gradients, FILE);
  });
}

t.test('membranes of few bits are those of the simulation, too', async (t) => {
  const { model, tensors } = goldenModel(FILE);
  const { steps, ...neurons } = goldenNeurons(goldenFile(FILE).metadata);
  const method = asfThroughRounding({ steps }, { bits: 8, membraneBits: 8 });
  t.throws(() => referenceEngine.gradient({ ...model, ...neurons }, method, [goldenExample(tensors)]), {
    message: /membraneBits 8: a threshold of conv1/,
  });
});

const samples = [1, 2, 3, 4].map((number) => drawSample(5, number, `eye${number}`, 1, 64));
const unet = {
  ...randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }),
  classNames: ['background', 'vessel'],
};
const { spiking } = convert(unet, samples, { preset: 'one-step', thresholds: 4, lambdaFloor: 1 });
const learning = { epochs: 2, batch: 2, patch: { size: 16, perEpoch: 4 }, learningRate: 1e-2 };

t.test('a training ends with a network in whole numbers, of the bits it was trained for', async (t) => {
  const { model, records } = await finetune(spiking, samples, { ...learning, bits: 6 });
  t.equal(model.notes.bits, '6');
  t.match(
    records.map(({ epoch }) => epoch),
    [0, 1, 2],
  );
  const trained = toSpikingModel(model, 'test');
  for (const { layer, weight } of integerNetwork(trained).filter(({ layer }) => layer.op.hasWeights)) {
    const most = Math.max(...weight.map(Math.abs));
    if (layer.output !== OUTPUT) t.ok(most <= 31, `${layer.name}: ${most}`);
  }
  const best = records.findLast((record) => record.best)!;
  const start = withBits(spiking, { bits: 6 });
  const changed = [...model.parameters].some(([name, values]) =>
    values.some((w, k) => w !== start.parameters.get(name)![k]),
  );
  t.equal(changed, best.epoch > 0);
});

t.test(
  'a network in whole numbers learns further: first it is itself, then it keeps bits and divisors',
  async (t) => {
    const { spiking: whole } = convert(unet, samples, {
      ...{ preset: 'one-step', thresholds: 4, rounding: 'compensated' },
      ...{ bits: 5, bitsOf: { conv3: 7 }, membraneBits: 20 },
    });
    t.equal(whole.notes.rounding, 'compensated');
    const file = decodeModel(encodeModel(whole), 'file').model;
    const { model: start } = await finetune(file, samples, { ...learning, learningRate: 1e-30 });
    t.strictSame(start.parameters, whole.parameters, 'what does not change keeps its whole number');
    const models: Model[] = [];
    const onEpoch = (_: unknown, now: Model) => void models.push(now);
    await finetune(file, samples, { ...learning, learningRate: 0.05, onEpoch });
    const model = models.at(-1)!;
    const { bits, bitsOf, membraneBits, rounding } = model.notes;
    t.strictSame([bits, bitsOf, membraneBits, rounding], ['5', '{"conv3":7}', '20', 'learned']);
    for (const { layer, weight } of integerNetwork(toSpikingModel(model, 'file'))) {
      if (!layer.op.hasWeights || layer.output === OUTPUT) continue;
      const name = `${layer.name}.divisor`;
      t.strictSame(model.parameters.get(name), whole.parameters.get(name), name);
      t.ok(Math.max(...weight.map(Math.abs)) <= (layer.name === 'conv3' ? 63 : 15), layer.name);
    }
    t.notSame(model.parameters, whole.parameters, 'it has learned');
  },
);

t.test('weights that have left their bits are cut', async (t) => {
  const round = withDivisors(new Map([['conv1.divisor', Float32Array.of(2, 4)]]));
  const exact = { weight: Float64Array.of(3, 1.2, -3, -1.9), bias: Float64Array.of(0.3, 99) };
  const limits = { mostWeight: 7, mostBias: 50, mostDivisor: 1, divisor: () => t.fail('not asked for') };
  const { weight, bias, divisor } = round(unet.layers[0], { ...exact, ...limits } as unknown as ExactNumbers);
  t.strictSame([...weight], [6, 5, -6, -7]);
  t.strictSame([...bias], [1, 50]);
  t.strictSame([...divisor], [2, 4]);
});

t.test('a pooling that hands on its current is never clipped: its gate is not bounded', async (t) => {
  const { spiking: network } = convert(unet, samples, {
    preset: 'one-step',
    thresholds: 2,
    poolings: 'exact',
  });
  const currents = new Map(['relu1', 'pooling1'].map((name) => [name, Float32Array.of(0.7, 0.8, 5, -1)]));
  const gates = boundedGate.gates({ currents }, network, 1);
  t.same([...gates.get('relu1')!], [Math.fround(0.7), 0, 0, -1], '0.5 + 0.25 is all it can fire');
  t.same(gates.get('pooling1'), currents.get('pooling1'));
});

t.test('what has no whole numbers is refused before anything is trained', async (t) => {
  const refused = (more: object, message: RegExp) =>
    t.rejects(finetune(spiking, samples, { ...learning, ...more }), { message });
  await refused({ bits: 1 }, /bits 1: expected 2 to 16/);
  await refused({ bits: 4.5 }, /bits 4.5/);
  await refused({ bits: 4, membraneBits: 4 }, /membraneBits 4: expected 8 to 32/);
  await refused({ membraneBits: 20 }, /membraneBits: of whole numbers: add bits/);
  const whole = withBits(spiking, { bits: 6 });
  const again = (more: object, message: RegExp) =>
    t.rejects(finetune(whole, samples, { ...learning, ...more }), { message });
  await again({ bits: 4 }, /bits 4: .* in whole numbers of 6 bits already, which it keeps/);
  await again({ membraneBits: 20 }, /membraneBits 20: .* already/);
  await again({ method: 'bptt' }, /method bptt: cannot train a network in whole numbers; asf can/);
  await refused({ method: 'bptt', membraneBits: 20 }, /membraneBits: method bptt has none/);
  const { spiking: poolings } = convert(unet, samples, { preset: 'one-step', poolings: 'exact' });
  await t.rejects(finetune(poolings, samples, { ...learning, bits: 4 }), {
    message: /pooling1: neuron exact/,
  });
  const normalised = { direct: { neuron: findNeuron('mt'), steps: 1, batchNormalisation: 'bn' } };
  const trained = await trainDirectly(samples, {
    ...learning,
    epochs: 1,
    task: 'segment',
    classNames: unet.classNames,
    width: 1,
    ...normalised,
  });
  await t.rejects(finetune(trained.model, samples, { ...learning, bits: 4 }), {
    message: /bits: .* over a batch: fold/,
  });
});
