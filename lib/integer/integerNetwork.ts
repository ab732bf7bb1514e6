/**
 * A spiking network in whole numbers: what each layer multiplies, adds, compares and divides by. There is
 * nothing to round, so it gives the same numbers in any order of its sums, on anything that can add.
 */

import { DataError, UsageError } from '../core/error.js';
import { type Layer, OUTPUT } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { layerParameters } from '../net/parameters.js';
import { potentialOf } from '../neuron/commonParameters.js';
import { neuronOf, type SpikingNetwork } from '../neuron/spikingNetwork.js';
import { type Codes, codesOf, codesRead } from './codes.js';
import { divisorName, MOST_DIVISOR, MOST_OUTPUT_DIVISOR } from './quantise.js';

const { abs, floor, max } = Math;

export interface IntegerLayer {
  readonly layer: Layer;
  /** w_q [ky,kx,I,O]; for a pooling one number, which multiplies every code. */
  readonly weight: Int16Array;
  /** b_q [O] */
  readonly bias: Int32Array;
  /** D_o [O]: a membrane is in units of unit / D_o. */
  readonly divisor: Int32Array;
  /** V(0) [O], in the units of the membrane. */
  readonly start: Int32Array;
  /** What it fires; undefined for the output, which sums its current. */
  readonly codes: Codes | undefined;
  /** Volts of a code; of the output 1. */
  readonly unit: number;
  /** The largest code that it reads, of either sign. */
  readonly mostRead: number;
  /** Where membranes saturate: from -mostMembrane - 1 to mostMembrane; those of the output never do. */
  readonly mostMembrane: number;
  /** B: the largest current of either sign, in the units of a membrane. */
  readonly bound: number;
}

/** The layers in their order. */
export type IntegerNetwork = readonly IntegerLayer[];

/** A network whose parameters are whole numbers (quantise.ts). UsageError for what has no integer form. */
export function integerNetwork(network: SpikingNetwork): IntegerNetwork {
  const codes = codesOf(network);
  return network.layers.map((layer) => {
    refuse(layer);
    const own = codes.get(layer.output);
    const read = codesRead(layer, codes).map(({ least, most }) => max(abs(least), most));
    const numbers = layer.op.hasWeights
      ? weightsOf(network, layer)
      : poolingOf(layer, codes.get(layer.inputs[0])!.unit / own!.unit);
    return {
      ...{ layer, codes: own, unit: own?.unit ?? 1, ...numbers },
      mostMembrane: own ? mostMembraneOf(network, layer, own, numbers) : MOST_INT32,
      start: startOf(network, layer, numbers.divisor),
      mostRead: max(...read),
      bound: boundOf(layer, numbers, read),
    };
  });
}

/**
 * Refuses a network that says that its parameters are whole numbers where they cannot be used, and divisors
 * in any other network (DataError, UsageError).
 */
export function checkWholeNumbers(network: SpikingNetwork): void {
  if (network.bits !== undefined) integerNetwork(network);
  else {
    const divided = network.layers.find((layer) => network.parameters.has(divisorName(layer)));
    if (divided)
      throw new DataError(
        `tensor ${divisorName(divided)}: the network does not say that it is in whole numbers`,
      );
  }
}

function refuse(layer: Layer): void {
  const what = unsuited(layer);
  if (what !== undefined)
    throw new UsageError(`${layer.name}: ${what} cannot be computed with whole numbers`);
}

/** What of a layer has no whole numbers; undefined if nothing. */
function unsuited({ op, inputs, join, follows, output }: Layer): string | undefined {
  if (op.taps === undefined) return `operation ${op.name}`;
  if (join === 'add' && inputs.length > 1) return 'a sum of signals';
  if (follows === 'nothing' && output !== OUTPUT) return 'currents that are handed on without neurons';
  return undefined;
}

const MOST_INT32 = 2 ** 31 - 1;

/** Refuses membranes that could not hold the highest threshold (UsageError). */
function mostMembraneOf(
  { membraneBits = 32 }: SpikingNetwork,
  { name }: Layer,
  { most }: Codes,
  { divisor }: Numbers,
): number {
  const highest = (max(...divisor) * (most + 1)) / 2;
  const largest = 2 ** (membraneBits - 1) - 1;
  if (highest < largest) return largest;
  throw new UsageError(
    `membraneBits ${membraneBits}: a threshold of ${name} is ${highest}, a membrane at most ${largest}: take ` +
      'more bits, fewer for weights, or fewer thresholds',
    'membraneBits',
  );
}

type Numbers = Pick<IntegerLayer, 'weight' | 'bias' | 'divisor'>;

function weightsOf({ parameters }: SpikingNetwork, layer: Layer): Numbers {
  const { weight, bias } = layerParameters(parameters, layer);
  const divisor = parameters.get(divisorName(layer));
  if (!divisor)
    throw new DataError(`tensor ${divisorName(layer)} is missing, expected [${layer.channelsOut}]`);
  requireWhole(`${layer.name}.weight`, weight, -(2 ** 15), 2 ** 15 - 1);
  requireWhole(`${layer.name}.bias`, bias, -(2 ** 24), 2 ** 24);
  requireWhole(divisorName(layer), divisor, 1, hasNeuron(layer) ? MOST_DIVISOR : MOST_OUTPUT_DIVISOR);
  return {
    weight: Int16Array.from(weight),
    bias: Int32Array.from(bias),
    divisor: Int32Array.from(divisor),
  };
}

function requireWhole(name: string, values: Float32Array, least: number, most: number): void {
  const bad = values.findIndex((value) => !Number.isInteger(value) || value < least || value > most);
  if (bad >= 0)
    throw new DataError(
      `tensor ${name}: ${values[bad]} at ${bad}, expected whole numbers from ${least} to ${most}`,
    );
}

/** A mean: every code counts `ratio` units of the output, in units of unit / area or of a smaller part. */
function poolingOf({ op, channelsOut }: Layer, ratio: number): Numbers {
  const finer = max(1, 1 / ratio);
  return {
    weight: Int16Array.of(ratio * finer),
    bias: new Int32Array(channelsOut),
    divisor: new Int32Array(channelsOut).fill(op.kernel ** 2 * finer),
  };
}

/** V(0) = floor(D_o v / unit) for an initial potential of v volts. */
function startOf(network: SpikingNetwork, layer: Layer, divisor: Int32Array): Int32Array {
  if (!hasNeuron(layer)) return new Int32Array(divisor.length);
  const { parameters } = neuronOf(network, layer);
  const units = potentialOf(parameters, 0) / parameters.thresholds.at(-1)!;
  return divisor.map((D) => floor(D * units));
}

/** B = max_o (sum_i most_i |w_oi| + |b_o|), with the largest code most_i of each input channel. */
function boundOf(
  { channelsOut: O, op }: Layer,
  { weight, bias }: Numbers,
  largest: readonly number[],
): number {
  if (!op.hasWeights) return op.kernel ** 2 * weight[0] * largest[0];
  const sums = Float64Array.from(bias, abs);
  weight.forEach((w, k) => {
    sums[k % O] += abs(w) * largest[floor(k / O) % largest.length];
  });
  return max(...sums);
}

/** Refuses steps after which a membrane may not fit 32 bits, V(0) included (UsageError). */
export function checkBounds(network: IntegerNetwork, steps: number): void {
  for (const { layer, bound, start, mostMembrane } of network) {
    const first = max(...start.map(abs));
    const most = mostMembrane < MOST_INT32 ? mostMembrane + 1 + bound : bound * steps + first;
    if (most <= MOST_INT32) continue;
    const fits = mostMembrane < MOST_INT32 ? 0 : floor((MOST_INT32 - first) / bound);
    throw new UsageError(
      `steps ${steps}: a membrane of ${layer.name} may reach ${most}, which does not fit 32 bits: take ` +
        (fits > 0 ? `up to ${fits}` : 'fewer bits for its weights'),
    );
  }
}
