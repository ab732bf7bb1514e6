/** Several updates of Adam and RMSprop, weights and averages after each, against PyTorch in float64. */

import t from 'tap';
import type { AdamOptions, RmspropOptions } from '../../lib/kernel/contract.js';
import { type GoldenCase, goldenCases, goldenFile, requireClose } from '../support/golden.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';

const BOUND = 1e-6;

type Update = (
  weight: Float32Array,
  averages: readonly Float32Array[],
  gradient: Float32Array,
  step: number,
) => void;

for (const [engine, kernels] of backends) {
  const adam = goldenFile('kernel/adam').metadata;
  for (const golden of goldenCases('kernel/adam')) {
    const { firstStep, ...options } = JSON.parse(adam[`options.${golden.name}`]);
    const shown = JSON.stringify(options);
    t.test(`${engine}: Adam ${shown} from step ${firstStep} is PyTorch's within ${BOUND}`, async (t) => {
      const update: Update = (weight, [moment1, moment2], gradient, count) => {
        const given: AdamOptions = { ...options, step: firstStep + count };
        kernels.adamStep(weight, moment1, moment2, gradient, given);
      };
      follow(t, golden, ['exp_avg', 'exp_avg_sq'], update);
    });
  }

  const rmsprop = goldenFile('kernel/rmsprop').metadata;
  for (const golden of goldenCases('kernel/rmsprop')) {
    const options: RmspropOptions = JSON.parse(rmsprop[`options.${golden.name}`]);
    const slots = options.momentum === 0 ? ['square_avg'] : ['square_avg', 'momentum_buffer'];
    t.test(`${engine}: RMSprop ${JSON.stringify(options)} is PyTorch's within ${BOUND}`, async (t) => {
      const update: Update = (weight, [square, buffer], gradient) => {
        kernels.rmspropStep(weight, square, buffer, gradient, options);
      };
      follow(t, golden, slots, update);
    });
  }
}

/** Runs all updates of a case and compares weight and averages after each of them. */
function follow(
  t: Parameters<typeof requireClose>[0],
  golden: GoldenCase,
  slots: readonly string[],
  update: Update,
): void {
  const arena = new Arena();
  const { shape, data: gradients } = golden.get('gradients');
  const [steps, size] = shape;
  const row = (values: Float32Array, step: number) => values.subarray(step * size, (step + 1) * size);
  const weight = arena.state(golden.get('weight').data);
  const averages = [0, 1].map((k) => arena.state(initialAverage(golden, slots[k], size)));
  for (let step = 0; step < steps; step++) {
    update(weight, averages, arena.input(row(gradients, step)), step);
    arena.check();
    const expected = row(golden.get('weightAfter').data, step);
    requireClose(t, weight, expected, BOUND, `weight after update ${step}`);
    slots.forEach((slot, k) => {
      requireCloseEach(t, averages[k], row(golden.get(`${slot}After`).data, step), `${slot} after ${step}`);
    });
  }
}

function initialAverage(golden: GoldenCase, slot: string | undefined, size: number): Float32Array {
  return slot !== undefined && golden.has(slot) ? golden.get(slot).data : new Float32Array(size);
}

/** Averages of gradients 10^-9 and 10 stand side by side: each is compared on its own scale. */
function requireCloseEach(
  t: Parameters<typeof requireClose>[0],
  got: Float32Array,
  expected: Float32Array,
  what: string,
): void {
  expected.forEach((value, i) => {
    requireClose(t, [got[i]], [value], BOUND, `${what}, element ${i}`);
  });
}
