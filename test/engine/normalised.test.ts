/**
 * Training through time with batch normalisation against automatic differentiation in PyTorch
 * (fixtures/make/normalised.py): loss, gradients and running averages of a batch of three examples, and the
 * output of the network with those averages folded into its weights, which PyTorch keeps beside them. The
 * goldens are float64. A gradient may be 1e-5 of its largest value away from them; two that are sums of terms
 * which nearly cancel may be as far away as PyTorch's own float32 with the same spikes: 2.6e-5 and 3.1e-5
 * (fixtures/make/normalised_goldens.py prints them, nine more are beyond 1e-5 in PyTorch alone).
 */

import t from 'tap';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import type { Parameters } from '../../lib/net/parameters.js';
import { type BatchNormalisation, findBatchNormalisation } from '../../lib/neuron/batchNormalisation.js';
import { withNormalisation } from '../../lib/neuron/normalisedParameters.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { findSurrogate } from '../../lib/neuron/surrogate.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from './kernel/golden.js';
import {
  goldenExample,
  goldenModel,
  goldenNeurons,
  requireGradients,
  type Tensors,
  withoutPrefix,
} from './kernel/network.js';

const [first, ...others] = backends;
const { model, tensors: inputs } = goldenModel('direct/normalised');
const examples = [0, 1, 2].map((b) => goldenExample(inputs, `.${b}`));

/** The network of a golden file and of a case in it, KIND.STEPS, and how it is trained. */
function normalisedCase(file: string, label: string) {
  const { metadata, tensors } = goldenFile(file);
  const { neuron, neuronParameters } = goldenNeurons({ ...metadata, neuron: file.replace(/.*-/, '') });
  const [kind, steps] = label.split('.');
  const batchNormalisation = findBatchNormalisation(kind);
  const parameters = startOf(batchNormalisation, Number(steps), withoutPrefix(tensors, `${label}.`));
  const network = { ...model, parameters, neuron, neuronParameters, batchNormalisation };
  const derivative = {
    surrogate: findSurrogate(metadata.surrogate),
    reset: metadata.resetGradient as 'detached' | 'attached',
  };
  return { network, steps: Number(steps), method: throughTime({ steps: Number(steps), derivative }) };
}

/** Parameters in the order of files; where each step has gammas of its own, a case holds them. */
function startOf(kind: BatchNormalisation, steps: number, ofCase: Tensors): Parameters {
  if (kind.sharesSteps) return withNormalisation(model.layers, model.parameters, kind, steps);
  const plain = new Map([...model.parameters].filter(([name]) => !/[.](gamma|beta)$/.test(name)));
  const start = new Map(withNormalisation(model.layers, plain, kind, steps));
  for (const [name, { data }] of withoutPrefix(ofCase, 'start.')) start.set(name, data);
  return start;
}

for (const [name, count] of [
  ['ml', 6],
  ['lif', 6],
  ['bntt-ml', 3],
  ['bntt-lif', 3],
] as const) {
  const file = `direct/normalised-${name}`;
  t.test(`training ${name} with batch normalisation is PyTorch's`, async (t) => {
    const { tensors, metadata } = goldenFile(file);
    const cases: string[] = JSON.parse(metadata.cases);
    t.equal(cases.length, count);
    for (const label of cases) {
      const failed: unknown[] = [];
      const inOne = { ok: (good: unknown, ...what: unknown[]) => Boolean(good) || failed.push(what[0]) > 0 };
      const require = (name: string, got: ArrayLike<number>) => {
        requireGolden(inOne, got, goldenTensor(tensors, `${label}.${name}`).data, `${file}:${label}.${name}`);
      };
      const { network, method, steps } = normalisedCase(file, label);
      const { loss, gradients, statistics } = referenceEngine.gradient(network, method, examples);
      require('loss', [loss]);
      requireGradients(inOne, network.layers, gradients, file, `${label}.`);
      t.equal(statistics?.size, 2 * 22, 'a mean and a variance of every convolution but the last');
      for (const [name, values] of statistics!) require(name, values);
      const trained = { ...network, parameters: new Map([...network.parameters, ...statistics!]) };
      const { output } = referenceEngine.prepare(trained).simulate(examples[0].image, { steps });
      const expected = goldenTensor(tensors, `${label}.output`);
      requireGolden(
        inOne,
        output.map((sum) => sum / steps),
        imageOf(expected),
        `${file}:${label}.output`,
      );
      t.strictSame(failed, [], label);
    }
  });
}

for (const [engine, kernels] of others) {
  t.test(`${engine}: the same bits`, async (t) => {
    for (const [name, label] of [
      ['ml', 'tdbn.2'],
      ['lif', 'bn.4'],
      ['bntt-ml', 'bntt.2'],
    ]) {
      const { network, method } = normalisedCase(`direct/normalised-${name}`, label);
      const on = (kernels: Kernels) => engineOf(kernels).gradient(network, method, examples);
      const [got, expected] = [on(kernels), on(first[1])];
      t.equal(got.loss, expected.loss);
      for (const part of ['gradients', 'statistics'] as const)
        for (const [parameter, values] of expected[part]!)
          requireSameBits(got[part]!.get(parameter)!, values, `${name}: ${parameter}`);
    }
  });
}

t.test('a batch without normalisation is the sum of its examples', async () => {
  const { network, method } = normalisedCase('direct/normalised-ml', 'tdbn.2');
  const plain: SpikingNetwork = { ...network, ...model, batchNormalisation: undefined };
  const { name, gradient } = method;
  const alone = { name, gradient };
  const [got, expected] = [method, alone].map((one) => referenceEngine.gradient(plain, one, examples));
  for (const [name, values] of expected.gradients) requireSameBits(got.gradients.get(name)!, values, name);
});

t.test('what cannot be normalised is refused', async (t) => {
  const { network, method } = normalisedCase('direct/normalised-ml', 'bn.1');
  t.throws(
    () => referenceEngine.gradient(network, asf({ steps: 1 }), examples),
    /ASF-BP: the network normalises/,
  );
  const image = { data: new Float32Array(16 * 16 * 3), height: 16, width: 16, channels: 3 };
  const small = [{ image, target: new Uint8Array(16 * 16) }];
  const message = /batch normalisation of conv9: a channel has 1 value in the batch, expected at least 2/;
  t.throws(() => referenceEngine.gradient(network, method, small), message);
  t.throws(
    () => findBatchNormalisation('layer'),
    /batch normalisation layer: expected one of tdbn, bn, bntt/,
  );
});
