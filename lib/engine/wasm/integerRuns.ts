/** One run of a network in whole numbers: the neurons of its layers, and their steps. */

import { IMAGE, inputSize, isStatic, outputDims } from '../../net/architecture.js';
import type { Size as Dims } from '../../op/op.js';
import type { IntegerOptions, IntegerOutput } from '../kernels/integerContract.js';
import { BLOCK } from './constants.js';
import { cutGrid } from './cut.js';
import { encodeGeometry } from './geometry.js';
import { type LoadedLayer, paddedCodes } from './integerWeights.js';
import type { Arguments, Machine } from './machine.js';
import { integerScratch } from './scratch.js';
import { wordsOf } from './words.js';

/** Codes of consecutive steps, [T,h,w,C] with padded channels. */
export interface Train {
  /** Address. */
  readonly codes: number;
  readonly channels: number;
  /** Bytes of one code, and of all codes of a step; 0: all steps have the same. */
  readonly codeBytes: 1 | 2;
  readonly stepBytes: number;
}

/** Steps first .. first + count - 1. */
export interface Steps {
  readonly first: number;
  readonly count: number;
}

/** The neurons of a layer, by address. */
interface Neurons {
  /** i32 [h,w,C]; 0 if there is only one step, and nobody asks what it leaves. */
  readonly membrane: number;
  /** u64 [T]: spikes of each step. */
  readonly totals: number;
}

/** A kernel call in preparation. */
interface Call {
  readonly lend: Arguments;
  /** Words of `IntegerNeurons`, and of one or more `CodeSource`. */
  readonly neurons: number;
  readonly sources: number;
  readonly sourceCount: number;
  readonly steps: number;
}

/** Everything lives in the scope of the caller. */
export class IntegerRuns {
  readonly #neurons = new Map<LoadedLayer, Neurons>();

  readonly machine: Machine;
  readonly loaded: readonly LoadedLayer[];
  readonly size: readonly [height: number, width: number];
  readonly options: IntegerOptions;

  constructor(
    machine: Machine,
    loaded: readonly LoadedLayer[],
    size: readonly [height: number, width: number],
    options: IntegerOptions,
  ) {
    this.machine = machine;
    this.loaded = loaded;
    this.size = size;
    this.options = options;
    for (const layer of loaded) this.#neurons.set(layer, this.#newNeurons(layer));
  }

  /** The codes of a picture [H,W,C]: the same in every step. */
  picture(codes: Int16Array): Train {
    const pixels = this.size[0] * this.size[1];
    const C = codes.length / pixels;
    const channels = paddedCodes(IMAGE, C);
    const address = this.machine.heap.allocate(2 * pixels * channels);
    const padded = this.machine.heap.shorts(address, pixels * channels).fill(0);
    for (let p = 0; p < pixels; p++) for (let c = 0; c < C; c++) padded[p * channels + c] = codes[p * C + c];
    return { codes: address, channels, codeBytes: 2, stepBytes: 0 };
  }

  /** Some steps of a layer; returns what it fires, or nothing for the output. */
  advance(layer: LoadedLayer, inputs: readonly Train[], { first, count }: Steps): Train | undefined {
    const { own, channels } = layer;
    const { height, width } = this.#dims(layer);
    const stepBytes = height * width * channels;
    const codes = own.codes ? this.machine.heap.allocate(stepBytes * count) : 0;
    const train: Train = { codes, channels, codeBytes: 1, stepBytes };
    this.machine.call((lend) => {
      const neurons = lend.words(this.#neuronWords(layer, train, first));
      const sources = lend.words(inputs.flatMap((input) => wordsOf('CodeSource', { ...input })));
      const call = { lend, neurons, sources, sourceCount: inputs.length, steps: count };
      if (own.layer.op.hasWeights) this.#convolve(layer, call);
      else this.#pool(layer, call);
    });
    this.#show(layer, train, own.codes ? count : 0);
    return own.codes ? train : undefined;
  }

  /** After the last step. */
  result(): IntegerOutput {
    const { heap } = this.machine;
    const spikesPerStep = new Map<string, Float64Array>();
    for (const layer of this.loaded) {
      if (!layer.own.codes) continue;
      const totals = heap.counts(this.#neurons.get(layer)!.totals, this.options.steps);
      spikesPerStep.set(layer.own.layer.output, Float64Array.from(totals, Number));
    }
    const output = this.loaded.find(({ own }) => !own.codes)!;
    return { sum: this.#membrane(output), spikesPerStep };
  }

  #dims({ own }: LoadedLayer): Dims {
    return outputDims(own.layer, ...this.size);
  }

  #newNeurons(layer: LoadedLayer): Neurons {
    const { heap } = this.machine;
    const { steps, look } = this.options;
    const { own, channels } = layer;
    const totals = heap.allocate(8 * steps);
    heap.counts(totals, steps).fill(0n);
    if (own.codes && steps === 1 && !look?.(own)) return { membrane: 0, totals };
    const { height, width } = this.#dims(layer);
    const values = height * width * channels;
    const membrane = heap.allocate(4 * values);
    if (!own.codes) heap.integers(membrane, values).fill(0);
    return { membrane, totals };
  }

  /** The neurons of a layer from step `first` on. */
  #neuronWords(layer: LoadedLayer, { codes, stepBytes, channels }: Train, first: number): number[] {
    const { membrane, totals } = this.#neurons.get(layer)!;
    const dims = this.#dims(layer);
    const { top, bottom, left, right } = this.options.counted(layer.own);
    return wordsOf('IntegerNeurons', {
      ...layer.neurons,
      small: layer.small ? 1 : 0,
      ...{ width: dims.width, channels, fires: layer.own.codes ? 1 : 0 },
      mostMembrane: layer.own.mostMembrane,
      ...{ membrane, fresh: first === 0 ? 1 : 0, codes, stepBytes, totals: totals + 8 * first },
      ...{ windowTop: top, windowBottom: bottom, windowLeft: left, windowRight: right },
    });
  }

  #convolve(layer: LoadedLayer, { lend, ...call }: Call): void {
    const { threads } = this.machine;
    const { height, width } = inputSize(layer.own.layer, ...this.size);
    const geometry = layer.geometry(height, width);
    const cut = cutGrid(geometry, BLOCK, threads.count);
    const words = wordsOf('IntegerLayer', {
      geometry: lend.words(encodeGeometry(geometry, cut)),
      ...call,
      ...{ narrow: layer.narrow ? 1 : 0, weights: layer.weights, bias: layer.bias, lengths: layer.lengths },
      still: isStatic(layer.own.layer) ? 1 : 0,
    });
    const scratch = lend.scratch(integerScratch(geometry, cut));
    threads.run('integerConvolution', cut.bands * cut.groups, { layer: lend.words(words), ...scratch });
  }

  #pool(layer: LoadedLayer, { lend, neurons, sources, steps }: Call): void {
    const { threads } = this.machine;
    const { height, width } = this.#dims(layer);
    const rows = Math.ceil(height / (4 * threads.count));
    const [factor] = layer.own.weight;
    const words = wordsOf('IntegerPooling', { source: sources, factor, neurons, steps, height, rows });
    const scratch = lend.scratch(width * BLOCK * 4);
    threads.run('integerPooling', Math.ceil(height / rows), { pooling: lend.words(words), ...scratch });
  }

  /** Shows a layer to what asked for it, without padding. */
  #show(layer: LoadedLayer, { codes, channels }: Train, count: number): void {
    const look = this.options.look?.(layer.own);
    if (!look) return;
    const { height, width } = this.#dims(layer);
    const padded = this.machine.heap.bytes(codes, count * height * width * channels);
    const C = layer.own.layer.channelsOut;
    look({ own: layer.own, codes: withoutPadding(padded, channels, C), membrane: this.#membrane(layer) });
  }

  /** Potentials [h,w,C]. */
  #membrane(layer: LoadedLayer): Int32Array {
    const { height, width, channels } = this.#dims(layer);
    const { membrane } = this.#neurons.get(layer)!;
    const padded = this.machine.heap.integers(membrane, height * width * layer.channels);
    return withoutPadding(padded, layer.channels, channels);
  }
}

/** A copy of [..,padded] as [..,channels]. */
function withoutPadding<A extends Uint8Array | Int32Array>(values: A, padded: number, channels: number): A {
  if (padded === channels) return values.slice() as A;
  const pixels = values.length / padded;
  const out = values.slice(0, pixels * channels) as A;
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < channels; c++) out[p * channels + c] = values[p * padded + c];
  return out;
}
