/**
 * The option --thresholds: a number N (the N thresholds of Theorem 3.1), volts from high to low, or `auto`; and the
 * same for single layers: `5,relu16=8,relu17=0.5:0.25`.
 */

import { InvalidArgumentError } from 'commander';
import { UsageError } from '../../lib/core/error.js';
import type { Neuron } from '../../lib/neuron/neuron.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { countUpTo, number } from '../cli/parse.js';

/** How many, or which. */
type Some = { readonly count: number } | { readonly volts: readonly number[] };

export interface ThresholdOption {
  /** Of all layers that are not named; undefined: not given. */
  readonly common: Some | 'auto' | undefined;
  /** By the name of a signal (relu16, pooling1, ..). */
  readonly byLayer: ReadonlyMap<string, Some>;
}

/** Thresholds in volts, of all layers and of those that have others. */
export interface ResolvedThresholds {
  readonly thresholds: readonly number[] | undefined;
  readonly thresholdsOf: Readonly<Record<string, readonly number[]>>;
}

export function thresholdOption(text: string): ThresholdOption {
  const items = text.split(',').map((item) => item.trim());
  const byLayer = new Map<string, Some>();
  const common: string[] = [];
  for (const item of items) {
    const at = item.indexOf('=');
    if (at < 0) {
      common.push(item);
      continue;
    }
    const name = item.slice(0, at);
    if (byLayer.has(name)) throw new InvalidArgumentError(`${name} is there twice`);
    byLayer.set(name, some(item.slice(at + 1).split(':')));
  }
  if (common.length === 1 && common[0] === 'auto') return { common: 'auto', byLayer };
  return { common: common.length === 0 ? undefined : some(common), byLayer };
}

/** Far more than any neuron takes, which says itself how many. */
const thresholdCount = countUpTo(65_536);

/** A whole number alone says how many; with a decimal point, or one of several, it is volts. */
function some(texts: readonly string[]): Some {
  if (texts.length === 1 && /^\d+$/.test(texts[0])) return { count: thresholdCount(texts[0]) };
  return { volts: texts.map(number) };
}

/** In volts for a neuron of the table; UsageError for `auto`, which needs a measurement. */
export function resolveThresholds({ common, byLayer }: ThresholdOption, neuron: Neuron): ResolvedThresholds {
  if (common === 'auto') throw new UsageError('--thresholds auto: only where a network is converted');
  const { most } = neuron.parameters.thresholds;
  const volts = (some: Some) => {
    if ('volts' in some) return some.volts;
    return most === 1 ? [some.count] : optimalThresholds(some.count); // of one threshold a number is its value
  };
  return {
    thresholds: common && volts(common),
    thresholdsOf: Object.fromEntries([...byLayer].map(([name, some]) => [name, volts(some)])),
  };
}
