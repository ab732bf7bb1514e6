/** The reference back-end: plain TypeScript, one operation a file, kept for ever as what others are checked against. */

import { l1Loss, softmaxCrossEntropy } from '../../op/loss.js';
import type { Kernels } from '../contract.js';
import { adamStep } from './adam.js';
import { avgPool2dBackward, avgPool2dForward } from './avgPool2d.js';
import { concatBackward, concatForward } from './concat.js';
import { conv2dBackwardInput, conv2dBackwardWeight, conv2dForward } from './conv2d.js';
import {
  convTranspose2dBackwardInput,
  convTranspose2dBackwardWeight,
  convTranspose2dForward,
} from './convTranspose2d.js';
import { eventAvgPool2d, eventConv2d, eventConvTranspose2d } from './events.js';
import { memory } from './memory.js';
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
