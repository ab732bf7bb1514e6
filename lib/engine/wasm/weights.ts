/**
 * Weights and biases in the order in which the kernels read them (assembly/pack.ts), packed once while
 * frozen.
 */

import { WIDE_BLOCK } from './constants.js';
import { encodeGeometry, type Geometry, tapOrder } from './geometry.js';
import type { Machine } from './machine.js';
import { wordsOf } from './words.js';

/** The parts of the summed channels, each padded with zeros: [channels, padded channels]. */
export type Parts = readonly (readonly [number, number])[];

export interface WeightUse {
  /** Its `channelsIn` include padding; its `channelsOut` are those of the result. */
  readonly geometry: Geometry;
  readonly block: number;
  /** Whether sums are over the weights' output channels, as in the gradient with respect to the input. */
  readonly exchanged: boolean;
  readonly parts?: Parts;
  /** Output channels of the weights, if the geometry has more: the rest are zeros. */
  readonly realChannelsOut?: number;
}

/** The order of a geometry's taps, and that as a text. */
interface Order {
  readonly taps: readonly number[];
  readonly text: string;
}

const orders = new WeakMap<Geometry, Order>();

/** The order of a geometry's taps; made once, since geometries are (onceFor.ts). */
function orderOf(geometry: Geometry): Order {
  const known = orders.get(geometry);
  if (known) return known;
  const taps = tapOrder(geometry);
  const made = { taps, text: taps.join() };
  orders.set(geometry, made);
  return made;
}

/** The address of packed weights [taps,I,O]. */
export function packedWeights(machine: Machine, weight: Float32Array, use: WeightUse): number {
  const { geometry, block, exchanged } = use;
  const { taps, text } = orderOf(geometry);
  const parts = use.parts ?? [[geometry.channelsIn, geometry.channelsIn]];
  const blocks = Math.ceil(geometry.channelsOut / block);
  const bytes = blocks * block * taps.length * geometry.channelsIn * 4;
  const key = `${block} ${exchanged} ${text} ${parts.join(' ')}`;
  return machine.cached(weight, key, bytes, (address) => {
    const [first, second = [0, 0]] = parts;
    const summed = first[0] + second[0];
    const lanes = use.realChannelsOut ?? geometry.channelsOut;
    const [channelsIn, channelsOut] = exchanged ? [lanes, summed] : [summed, lanes];
    const noCut = { bandRows: 1, bands: 1, groupBlocks: 1, groups: 1 };
    machine.call((lend) => {
      const packing = wordsOf('Packing', {
        geometry: lend.words(encodeGeometry(geometry, noCut)),
        order: lend.words(taps),
        ...{ channelsIn, channelsOut, block, exchanged: exchanged ? 1 : 0 },
        ...{ first: first[0], firstPadded: first[1], second: second[0], secondPadded: second[1] },
      });
      const tensors = { packed: address, weights: lend.input(weight) };
      machine.threads.run('packWeights', blocks, { ...tensors, packing: lend.words(packing) });
    });
  });
}

/** The address of a bias, padded with zeros to whole blocks, without -0. */
export function packedBias(machine: Machine, bias: Float32Array): number {
  const length = Math.ceil(bias.length / WIDE_BLOCK) * WIDE_BLOCK;
  return machine.cached(bias, 'bias', 4 * length, (address) => {
    const padded = machine.heap.floats(address, length);
    padded.fill(0);
    bias.forEach((value, channel) => {
      padded[channel] = value + 0;
    });
  });
}

/** The address of `length` zeros, for sums without a bias. */
export function zeroBias(machine: Machine, length: number): number {
  const padded = Math.ceil(length / WIDE_BLOCK) * WIDE_BLOCK;
  const address = machine.heap.allocate(4 * padded);
  machine.heap.floats(address, padded).fill(0);
  return address;
}
