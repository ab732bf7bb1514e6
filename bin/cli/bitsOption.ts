/**
 * The options --bits: how many bits weights have, also of single layers (`8,conv17=10`), or `auto`; and
 * --membrane-bits.
 */

import { InvalidArgumentError, Option } from 'commander';
import { type BitWidths, MOST_MEMBRANE_BITS, MOST_WEIGHT_BITS } from '../../lib/integer/bitWidths.js';
import { byLayer } from './byLayer.js';
import { countUpTo } from './parse.js';

export interface BitsOption {
  readonly bits: number | 'auto';
  readonly bitsOf?: BitWidths['bitsOf'];
}

const bitCount = countUpTo(MOST_WEIGHT_BITS);

export function bitsOption(text: string): BitsOption {
  const { common, named } = byLayer(text);
  if (common.length !== 1)
    throw new InvalidArgumentError(
      'expected one number for all layers that are not named, such as 8,conv17=10',
    );
  const bits = common[0] === 'auto' ? 'auto' : bitCount(common[0]);
  if (named.size === 0) return { bits };
  return { bits, bitsOf: Object.fromEntries([...named].map(([name, item]) => [name, bitCount(item)])) };
}

/** The same without `auto`. */
export function knownBits(text: string): BitWidths {
  const { bits, bitsOf } = bitsOption(text);
  if (bits === 'auto')
    throw new InvalidArgumentError('expected a number of bits, such as 4: "convert" chooses them');
  return { bits, bitsOf };
}

/** Bits of membranes, for stages that have --bits. */
export function membraneBitsOption(): Option {
  return new Option(
    '--membrane-bits <m>',
    'with --bits: of membranes, which saturate as those of chips do (default: 32, where they cannot)',
  ).argParser(countUpTo(MOST_MEMBRANE_BITS));
}
