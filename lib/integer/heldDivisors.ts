/**
 * Rounding with the divisors that a network in whole numbers has already: they stay what they are while
 * it learns, so that a weight that does not change keeps its whole number.
 */

import type { Parameters } from '../net/parameters.js';
import { divisorName } from './quantise.js';
import type { Rounding } from './rounding.js';

const { max, min, round } = Math;

/** Each to the nearest, and cut where its bits do not reach so far. */
export function withDivisors(held: Parameters): Rounding {
  return (layer, exact) => {
    const divisor = held.get(divisorName(layer))!;
    const whole = (value: number, channel: number, most: number) =>
      max(-most, min(most, round(value * divisor[channel])));
    return {
      weight: Float32Array.from(exact.weight, (value, k) =>
        whole(value, k % divisor.length, exact.mostWeight),
      ),
      bias: Float32Array.from(exact.bias, (value, o) => whole(value, o, exact.mostBias)),
      divisor,
    };
  };
}
