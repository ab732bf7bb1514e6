/**
 * The option --thresholds: a number N (the N thresholds of Theorem 3.1), volts from high to low, or `auto`;
 * also for single layers: `5,relu16=8,relu17=0.5:0.25`.
 */

import { MOST_THRESHOLDS, type Thresholds } from '../../lib/convert/convertOptions.js';
import { byLayer } from './byLayer.js';
import { countUpTo, number } from './parse.js';

export interface ThresholdOption {
  /** For all layers that are not named; undefined: not given. */
  readonly common: Thresholds | 'auto' | undefined;
  /** By the name of a signal (relu16, pooling1, ..). */
  readonly byLayer: ReadonlyMap<string, Thresholds>;
}

export function thresholdOption(text: string): ThresholdOption {
  const { common, named } = byLayer(text);
  const own = new Map([...named].map(([name, item]) => [name, some(item.split(':'))]));
  if (common.length === 1 && common[0] === 'auto') return { common: 'auto', byLayer: own };
  return { common: common.length === 0 ? undefined : some(common), byLayer: own };
}

const thresholdCount = countUpTo(MOST_THRESHOLDS);

/** A single whole number is a count; a number with a decimal point, or one of several, is volts. */
function some(texts: readonly string[]): Thresholds {
  if (texts.length === 1 && /^\d+$/.test(texts[0])) return thresholdCount(texts[0]);
  return texts.map(number);
}
