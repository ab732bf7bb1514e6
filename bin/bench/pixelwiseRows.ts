/** The kernels that are not convolutions, as a table of calls: how many billions of values per second. */

import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { randomValues } from './convolutionRows.js';
import { tensorOf } from './engine.js';
import type { Work } from './measure.js';

const CHANNELS = 64;
const CLASSES = 2;

/** The sizes that the kernels take, for a tensor [side,side,CHANNELS]. */
type Sizes = ReturnType<typeof sizesFor>;

type Call = (
  kernels: Kernels,
  results: readonly Float32Array[],
  inputs: readonly Float32Array[],
  sizes: Sizes,
) => void;

/** Lengths of the results and of the inputs as fractions of the tensor, and the call. */
const calls: Readonly<Record<string, readonly [results: number[], inputs: number[], Call]>> = {
  avgPool2dForward: [[1 / 4], [1], (k, [out], [input], { pool }) => k.avgPool2dForward(out, input, pool)],
  avgPool2dBackward: [[1], [1 / 4], (k, [grad], [out], { pool }) => k.avgPool2dBackward(grad, out, pool)],
  eventAvgPool2d: [[1 / 4], [1], (k, [out], [input], { pool }) => k.eventAvgPool2d(out, input, pool)],
  reluForward: [[1], [1], (k, [out], [input]) => k.reluForward(out, input)],
  reluBackward: [[1], [1, 1], (k, [grad], [out, gate]) => k.reluBackward(grad, out, gate)],
  concatForward: [[1], [0.5, 0.5], (k, [out], [a, b], { concat }) => k.concatForward(out, a, b, concat)],
  concatBackward: [[0.5, 0.5], [1], (k, [a, b], [out], { concat }) => k.concatBackward(a, b, out, concat)],
  softmaxCrossEntropy: [
    [1],
    [1],
    (k, [grad], [logits], { labels, scores }) => k.softmaxCrossEntropy(grad, logits, labels, scores),
  ],
  l1Loss: [[1], [1, 1], (k, [grad], [prediction, target]) => k.l1Loss(grad, prediction, target)],
  adamStep: [[1, 1, 1], [1], (k, [weight, m, v], [gradient]) => k.adamStep(weight, m, v, gradient, ADAM)],
  rmspropStep: [[1, 1, 1], [1], (k, [weight, s, m], [grad]) => k.rmspropStep(weight, s, m, grad, RMSPROP)],
  sgdStep: [[1, 1], [1], (k, [weight, m], [grad]) => k.sgdStep(weight, m, grad, SGD)],
};

const ADAM = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 1000 };
const RMSPROP = { learningRate: 1e-3, alpha: 0.99, epsilon: 1e-8, momentum: 0 };
const SGD = { learningRate: 0.1, momentum: 0.9 };

/** Works on the tensor in the middle of a U-Net, for an image of side `imageSize`; each is measured alone. */
export function pixelwiseWorks(imageSize: number): Work[] {
  const side = imageSize / 4;
  const sizes = sizesFor(side);
  const { values } = sizes;
  return Object.entries(calls).map(([name, [results, inputs, call]]) => ({
    name: `${name} ${side}x${side}x${CHANNELS}`,
    unit: 'Gvalue/s',
    amount: values,
    frozen: false,
    prepare: (engine) => {
      const tensors = (fractions: readonly number[]) =>
        fractions.map((fraction) => tensorOf(engine, randomValues(fraction * values).map(Math.abs)));
      const [written, read] = [tensors(results), tensors(inputs)];
      const once = () => {
        call(engine.kernels, written, read, sizes);
        return written[0];
      };
      return { call: once };
    },
  }));
}

function sizesFor(side: number) {
  const values = side * side * CHANNELS;
  const pixels = values / CLASSES;
  return {
    values,
    pool: { height: side, width: side, channels: CHANNELS },
    concat: { pixels: side * side, first: CHANNELS / 2, second: CHANNELS / 2 },
    scores: { pixels, classes: CLASSES },
    labels: new Uint8Array(pixels),
  };
}
