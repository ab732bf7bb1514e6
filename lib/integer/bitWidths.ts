/** How many bits whole numbers have, sign included: the weights of each layer, and membranes. */

import { UsageError } from '../core/error.js';
import { type Layer, OUTPUT } from '../net/architecture.js';

/** Bits that can be chosen. */
export const LEAST_WEIGHT_BITS = 2;
export const MOST_WEIGHT_BITS = 16;
/** Of the output layer, always: it is the most sensitive layer, and the cheapest. */
export const OUTPUT_BITS = 16;

/** Of membranes; with 32 they never saturate. */
export const LEAST_MEMBRANE_BITS = 8;
export const MOST_MEMBRANE_BITS = 32;

export interface BitWidths {
  /** Of all layers that `bitsOf` does not name. */
  readonly bits: number;
  /** Of single layers, by name (conv17, ..). */
  readonly bitsOf?: Readonly<Record<string, number>> | undefined;
  /** Of membranes, which saturate at the largest and the smallest such number; default: 32. */
  readonly membraneBits?: number | undefined;
}

/** Bits of a layer's weights. */
export function bitsOfLayer({ bits, bitsOf }: BitWidths, { name, output }: Layer): number {
  return output === OUTPUT ? OUTPUT_BITS : (bitsOf?.[name] ?? bits);
}

/** The layers whose weights can have other bits than the rest. */
export function layersToChoose(layers: readonly Layer[]): Layer[] {
  return layers.filter(({ op, output }) => op.hasWeights && output !== OUTPUT);
}

/** Refuses bits of membranes where weights have none (UsageError). */
export function requireWeightBits(bits: unknown, membraneBits: number | undefined): void {
  if (membraneBits !== undefined && bits === undefined)
    throw new UsageError('membraneBits: of whole numbers: add bits', 'membraneBits');
}

/** Refuses bits that are not possible, and names of layers without weights to choose (UsageError). */
export function requireBits(
  { bits, bitsOf = {}, membraneBits = MOST_MEMBRANE_BITS }: BitWidths,
  layers: readonly Layer[],
): void {
  requireNumber('', bits);
  const possible = membraneBits >= LEAST_MEMBRANE_BITS && membraneBits <= MOST_MEMBRANE_BITS;
  if (!(Number.isInteger(membraneBits) && possible))
    throw new UsageError(
      `membraneBits ${membraneBits}: expected ${LEAST_MEMBRANE_BITS} to ${MOST_MEMBRANE_BITS}`,
      'membraneBits',
    );
  const known = layersToChoose(layers).map(({ name }) => name);
  for (const [name, own] of Object.entries(bitsOf)) {
    requireNumber(`${name}=`, own);
    if (!known.includes(name))
      throw new UsageError(`bits ${name}=${own}: no such layer, expected one of ${known.join(', ')}`, 'bits');
  }
}

function requireNumber(what: string, bits: number): void {
  if (Number.isInteger(bits) && bits >= LEAST_WEIGHT_BITS && bits <= MOST_WEIGHT_BITS) return;
  throw new UsageError(`bits ${what}${bits}: expected ${LEAST_WEIGHT_BITS} to ${MOST_WEIGHT_BITS}`, 'bits');
}
