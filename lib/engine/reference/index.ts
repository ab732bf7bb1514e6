/** The reference back-end: plain TypeScript, one operation a file, kept for ever as what others are checked against. */

import { l1Loss, softmaxCrossEntropy } from '../../op/losses.js';
import type { Kernels } from '../contract.js';
import { adamStep } from './adam.js';
import { avgPool2dBackward, avgPool2dForward } from './avgPool2dKernel.js';
import { concatBackward, concatForward } from './concat.js';
import { conv2dBackwardInput, conv2dBackwardWeight, conv2dForward } from './conv2dKernel.js';
import {
  convTranspose2dBackwardInput,
  convTranspose2dBackwardWeight,
  convTranspose2dForward,
} from './convTranspose2dKernel.js';
import { eventAvgPool2d, eventConv2d, eventConvTranspose2d } from './eventKernels.js';
import { memory } from './ordinaryMemory.js';
import { reluBackward, reluForward } from './relu.js';
import { rmspropStep } from './rmsprop.js';
import { addInto, divideBy } from './sums.js';

export const reference: Kernels = {
  ...memory,
  threads: 1,
  conv2dForward,
  conv2dBackwardInput,
  conv2dBackwardWeight,
  convTranspose2dForward,
  convTranspose2dBackwardInput,
  convTranspose2dBackwardWeight,
  avgPool2dForward,
  avgPool2dBackward,
  reluForward,
  reluBackward,
  concatForward,
  concatBackward,
  softmaxCrossEntropy,
  l1Loss,
  adamStep,
  rmspropStep,
  addInto,
  divideBy,
  eventConv2d,
  eventConvTranspose2d,
  eventAvgPool2d,
};
