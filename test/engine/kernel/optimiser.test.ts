/**
 * Several updates of Adam, RMSprop and SGD against PyTorch in float64 (fixtures/make/kernel.py).
 * Gradients of 10^-9 and of 10 stand side by side, so each element is compared on its own scale.
 */

import t, { type Test } from 'tap';
import type { AdamOptions, RmspropOptions } from '../../../lib/engine/kernels/contract.js';
import { addWeightDecay } from '../../../lib/op/sgd.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { boundOf, type GoldenCase, goldenCases, goldenFile, requireClose } from './golden.js';

const { bound: BOUND } = boundOf('kernel/adam:0.weightAfter');

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

  const sgd = goldenFile('kernel/sgd').metadata;
  for (const golden of goldenCases('kernel/sgd')) {
    const { weightDecay, ...options } = JSON.parse(sgd[`options.${golden.name}`]);
    const shown = JSON.stringify({ ...options, weightDecay });
    t.test(`${engine}: SGD ${shown} is PyTorch's within ${BOUND}`, async (t) => {
      const update: Update = (weight, [buffer], gradient) => {
        const decayed = gradient.slice();
        addWeightDecay(decayed, weight, weightDecay);
        kernels.sgdStep(weight, buffer, decayed, options);
      };
      follow(t, golden, ['momentum_buffer'], update);
    });
  }
}

/** Runs all updates of a case and compares the course of every element of the weight and of the averages. */
function follow(t: Pick<Test, 'ok'>, golden: GoldenCase, slots: readonly string[], update: Update): void {
  const arena = new Arena();
  const { shape, data: gradients } = golden.get('gradients');
  const [steps, size] = shape;
  const names = ['weight', ...slots];
  const weight = arena.state(golden.get('weight').data);
  const averages = [0, 1].map((k) => arena.state(initialAverage(golden, slots[k], size)));
  const courses = names.map(() => new Float32Array(steps * size));
  for (let step = 0; step < steps; step++) {
    const gradient = arena.input(gradients.subarray(step * size, (step + 1) * size));
    update(weight, averages, gradient, step);
    arena.check();
    courses.forEach((course, k) => {
      course.set(k === 0 ? weight : averages[k - 1], step * size);
    });
  }
  names.forEach((name, k) => {
    const expected = golden.get(`${name}After`).data;
    for (let i = 0; i < size; i++) {
      const ofElement = (_: number, index: number) => index % size === i;
      const [got, wanted] = [courses[k].filter(ofElement), expected.filter(ofElement)];
      requireClose(t, got, wanted, BOUND, `${name} of element ${i}`);
    }
  });
}

function initialAverage(golden: GoldenCase, slot: string | undefined, size: number): Float32Array {
  return slot !== undefined && golden.has(slot) ? golden.get(slot).data : new Float32Array(size);
}
