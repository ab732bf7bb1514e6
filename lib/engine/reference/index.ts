/**
 * The engine `reference`: the definitions of lib/op as kernels. It stays for ever, to check other engines
 * against. It has no arithmetic of its own and is not meant to be fast. Tensors are ordinary arrays.
 */

import { adamStep } from '../../op/adam.js';
import { avgPool2d } from '../../op/avgPool2d.js';
import { channelLoops } from '../../op/channelLoops.js';
import { concatenate, separate } from '../../op/concatenation.js';
import { conv2d } from '../../op/conv2d.js';
import { convTranspose2d } from '../../op/convTranspose2d.js';
import { l1Loss, softmaxCrossEntropy } from '../../op/losses.js';
import type { Op, Size } from '../../op/op.js';
import { reluBackward, reluForward } from '../../op/relu.js';
import { rmspropStep } from '../../op/rmsprop.js';
import { sgdStep } from '../../op/sgd.js';
import { addInto, countNonZero, countWithin, divideBy } from '../../op/sums.js';
import type { ConvDims, ConvTransposeDims, Kernels, TensorMemory } from '../kernels/contract.js';

const memory: TensorMemory = {
  tensor: (length) => new Float32Array(length),
  release: () => {},
  resident: (values) => values.slice(),
  scope: (work) => work((tensor) => tensor),
  frozen: (work) => work(),
  hold: () => () => {},
  dispose: () => {},
};

/** The kernels of one kind of convolution: the functions of an operation, results first. */
function convolution<Dims extends ConvTransposeDims>(opOf: (dims: Dims) => Op) {
  return {
    forward(
      out: Float32Array,
      input: Float32Array,
      weight: Float32Array,
      bias: Float32Array,
      dims: Dims,
    ): void {
      out.set(opOf(dims).forward(input, inputSize(dims), { weight, bias }));
    },
    events(
      out: Float32Array,
      spikes: Float32Array,
      weight: Float32Array,
      bias: Float32Array,
      dims: Dims,
    ): void {
      out.set(opOf(dims).events(spikes, inputSize(dims), { weight, bias }));
    },
    backwardInput(gradInput: Float32Array, gradOut: Float32Array, weight: Float32Array, dims: Dims): void {
      gradInput.set(opOf(dims).backwardInput(gradOut, inputSize(dims), { weight, bias: NONE }));
    },
    backwardWeight(
      gradWeight: Float32Array,
      gradBias: Float32Array,
      gradOut: Float32Array,
      input: Float32Array,
      dims: Dims,
    ): void {
      const { weight, bias } = opOf(dims).backwardWeights(gradOut, input, inputSize(dims));
      gradWeight.set(weight);
      gradBias.set(bias);
    },
  };
}

function inputSize({ height, width, channelsIn }: ConvTransposeDims): Size {
  return { height, width, channels: channelsIn };
}

const NONE = new Float32Array();
const NO_WEIGHTS = { weight: NONE, bias: NONE };
const pooling = avgPool2d({ kernel: 2 });
const straight = convolution((dims: ConvDims) => conv2d(dims));
const transposed = convolution(({ channelsOut }: ConvTransposeDims) =>
  convTranspose2d({ channelsOut, kernel: 3, stride: 2 }),
);

export const reference: Kernels = {
  ...memory,
  threads: 1,
  conv2dForward: straight.forward,
  conv2dBackwardInput: straight.backwardInput,
  conv2dBackwardWeight: straight.backwardWeight,
  eventConv2d: straight.events,
  convTranspose2dForward: transposed.forward,
  convTranspose2dBackwardInput: transposed.backwardInput,
  convTranspose2dBackwardWeight: transposed.backwardWeight,
  eventConvTranspose2d: transposed.events,
  avgPool2dForward: (out, input, dims) => out.set(pooling.forward(input, dims, NO_WEIGHTS)),
  avgPool2dBackward: (gradInput, gradOut, dims) =>
    gradInput.set(pooling.backwardInput(gradOut, dims, NO_WEIGHTS)),
  eventAvgPool2d: (out, spikes, dims) => out.set(pooling.events(spikes, dims, NO_WEIGHTS)),
  concatForward: (out, first, second, { pixels }) => out.set(concatenate([first, second], pixels)),
  concatBackward(gradFirst, gradSecond, gradOut, { first, second }) {
    const parts = separate(gradOut, [first, second]);
    gradFirst.set(parts[0]);
    gradSecond.set(parts[1]);
  },
  reluForward,
  reluBackward,
  softmaxCrossEntropy,
  l1Loss,
  adamStep,
  rmspropStep,
  sgdStep,
  addInto,
  divideBy,
  countNonZero,
  countWithin,
  channels: channelLoops,
};
