/** The methods of training a spiking network, by the names of the options; one entry each. */

import { UsageError } from '../core/error.js';
import { type AsfOptions, type AsfPieces, asf } from '../engine/learn/asfMethod.js';
import type { Method } from '../engine/learn/method.js';
import { asfThroughRounding } from '../engine/learn/throughRounding.js';
import { type ThroughTimeOptions, throughTime } from '../engine/learn/throughTime.js';
import { type BitWidths, requireWeightBits } from '../integer/bitWidths.js';
import { withDivisors } from '../integer/heldDivisors.js';
import type { Rounding } from '../integer/rounding.js';
import type { Parameters } from '../net/parameters.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';

/** How a spiking network learns; each method reads its own options and refuses those of others. */
export interface SpikingLearning extends AsfOptions, ThroughTimeOptions {
  /** For asf: what replaces parts of Algorithm 1. */
  readonly pieces?: Partial<AsfPieces> | undefined;
  /** For asf: for every update, weights are rounded to whole numbers of so many bits. Left out: float32. */
  readonly bits?: number | undefined;
  readonly bitsOf?: BitWidths['bitsOf'];
  /** With bits: of membranes, which saturate; default: 32. */
  readonly membraneBits?: number | undefined;
  /** With bits: D_o that are held, NAME.divisor [O]; left out: the largest with which the weights fit. */
  readonly divisors?: Parameters | undefined;
}

/** How weights become whole numbers while a network learns; undefined: each to the nearest. */
export function roundingOf({ divisors }: Partial<SpikingLearning>): Rounding | undefined {
  return divisors && withDivisors(divisors);
}

/** The bits of the whole numbers that a network learns to be rounded to; undefined: it stays in float32. */
export function widthsOf({ bits, bitsOf, membraneBits }: Partial<SpikingLearning>): BitWidths | undefined {
  requireWeightBits(bits, membraneBits);
  return bits === undefined ? undefined : { bits, bitsOf, membraneBits };
}

interface SpikingMethod {
  /** One line for help texts. */
  readonly summary: string;
  /** The options that only other methods have. */
  readonly foreign: readonly (keyof SpikingLearning)[];
  of(learning: SpikingLearning): Method<SpikingNetwork>;
}

export const spikingMethods: Readonly<Record<string, SpikingMethod>> = {
  asf: {
    summary: 'accumulated spiking flow (Algorithm 1)',
    foreign: ['derivative'],
    of: ({ pieces, ...options }) => {
      const widths = widthsOf(options);
      return widths ? asfThroughRounding(options, widths, pieces, roundingOf(options)) : asf(options, pieces);
    },
  },
  bptt: {
    summary: 'back-propagation through time, with surrogate gradients',
    foreign: ['pieces', 'bits', 'bitsOf', 'membraneBits', 'divisors'],
    of: throughTime,
  },
};

/** A method by name; UsageError for a name that is not in the table, or for options of other methods. */
export function findSpikingMethod(name: string, learning: SpikingLearning): Method<SpikingNetwork> {
  const method = Object.hasOwn(spikingMethods, name) ? spikingMethods[name] : undefined;
  if (!method) {
    const known = Object.keys(spikingMethods).join(', ');
    throw new UsageError(`method ${name}: expected one of ${known}`, 'method');
  }
  if (learning.divisors && method.foreign.includes('divisors'))
    throw new UsageError(`method ${name}: cannot train a network in whole numbers; asf can`, 'method');
  const foreign = method.foreign.find((option) => learning[option] !== undefined);
  if (foreign) throw new UsageError(`${foreign}: method ${name} has none: leave it out`, foreign);
  return method.of(learning);
}
