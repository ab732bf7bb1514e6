/** Losses and optimisers (assembly/loss.ts, assembly/optimiser.ts). */

import { adamScalars } from '../../op/adam.js';
import { countedPixels } from '../../op/losses.js';
import { rmspropScalars } from '../../op/rmsprop.js';
import type { Kernels } from '../contract.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';

type Training = Pick<Kernels, 'softmaxCrossEntropy' | 'l1Loss' | 'adamStep' | 'rmspropStep'>;

/** Pixels of a loss that are one task. */
const PIXELS = 512;

export function training(machine: Machine): Training {
  const { heap, threads } = machine;
  const update = (
    name: string,
    tensors: readonly Float32Array[],
    gradient: Float32Array,
    scalars: number[],
  ) =>
    machine.call((lend) => {
      const addresses = [...tensors.map(lend.result), lend.input(gradient), lend.floats(scalars)];
      const count = gradient.length;
      const chunk = chunkOf(count, threads.count);
      threads.run(name, Math.ceil(count / chunk), ...addresses, count, chunk);
    });
  return {
    softmaxCrossEntropy: (gradLogits, logits, labels, { pixels, classes }) =>
      machine.call((lend) => {
        const losses = lend.room(8 * pixels);
        const addresses = [lend.result(gradLogits), losses, lend.input(logits), lend.input(labels)];
        const scratch = lend.scratch(8 * classes);
        const tasks = Math.ceil(pixels / PIXELS);
        const counted = countedPixels(labels, pixels);
        const sizes = [pixels, counted, classes, PIXELS];
        threads.run('softmaxCrossEntropy', tasks, ...addresses, ...sizes, ...scratch);
        let total = 0;
        for (const loss of heap.doubles(losses, pixels)) total += loss;
        return counted === 0 ? 0 : total / counted;
      }),
    l1Loss: (gradPrediction, prediction, target) =>
      machine.call((lend) => {
        const total = lend.room(8);
        const addresses = [lend.result(gradPrediction), total, lend.input(prediction), lend.input(target)];
        threads.run('l1Loss', 1, ...addresses, prediction.length);
        return heap.doubles(total, 1)[0] / prediction.length;
      }),
    adamStep: (weight, moment1, moment2, gradient, options) => {
      const s = adamScalars(options);
      const scalars = [s.keep1, s.take1, s.keep2, s.take2, s.stepSize, s.rootCorrection2, s.epsilon];
      update('adam', [weight, moment1, moment2], gradient, scalars);
    },
    rmspropStep: (weight, squareAverage, momentumBuffer, gradient, options) => {
      const s = rmspropScalars(options);
      const scalars = [s.keep, s.take, s.learningRate, s.momentum, s.epsilon];
      update('rmsprop', [weight, squareAverage, momentumBuffer], gradient, scalars);
    },
  };
}
