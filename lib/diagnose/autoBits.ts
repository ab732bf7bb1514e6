/**
 * Bits of weights by layer: as few as a tolerance allows, chosen without labels. First the fewest that all
 * layers can have; then each layer in turn, from the one with the most weights, as few as it can have below
 * that. Every choice is measured on the network in whole numbers.
 */

import { type ConvertedModel, withBits } from '../convert/spikingModel.js';
import { DataError } from '../core/error.js';
import { sizeOf } from '../core/shape.js';
import { type BitWidths, LEAST_WEIGHT_BITS, layersToChoose, MOST_WEIGHT_BITS } from '../integer/bitWidths.js';
import { type Layer, parameterShapes } from '../net/architecture.js';

/** Fewer for all layers at once is not tried: no network of ours came near its U-Net. */
const LEAST_COMMON = 4;

/** What the choice is made by. */
export interface BitsTrial {
  /** The network with weights of float32, converted for weights of so many bits. */
  converted(bits: number): ConvertedModel;
  /** What a network in whole numbers loses beyond the one in float32, in the unit of the tolerance. */
  lossOf(whole: ConvertedModel): number;
  readonly tolerance: number;
  readonly membraneBits?: number | undefined;
  /** Called after each layer, of `total`. */
  readonly onLayer?: (done: number, total: number) => void;
}

export interface AutoBits extends Required<Pick<BitWidths, 'bits' | 'bitsOf'>> {
  readonly spiking: ConvertedModel;
  readonly loss: number;
  /** Whether the loss is within the tolerance; if not, all weights have 16 bits. */
  readonly reached: boolean;
}

/** A network in whole numbers with as few bits of weights as `tolerance` allows. */
export function chooseBits({ converted, lossOf, tolerance, membraneBits, onLayer }: BitsTrial): AutoBits {
  const tried = (plain: ConvertedModel, bits: BitWidths) => {
    const spiking = fitting(plain, { ...bits, membraneBits });
    return spiking && { spiking, loss: lossOf(spiking) };
  };
  let bits = LEAST_COMMON;
  let best = tried(converted(bits), { bits });
  while ((!best || best.loss > tolerance) && bits < MOST_WEIGHT_BITS) {
    bits += 1;
    best = tried(converted(bits), { bits });
  }
  if (!best) throw new DataError(`bits auto: weights do not fit ${MOST_WEIGHT_BITS} bits`);
  const bitsOf: Record<string, number> = {};
  const reached = best.loss <= tolerance;
  const plain = converted(bits);
  const layers = reached ? heaviestFirst(plain.layers) : [];
  layers.forEach(({ name }, done) => {
    for (let fewer = bits - 1; fewer >= LEAST_WEIGHT_BITS; fewer--) {
      const next = tried(plain, { bits, bitsOf: { ...bitsOf, [name]: fewer } });
      if (!next || next.loss > tolerance) break;
      best = next;
      bitsOf[name] = fewer;
    }
    onLayer?.(done + 1, layers.length);
  });
  return { ...best, bits, bitsOf, reached };
}

/** The network in whole numbers; undefined if its weights do not fit so few bits. */
function fitting(plain: ConvertedModel, bits: BitWidths): ConvertedModel | undefined {
  try {
    return withBits(plain, bits);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

function heaviestFirst(layers: readonly Layer[]): Layer[] {
  const weightCount = (layer: Layer) => sizeOf(parameterShapes(layer).get('weight')!);
  return layersToChoose(layers).toSorted((one, other) => weightCount(other) - weightCount(one));
}
