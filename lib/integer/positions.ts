/**
 * Which input an output reads, as one formula of whole numbers for all operations with taps: through tap k,
 * output o reads the input (times o + step k + offset) / over, where that is whole and inside the image. A
 * convolution has times = stride, step = dilation, offset = -padding, over = 1; a transposed one has times =
 * 1, step = -dilation, offset = padding, over = stride.
 */

import type { Taps } from '../op/op.js';

/** For rows and for columns alike. */
export interface Positions {
  readonly times: number;
  readonly step: number;
  readonly offset: number;
  readonly over: number;
}

/** The formula of some taps, which are linear in o and k. */
export function positionsOf(taps: Taps): Positions {
  const origin = taps.read(0, 0);
  const perOutput = taps.read(1, 0) - origin;
  const over = Math.max(1, Math.round(1 / perOutput));
  const whole = (position: number) => Math.round(over * position) + 0; // + 0: no -0
  return {
    times: whole(perOutput),
    step: whole(taps.read(0, 1) - origin),
    offset: whole(origin),
    over,
  };
}
