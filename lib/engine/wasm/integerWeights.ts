/**
 * A layer of a network in whole numbers in the engine's memory: weights in the order of the kernels, four
 * channels of 8 bits or two of 16 in a word, and what its neurons need. Channels are padded with zeros to
 * whole blocks of 8.
 */

import type { IntegerLayer } from '../../integer/integerNetwork.js';
import { IMAGE } from '../../net/architecture.js';
import type { ConvDims } from '../kernels/contract.js';
import { BLOCK, CEILINGS_END, DIVISORS_END } from './constants.js';
import { convolution, type Geometry, tapOrder, transposedConvolution } from './geometry.js';
import type { Machine } from './machine.js';
import { shortSums } from './shortSums.js';

/** Codes of more bits do not fit the dot product of bytes. */
const MOST_NARROW_CODE = 127;
const MOST_NARROW_WEIGHT = 127;

export interface LoadedLayer {
  readonly own: IntegerLayer;
  /** Output channels, with padding. */
  readonly channels: number;
  /** Whether weights and codes have 8 bits. */
  readonly narrow: boolean;
  /** Addresses: packed weights and i32 [O] for convolutions; for the neurons i32 [O] and f32 [O]. */
  readonly weights: number;
  readonly bias: number;
  /** u8 of each row of weights: how many of them are summed in 16 bits (shortSums.ts); 0: all in 32. */
  readonly lengths: number;
  readonly neurons: Readonly<Record<'start' | 'divisors' | 'ceilings' | 'reciprocals', number>>;
  /** Whether divisors are so small that spikes need no correction (assembly/integerNeurons.ts). */
  readonly small: boolean;
  /** The geometry on inputs of this size, in words. */
  geometry(height: number, width: number): Geometry;
  /** Frees its memory. */
  dispose(): void;
}

/** The next multiple of a block of channels. */
export const inBlocks = (channels: number): number => Math.ceil(channels / BLOCK) * BLOCK;

/** Codes of a picture have 16 bits; its channels are padded to whole words. */
export function paddedCodes(name: string, channels: number): number {
  return name === IMAGE ? 2 * Math.ceil(channels / 2) : inBlocks(channels);
}

/** Copies a layer into the engine's memory. */
export function loadLayer(machine: Machine, own: IntegerLayer): LoadedLayer {
  const { layer, weight, bias, divisor, start, codes, mostRead } = own;
  const { op, inputs, channelsIn, channelsOut } = layer;
  const channels = inBlocks(channelsOut);
  const narrow =
    machine.dotProduct !== 'pairs' &&
    mostRead <= MOST_NARROW_CODE &&
    weight.every((value) => Math.abs(value) <= MOST_NARROW_WEIGHT);
  const perWord = narrow ? 4 : 2;
  const padded = inputs.map((name, part) => paddedCodes(name, channelsIn[part]));
  const words = padded.reduce((sum, count) => sum + count, 0) / perWord;
  const geometry = (height: number, width: number): Geometry => {
    const dims: ConvDims = {
      height,
      width,
      channelsIn: words,
      channelsOut: channels,
      kernel: op.kernel as 1 | 3,
    };
    return op.name.startsWith('convTranspose') ? transposedConvolution(dims) : convolution(dims);
  };
  const place = newPlaces(machine, channels);
  const levels = (codes?.most ?? 0) + 1;
  const packed = op.hasWeights
    ? packWords(weight, { geometry: geometry(2, 2), channelsIn, channelsOut, padded, perWord })
    : new Int8Array();
  const short = narrow && machine.dotProduct === 'sums';
  return {
    ...{ own, channels, narrow, geometry },
    weights: place.bytes(packed),
    lengths: short ? place.bytes(shortSums(packed, mostRead)) : 0,
    bias: place.numbers(bias, 0),
    neurons: {
      start: place.numbers(start, 0),
      divisors: place.numbers(divisor, 1),
      reciprocals: place.numbers(
        Float32Array.from(divisor, (D) => 1 / D),
        1,
      ),
      ceilings: place.numbers(
        divisor.map((D) => D * levels),
        1,
      ),
    },
    small: divisor.every((D) => D < DIVISORS_END && D * levels < CEILINGS_END),
    dispose: place.dispose,
  };
}

/** Places arrays in the engine's memory, those of channels with `rest` up to the padded number of them. */
function newPlaces({ heap }: Machine, channels: number) {
  const blocks: number[] = [];
  const place = (bytes: number) => {
    const address = heap.allocateForGood(bytes);
    blocks.push(address);
    return address;
  };
  return {
    bytes(values: Int8Array | Int16Array | Uint8Array): number {
      if (values.length === 0) return 0;
      const address = place(values.byteLength);
      heap.bytes(address, values.byteLength).set(new Uint8Array(values.buffer));
      return address;
    },
    numbers(values: Int32Array | Float32Array, rest: number): number {
      const address = place(4 * channels);
      const words =
        values instanceof Int32Array ? heap.integers(address, channels) : heap.floats(address, channels);
      words.fill(rest).set(values);
      return address;
    },
    dispose(): void {
      for (const address of blocks.splice(0)) heap.release(address);
    },
  };
}

interface Packing {
  readonly geometry: Geometry;
  /** Channels of each part of the input, and the same with padding. */
  readonly channelsIn: readonly number[];
  readonly padded: readonly number[];
  readonly channelsOut: number;
  /** Channels in a word of 32 bits. */
  readonly perWord: number;
}

/** Weights [ky,kx,I,O] by phase, block of outputs, tap and word: a word of each of the 8 outputs. */
function packWords(weight: Int16Array, packing: Packing): Int8Array | Int16Array {
  const { geometry, channelsIn, padded, channelsOut, perWord } = packing;
  const I = channelsIn.reduce((sum, count) => sum + count, 0);
  const sources = inputChannels(channelsIn, padded);
  const blocks = geometry.channelsOut / BLOCK;
  const length = tapOrder(geometry).length * sources.length * geometry.channelsOut;
  const packed = perWord === 4 ? new Int8Array(length) : new Int16Array(length);
  let at = 0;
  for (const phase of geometry.phases)
    for (let block = 0; block < blocks; block++)
      for (const tap of phase.taps)
        for (let word = 0; word < sources.length; word += perWord)
          for (let lane = 0; lane < BLOCK; lane++)
            for (let k = 0; k < perWord; k++, at++) {
              const [ci, co] = [sources[word + k], block * BLOCK + lane];
              if (ci >= 0 && co < channelsOut) packed[at] = weight[(tap.weight * I + ci) * channelsOut + co];
            }
  return packed;
}

/** The channel of the joined input at each padded channel; -1 for padding. */
function inputChannels(channelsIn: readonly number[], padded: readonly number[]): number[] {
  let first = 0;
  return channelsIn.flatMap((count, part) => {
    const own = Array.from({ length: padded[part] }, (_, c) => (c < count ? first + c : -1));
    first += count;
    return own;
  });
}
