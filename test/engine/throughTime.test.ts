/**
 * Back-propagation through time against automatic differentiation in PyTorch (fixtures/make/direct.py): the
 * same network over T steps as one graph, spikes with each surrogate, the reset in the graph or not; loss and
 * the gradient of every parameter. All engines and thread counts give the same bits.
 */

import t from 'tap';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { IMAGE, OUTPUT } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import type { Node } from '../../lib/net/graph.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { findSurrogate } from '../../lib/neuron/surrogate.js';
import { avgPool2d } from '../../lib/op/avgPool2d.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { convTranspose2d } from '../../lib/op/convTranspose2d.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';
import { goldenFile, goldenTensor, requireGolden } from './kernel/golden.js';
import { goldenExample, goldenModel, goldenNeurons, requireGradients } from './kernel/network.js';

const [first, ...others] = backends;

/** The network with the neuron of a golden file, and the cases that the file holds. */
function directCase(name: string) {
  const { model, tensors } = goldenModel('direct/network');
  const golden = goldenFile(`direct/${name}`);
  const { neuron, neuronParameters } = goldenNeurons({
    ...golden.metadata,
    neuron: name.replace('-soft', ''),
  });
  const cases: string[] = JSON.parse(golden.metadata.cases);
  return { network: { ...model, neuron, neuronParameters }, example: goldenExample(tensors), golden, cases };
}

/** Training through time as the name of a case says: SURROGATE.RESET.STEPS. */
function methodOf(label: string) {
  const [surrogate, reset, steps] = label.split('.');
  const derivative = { surrogate: findSurrogate(surrogate), reset: reset as 'detached' | 'attached' };
  return throughTime({ steps: Number(steps), derivative });
}

for (const name of ['mt', 'if', 'if-hard', 'lif', 'ml', 'ml-soft']) {
  t.test(`training ${name} through time is PyTorch's`, async (t) => {
    const { network, example, golden, cases } = directCase(name);
    t.ok(cases.length > 5);
    for (const label of cases) {
      const failed: unknown[] = [];
      const inOne = { ok: (good: unknown, ...what: unknown[]) => Boolean(good) || failed.push(what[0]) > 0 };
      const { loss, gradients } = engineOf(first[1]).gradient(network, methodOf(label), [example]);
      const expected = goldenTensor(golden.tensors, `${label}.loss`).data;
      requireGolden(inOne, [loss], expected, `direct/${name}:${label}.loss`);
      requireGradients(inOne, network.layers, gradients, `direct/${name}`, `${label}.`);
      t.strictSame(failed, [], label);
    }
  });
}

for (const [engine, kernels] of others) {
  t.test(`${engine}: the same bits`, async (t) => {
    for (const [name, label] of [
      ['mt', 'straight.attached.4'],
      ['ml', 'rectangle.attached.4'],
      ['if', 'atan.detached.2'],
    ]) {
      const { network, example } = directCase(name);
      const on = (kernels: Kernels) =>
        engineOf(kernels).gradient(network, methodOf(label), [example, example]);
      const [got, expected] = [on(kernels), on(first[1])];
      t.equal(got.loss, expected.loss);
      for (const [parameter, values] of expected.gradients)
        requireSameBits(got.gradients.get(parameter)!, values, `${name}: ${parameter}`);
    }
  });
}

t.test('a neuron without a derivative is refused', async (t) => {
  const { network, example } = directCase('mt');
  const signed = { ...network, neuron: findNeuron('signed') };
  const train = () => referenceEngine.gradient(signed, throughTime({ steps: 1 }), [example]);
  t.throws(train, /neuron signed has no derivative/);
});

/** The gradients of a small network on an image whose values are times `factor`. */
function smallGradients(nodes: readonly Node[], factor = 1) {
  const configuration = {
    architecture: 'small',
    task: 'segment',
    width: 2,
    channels: 1,
    classes: 2,
  } as const;
  const layers = buildLayers(configuration, { small: () => nodes });
  const neuron = findNeuron('mt');
  const neurons = { neuron, neuronParameters: neuronParameters(neuron, {}) };
  const data = Float32Array.from({ length: 8 * 6 }, (_, i) => (factor * ((i * 7) % 9)) / 8);
  const image = { data, height: 8, width: 6, channels: 1 };
  const target = Uint8Array.from(data, (_, i) => i % 2);
  const network = { layers, parameters: initialParameters(layers, 1), ...neurons };
  return referenceEngine.gradient(network, throughTime({ steps: 3 }), [{ image, target }]).gradients;
}

const conv = conv2d({ channelsOut: 2, kernel: 3 });
const last = { name: 'last', op: conv, output: OUTPUT, follows: 'nothing' } as const;

t.test('a layer that adds the image to itself learns as one that reads twice the image', async () => {
  const first = { name: 'first', op: conv, join: 'add', output: 'read', follows: 'relu' } as const;
  const reading = (...inputs: string[]): Node[] => [
    { ...first, inputs },
    { ...last, inputs: ['read'] },
  ];
  const expected = smallGradients(reading(IMAGE), 2);
  for (const [name, values] of smallGradients(reading(IMAGE, IMAGE)))
    requireSameBits(values, expected.get(name)!, name);
});

t.test('a layer without weights may read the image', async (t) => {
  const op = convTranspose2d({ channelsOut: 2, kernel: 3, stride: 2 });
  const gradients = smallGradients([
    { name: 'pool', op: avgPool2d({ kernel: 2 }), inputs: [IMAGE], output: 'pooled', follows: 'neurons' },
    { name: 'up', op, inputs: ['pooled'], output: 'enlarged', follows: 'relu' },
    { ...last, inputs: ['enlarged'] },
  ]);
  t.ok(gradients.get('up.weight')!.some((value) => value !== 0));
});
