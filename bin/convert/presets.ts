/**
 * The presets of `convert`: defaults of its options, one line each. Each option of its own overrides them.
 */

import { USUAL_PERCENTILE } from '../../lib/convert/conversion.js';

export interface Preset {
  readonly summary: string;
  readonly norm: string;
  /** As --thresholds takes them; undefined: the neuron's own. */
  readonly thresholds: string | undefined;
  readonly vInit: number | 'half';
  /** Undefined: by the number of thresholds. */
  readonly percentile: number | undefined;
  /** T that the network will run for where nobody says otherwise. */
  readonly steps: number | undefined;
}

export const presets: Readonly<Record<string, Preset>> = {
  paper: {
    summary: "as the paper does it: connection-wise, the neuron's usual thresholds, from 0 V",
    ...{
      norm: 'connection',
      thresholds: undefined,
      vInit: 0,
      percentile: USUAL_PERCENTILE,
      steps: undefined,
    },
  },
  'one-step': {
    summary:
      'for T=1 without training: channel-wise, seven thresholds 0.5 .. 2^-7, from half of the smallest',
    ...{ norm: 'channel', thresholds: '7', vInit: 'half', percentile: undefined, steps: 1 },
  },
};
