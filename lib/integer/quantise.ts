/**
 * The weights of a spiking network as whole numbers of b bits. In units of code and divisor, a layer's
 * weights are W' = W~ unit_in / unit_out, and each output channel has the largest divisor that fits:
 *
 *     D_o = floor((2^(b-1) - 1) / max|W'_o|),   w_q = round(W' D_o),   b_q = round(b~ D_o / unit_out)
 *
 * A membrane is then a whole number in units of unit_out / D_o. All classes of the output share one divisor,
 * and its weights have up to 16 bits: it is the most sensitive layer, and the cheapest. Computed in float64,
 * and rounded as Math.round does, or by another rule (rounding.ts).
 */

import { DataError, UsageError } from '../core/error.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { layerParameters, namedParameters, type Parameters } from '../net/parameters.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { type BitWidths, bitsOfLayer, requireBits } from './bitWidths.js';
import { type Codes, codesOf, codesRead } from './codes.js';
import { type ExactNumbers, type Rounding, toNearest, type WholeNumbers } from './rounding.js';

const { abs, floor, max, min } = Math;

/** A neuron's divisor is not larger, however small the weights: thresholds D 2^j then stay below 2^24. */
export const MOST_DIVISOR = 2 ** 15;
/** The output has no thresholds. Its current of a step stays below this, so that 127 steps fit 32 bits. */
const MOST_CURRENT = 2 ** 24;
/** Nor is its divisor larger: float32 holds it exactly. */
export const MOST_OUTPUT_DIVISOR = 2 ** 23;
/** Nor is a bias: float32 holds it exactly, as files and engines do. */
const MOST_BIAS = 2 ** 23;

/** The name of the parameter that holds D_o [O] of a layer. */
export const divisorName = ({ name }: Pick<Layer, 'name'>) => `${name}.divisor`;

/** The shape of a layer's divisors, by name: for reading files. */
export function divisorShapes(layer: Layer): ReadonlyMap<string, number[]> {
  return new Map(layer.op.hasWeights ? [[divisorName(layer), [layer.channelsOut]]] : []);
}

/**
 * The parameters of a network in whole numbers of so many bits, with those named NAME.divisor [O].
 * UsageError for a network that has no such form, DataError for weights that do not fit.
 */
export function quantiseParameters(
  network: SpikingNetwork,
  bits: BitWidths,
  round: Rounding = toNearest,
): Parameters {
  requireBits(bits, network.layers);
  if (network.batchNormalisation)
    throw new UsageError(
      'bits: the network normalises its currents over a batch: fold that into its weights',
    );
  const codes = codesOf(network);
  const { layers, parameters } = network;
  const entries = layers
    .filter(({ op }) => op.hasWeights)
    .flatMap((layer) => {
      const scaled = inUnits(layer, parameters, codes);
      const fires = hasNeuron(layer);
      const most = fires ? MOST_DIVISOR : mostOutputDivisor(scaled, codesRead(layer, codes));
      const own = bitsOfLayer(bits, layer);
      const divisor = () => {
        const each = divisors(layer, scaled, own, most);
        return fires ? each : each.fill(min(...each));
      };
      const limits = { mostWeight: mostOf(own), mostBias: MOST_BIAS, mostDivisor: most };
      return wholeParameters(layer, round(layer, { ...scaled, divisor, ...limits }));
    });
  return new Map(entries);
}

/** A layer's whole numbers by their names. */
function wholeParameters(layer: Layer, { divisor, ...weights }: WholeNumbers) {
  return [...namedParameters(layer, weights), [divisorName(layer), divisor] as const];
}

/** W' and b' = b~ / unit_out, in float64. */
export type Scaled = Pick<ExactNumbers, 'weight' | 'bias'>;

/** Those of a layer of a network in volts. */
export function inUnits(layer: Layer, parameters: Parameters, codes: ReadonlyMap<string, Codes>): Scaled {
  const { weight, bias } = layerParameters(parameters, layer);
  const units = codesRead(layer, codes).map(({ unit }) => unit);
  const unitOut = codes.get(layer.output)?.unit ?? 1;
  const [I, O] = [units.length, layer.channelsOut];
  return {
    weight: new Float64Array(weight).map((value, k) => (value * units[floor(k / O) % I]) / unitOut),
    bias: new Float64Array(bias).map((value) => value / unitOut),
  };
}

/**
 * The largest D for which the output's current stays below MOST_CURRENT: |w_q| <= |W'| D + 1/2, and the same
 * of b_q.
 */
function mostOutputDivisor({ weight, bias }: Scaled, read: readonly Codes[]): number {
  const [I, O] = [read.length, bias.length];
  const largest = read.map((codes) => max(codes.most, -codes.least));
  const current = Float64Array.from(bias, abs);
  const rounding = new Float64Array(O).fill(1 / 2);
  weight.forEach((value, k) => {
    current[k % O] += abs(value) * largest[floor(k / O) % I];
    rounding[k % O] += largest[floor(k / O) % I] / 2;
  });
  const limits = current.map((most, o) => (MOST_CURRENT - 1 - rounding[o]) / most);
  return min(MOST_OUTPUT_DIVISOR, floor(min(...limits)));
}

/** The largest weight of so many bits; the smallest is as far from 0. */
const mostOf = (bits: number) => 2 ** (bits - 1) - 1;

/** D_o of each output channel, if its weights have so many bits; none is larger than `mostDivisor`. */
function divisors(
  { name, channelsOut: O }: Layer,
  { weight, bias }: Scaled,
  bits: number,
  mostDivisor: number,
): Float32Array {
  const largest = new Float64Array(O);
  for (let k = 0; k < weight.length; k++) largest[k % O] = max(largest[k % O], abs(weight[k]));
  return Float32Array.from(largest, (weight, o) => {
    const divisor = floor(min(mostOf(bits) / weight, mostDivisor, MOST_BIAS / abs(bias[o])));
    if (divisor >= 1) return divisor;
    throw new DataError(
      `${name}: weights up to ${weight.toPrecision(3)} of channel ${o} do not fit ${bits} bits: take more, ` +
        'or a larger lambda floor (1: all channels of a layer have the same lambda)',
    );
  });
}
