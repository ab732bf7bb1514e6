/**
 * Whole weights by what they read: against NumPy's least squares and its form of the published rule
 * (fixtures/make/nearest_plane.py), by what is left of the error, and at their edges.
 */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { addPixel, type InputMoments, newInputMoments, rowStart } from '../../lib/integer/inputMoments.js';
import { nearestPlane } from '../../lib/integer/nearestPlane.js';
import { type ExactNumbers, toNearest, type WholeNumbers } from '../../lib/integer/rounding.js';
import { goldenCases } from '../engine/kernel/golden.js';
import { randomModel } from '../support/networks.js';

const [layer] = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }).layers;
const LIMITS = { mostBias: 2 ** 23, mostDivisor: 2 ** 15 };

/** [O,K] as the packed [K,O]. */
const packed = (values: ArrayLike<number>, O: number) => {
  const K = values.length / O;
  return Float64Array.from(values, (_, n) => values[(n % O) * K + Math.floor(n / O)]);
};

/** Moments of rows [n,K], each with a 1 behind it, and of the currents [n,O] that are wanted. */
function momentsOf(rows: ArrayLike<number>, K: number, currents: ArrayLike<number>): InputMoments {
  const count = rows.length / K;
  const O = currents.length / count;
  const moments = newInputMoments(K + 1, O);
  const part = (values: ArrayLike<number>, n: number, size: number) =>
    Array.from({ length: size }, (_, k) => values[n * size + k]);
  for (let n = 0; n < count; n++)
    addPixel(moments, Float64Array.of(...part(rows, n, K), 1), part(currents, n, O));
  return moments;
}

/** The largest divisors with which all weights fit. */
function divisorsOf(weight: Float64Array, O: number, most: number): Float32Array {
  return Float32Array.from({ length: O }, (_, o) =>
    Math.floor(most / Math.max(...weight.filter((_, k) => k % O === o).map(Math.abs))),
  );
}

for (const { name, get } of goldenCases('integer/nearestPlane')) {
  t.test(`${name}: weights, biases and divisors are NumPy's`, async (t) => {
    const [codes, wanted, bias] = ['codes', 'wanted', 'bias'].map((part) => get(part).data);
    const [O, K] = get('weight').shape;
    const weight = packed(get('weight').data, O);
    const mostWeight = get('most').data[0];
    const divisor = divisorsOf(weight, O, mostWeight);
    const largest = () => divisor;
    const exact = { weight, bias: Float64Array.from(bias), divisor: largest, mostWeight, ...LIMITS };
    const whole = nearestPlane(momentsOf(codes, K, wanted), exact);
    t.same([...whole.divisor], [...get('divisors').data]);
    t.same([...whole.weight], [...packed(get('whole').data, O)]);
    t.same([...whole.bias], [...get('wholeBias').data]);
  });
}

/** A layer with random weights, inputs that have something in common, and the currents that it has. */
function randomCase(seed: number) {
  const random = stream(seed, 'nearest plane');
  const [K, O, count] = [2 + random.integer(20), 1 + random.integer(4), 200];
  const common = Float64Array.from({ length: K }, () => random.normal());
  const rows = Array.from({ length: count }, () => {
    const level = 5 * random.normal();
    return Array.from(common, (part) => Math.max(0, Math.round(level * part + 2 * random.normal())));
  });
  const weight = Float64Array.from({ length: K * O }, () => (2 * random.uniform() - 1) / 3);
  const bias = Float64Array.from({ length: O }, () => random.normal());
  const divisor = () => divisorsOf(weight, O, 7);
  const exact: ExactNumbers = { weight, bias, divisor, mostWeight: 7, ...LIMITS };
  return { K, O, rows, exact };
}

type Numbers = Pick<ExactNumbers, 'weight' | 'bias'>;

/** W' x + b' for each row [n,O]. */
function currentsOf(rows: readonly (readonly number[])[], { weight, bias }: Numbers): number[] {
  const O = bias.length;
  return rows.flatMap((row) =>
    Array.from(bias, (own, o) => row.reduce((sum, x, k) => sum + weight[k * O + o] * x, own)),
  );
}

/** Whole numbers in exact units again. */
const inUnits = ({ weight, bias, divisor }: WholeNumbers): Numbers => ({
  weight: Float64Array.from(weight, (value, k) => value / divisor[k % divisor.length]),
  bias: Float64Array.from(bias, (value, o) => value / divisor[o]),
});

const squaredDistance = (ours: readonly number[], theirs: readonly number[]) =>
  ours.reduce((sum, value, n) => sum + (value - theirs[n]) ** 2, 0);

t.test('currents are nearer than with each weight rounded to the nearest', async (t) => {
  let [nearest, own] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) {
    const { K, rows, exact } = randomCase(seed);
    const currents = currentsOf(rows, exact);
    const whole = nearestPlane(momentsOf(rows.flat(), K, currents), exact);
    for (const value of [...whole.weight, ...whole.bias, ...whole.divisor]) t.ok(Number.isInteger(value));
    t.ok(whole.weight.every((weight) => Math.abs(weight) <= 7));
    nearest += squaredDistance(currents, currentsOf(rows, inUnits(toNearest(layer, exact))));
    own += squaredDistance(currents, currentsOf(rows, inUnits(whole)));
  }
  t.ok(own < nearest / 4, `${own} < ${nearest} / 4`);
});

t.test('what it reads is half as large: its weights make up for that', async (t) => {
  const { K, O, rows, exact } = randomCase(7);
  const currents = currentsOf(rows, exact);
  const halves = rows.map((row) => row.map((x) => Math.floor(x / 2)));
  const whole = nearestPlane(momentsOf(halves.flat(), K, currents), { ...exact, mostWeight: 127 });
  const [given, made] = [exact, inUnits(whole)].map((numbers) =>
    squaredDistance(currents, currentsOf(halves, numbers)),
  );
  t.ok(made < given / 4, `${made} < ${given} / 4, ${O} channels`);
});

t.test('inputs that have nothing in common: each to the nearest of its divisor', async (t) => {
  const { K, O, exact } = randomCase(3);
  const moments = newInputMoments(K + 1, O);
  for (let k = 0; k <= K; k++) {
    moments.reads[rowStart(k) + k] = 100;
    for (let o = 0; o < O; o++)
      moments.wanted[k * O + o] = 100 * (k < K ? exact.weight[k * O + o] : exact.bias[o]);
  }
  for (const own of [moments, newInputMoments(K + 1, O)]) {
    const { weight, bias, divisor } = nearestPlane(own, exact);
    const nearest = toNearest(layer, { ...exact, divisor: () => divisor });
    t.same([...weight], [...nearest.weight.map((value) => Math.max(-7, Math.min(7, value)))]);
    t.same([...bias], [...nearest.bias]);
  }
});

t.test('no bias and no divisor leaves its limit', async (t) => {
  const { K, rows, exact } = randomCase(4);
  const limited = { ...exact, mostBias: 3, mostDivisor: 2 };
  const currents = currentsOf(rows, exact).map((current) => current + 1e6);
  const { bias, divisor } = nearestPlane(momentsOf(rows.flat(), K, currents), limited);
  t.ok(bias.every((value) => Math.abs(value) <= 3));
  t.ok(divisor.every((value) => value >= 1 && value <= 2));
});
