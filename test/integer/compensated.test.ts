/**
 * Rounding that makes up for its errors: against NumPy's form of the published rule
 * (fixtures/make/compensated.py), by what it leaves of the error, and at its edges.
 */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { compensated } from '../../lib/integer/compensatedRounding.js';
import { type ExactNumbers, toNearest } from '../../lib/integer/rounding.js';
import {
  addOuterProduct,
  newSecondMoments,
  rowStart,
  type SecondMoments,
} from '../../lib/integer/secondMoments.js';
import type { Layer } from '../../lib/net/architecture.js';
import type { Weights } from '../../lib/op/op.js';
import { goldenCases } from '../engine/kernel/golden.js';
import { randomModel } from '../support/networks.js';

const [layer] = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }).layers;
const roundBy = (moments: SecondMoments, exact: ExactNumbers) =>
  compensated(new Map([[layer.name, moments]]))(layer, exact);

/** [O,K] as the packed [K,O]. */
const packed = (values: ArrayLike<number>, O: number) => {
  const K = values.length / O;
  return Float64Array.from(values, (_, n) => values[(n % O) * K + Math.floor(n / O)]);
};

/** Moments of rows [n,K], each with a 1 behind it. */
function momentsOf(rows: ArrayLike<number>, K: number): SecondMoments {
  const moments = newSecondMoments(K + 1);
  for (let n = 0; n < rows.length / K; n++)
    addOuterProduct(
      moments,
      Float64Array.from({ length: K + 1 }, (_, k) => (k < K ? rows[n * K + k] : 1)),
    );
  return moments;
}

for (const { name, get } of goldenCases('integer/compensated')) {
  t.test(`${name}: weights and biases are NumPy's`, async (t) => {
    const [codes, weight, bias] = ['codes', 'weight', 'bias'].map(get);
    const [O, K] = weight.shape;
    const exact = {
      ...{ weight: packed(weight.data, O), bias: Float64Array.from(bias.data) },
      ...{ mostWeight: get('most').data[0], mostBias: 2 ** 23 },
    };
    const whole = roundBy(momentsOf(codes.data, K), exact);
    t.same([...whole.weight], [...packed(get('whole').data, O)]);
    t.same([...whole.bias], [...get('wholeBias').data]);
  });
}

/** A layer with random weights and inputs that have something in common. */
function randomCase(seed: number) {
  const random = stream(seed, 'compensated');
  const [K, O, count] = [2 + random.integer(20), 1 + random.integer(4), 200];
  const common = Float64Array.from({ length: K }, () => random.normal());
  const rows: number[] = [];
  for (let n = 0; n < count; n++) {
    const level = 5 * random.normal();
    for (let k = 0; k < K; k++) rows.push(Math.max(0, Math.round(level * common[k] + 2 * random.normal())));
  }
  const exact: ExactNumbers = {
    weight: Float64Array.from({ length: K * O }, () => 7 * (2 * random.uniform() - 1)),
    bias: Float64Array.from({ length: O }, () => 20 * random.normal()),
    ...{ mostWeight: 7, mostBias: 2 ** 23 },
  };
  return { K, O, moments: momentsOf(rows, K), exact };
}

/** sum over the output channels of e^T H e */
function squaredError({ size, sums }: SecondMoments, exact: ExactNumbers, whole: Weights): number {
  const O = exact.bias.length;
  let total = 0;
  for (let o = 0; o < O; o++) {
    const error = Array.from({ length: size }, (_, k) =>
      k < size - 1 ? whole.weight[k * O + o] - exact.weight[k * O + o] : whole.bias[o] - exact.bias[o],
    );
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++)
        total += error[i] * error[j] * sums[rowStart(Math.max(i, j)) + Math.min(i, j)];
  }
  return total;
}

t.test('the current is nearer than with each weight rounded to the nearest', async (t) => {
  let [nearest, own] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) {
    const { moments, exact } = randomCase(seed);
    const whole = roundBy(moments, exact);
    for (const value of [...whole.weight, ...whole.bias]) t.ok(Number.isInteger(value));
    t.ok(whole.weight.every((weight) => Math.abs(weight) <= 7));
    nearest += squaredError(moments, exact, toNearest(layer, exact));
    own += squaredError(moments, exact, whole);
  }
  t.ok(own < nearest / 2, `${own} < ${nearest} / 2`);
});

t.test('inputs that have nothing in common, or were never seen: each to the nearest', async (t) => {
  const { K, exact } = randomCase(3);
  for (const energy of [0, 100]) {
    const moments = newSecondMoments(K + 1);
    for (let k = 0; k < K; k++) moments.sums[rowStart(k) + k] = energy;
    t.same(roundBy(moments, exact), toNearest(layer, exact), `${energy}`);
  }
});

t.test('a layer that was not measured is rounded to the nearest; no bias leaves its limit', async (t) => {
  const { exact, moments, O } = randomCase(4);
  const other = { ...layer, name: 'other' } as Layer;
  t.same(compensated(new Map([['conv1', moments]]))(other, exact), toNearest(layer, exact));
  const limited = { ...exact, bias: exact.bias.fill(1e6), mostBias: 1000 };
  t.same([...roundBy(moments, limited).bias], Array(O).fill(1000));
});
