/** The presets of a conversion: the defaults of its options, one line each. */

import { UsageError } from '../core/error.js';
import { USUAL_PERCENTILE } from './conversion.js';

export interface Preset {
  /** One line for help texts. */
  readonly summary: string;
  readonly normalisation: string;
  /** How many (Theorem 3.1: 0.5 .. 2^-N); undefined: the neuron's usual ones. */
  readonly thresholds: number | undefined;
  /** In volts, or half of a layer's smallest threshold. */
  readonly initialPotential: number | 'half';
  /** Undefined: by the number of thresholds (`percentileFor`). */
  readonly percentile: number | undefined;
  /** T that the network is made for; undefined: not known. */
  readonly steps: number | undefined;
}

export const presets: Readonly<Record<string, Preset>> = {
  paper: {
    summary: "as the paper does it: connection-wise, the neuron's usual thresholds, from 0 V",
    ...{ normalisation: 'connection', thresholds: undefined, initialPotential: 0 },
    ...{ percentile: USUAL_PERCENTILE, steps: undefined },
  },
  'one-step': {
    summary:
      'for T=1 without training: channel-wise, seven thresholds 0.5 .. 2^-7, from half of the smallest',
    ...{ normalisation: 'channel', thresholds: 7, initialPotential: 'half', percentile: undefined, steps: 1 },
  },
};

/** A preset by name; UsageError for a name that is not in the table. */
export function findPreset(name: string): Preset {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (!preset) throw new UsageError(`preset ${name}: expected one of ${Object.keys(presets).join(', ')}`);
  return preset;
}
