/** Losses and optimisers (assembly/lossKernels.ts, assembly/optimiserKernels.ts). */

import { type AdamOptions, adamScalars } from '../../op/adam.js';
import { countedPixels } from '../../op/losses.js';
import { type RmspropOptions, rmspropScalars } from '../../op/rmsprop.js';
import { type SgdOptions, sgdScalars } from '../../op/sgd.js';
import type { Kernels } from '../kernels/contract.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';

type Training = Pick<Kernels, 'softmaxCrossEntropy' | 'l1Loss' | 'adamStep' | 'rmspropStep' | 'sgdStep'>;

/** Pixels of a loss that are one task. */
const PIXELS = 512;

export function training(machine: Machine): Training {
  const { heap, threads } = machine;
  /** How `count` values are cut: values per task, and number of tasks. */
  const chunks = (count: number) => {
    const chunk = chunkOf(count, threads.count);
    return { count, chunk, tasks: Math.ceil(count / chunk) };
  };
  return {
    softmaxCrossEntropy: (gradLogits, logits, labels, { pixels, classes }) =>
      machine.call((lend) => {
        const losses = lend.room(8 * pixels);
        const counted = countedPixels(labels, pixels);
        const tensors = { gradLogits: lend.result(gradLogits), losses, logits: lend.input(logits) };
        const sizes = { pixels, counted, classes, chunk: PIXELS };
        const rest = { labels: lend.input(labels), ...lend.scratch(8 * classes) };
        threads.run('softmaxCrossEntropy', Math.ceil(pixels / PIXELS), { ...tensors, ...sizes, ...rest });
        let total = 0;
        for (const loss of heap.doubles(losses, pixels)) total += loss;
        return counted === 0 ? 0 : total / counted;
      }),
    l1Loss: (gradPrediction, prediction, target) =>
      machine.call((lend) => {
        const total = lend.room(8);
        const tensors = { prediction: lend.input(prediction), target: lend.input(target) };
        const results = { gradient: lend.result(gradPrediction), total };
        threads.run('l1Loss', 1, { ...results, ...tensors, count: prediction.length });
        return heap.doubles(total, 1)[0] / prediction.length;
      }),
    adamStep: (weight, moment1, moment2, gradient, options) =>
      machine.call((lend) => {
        const { tasks, ...sizes } = chunks(gradient.length);
        const moments = { moment1: lend.result(moment1), moment2: lend.result(moment2) };
        const rest = { gradient: lend.input(gradient), scalars: lend.floats(adamWords(options)) };
        threads.run('adam', tasks, { weight: lend.result(weight), ...moments, ...rest, ...sizes });
      }),
    rmspropStep: (weight, squareAverage, momentumBuffer, gradient, options) =>
      machine.call((lend) => {
        const { tasks, ...sizes } = chunks(gradient.length);
        const averages = {
          squareAverage: lend.result(squareAverage),
          momentumBuffer: lend.result(momentumBuffer),
        };
        const rest = { gradient: lend.input(gradient), scalars: lend.floats(rmspropWords(options)) };
        threads.run('rmsprop', tasks, { weight: lend.result(weight), ...averages, ...rest, ...sizes });
      }),
    sgdStep: (weight, momentumBuffer, gradient, options) =>
      machine.call((lend) => {
        const { tasks, ...sizes } = chunks(gradient.length);
        const results = { weight: lend.result(weight), momentumBuffer: lend.result(momentumBuffer) };
        const rest = { gradient: lend.input(gradient), scalars: lend.floats(sgdWords(options)) };
        threads.run('sgd', tasks, { ...results, ...rest, ...sizes });
      }),
  };
}

/** Float32 scalars in the order in which assembly/optimiserKernels.ts reads them. */
function adamWords(options: AdamOptions): number[] {
  const { keep1, take1, keep2, take2, stepSize, rootCorrection2, epsilon } = adamScalars(options);
  return [keep1, take1, keep2, take2, stepSize, rootCorrection2, epsilon];
}

function rmspropWords(options: RmspropOptions): number[] {
  const { keep, take, learningRate, momentum, epsilon } = rmspropScalars(options);
  return [keep, take, learningRate, momentum, epsilon];
}

function sgdWords(options: SgdOptions): number[] {
  const { learningRate, momentum } = sgdScalars(options);
  return [learningRate, momentum];
}
