/**
 * Operations and energy, counted three ways. `paper` is Eq. 13 as the paper applies it: every spike costs one
 * accumulation, and only the first layer multiplies. In `synops` every spike pays for each synapse that it
 * really reaches, where a real number of a layer without neurons multiplies. The U-Net's multiply-accumulates
 * are counted exactly, and as the paper does (borders included, transposed convolutions per output pixel,
 * biases as operations).
 */

import {
  IMAGE,
  inputSize,
  type Layer,
  outputDims,
  readsImage,
  totalChannelsIn,
} from '../net/architecture.js';
import { handsOnCurrent, hasNeuron, hasRelu } from '../net/network.js';
import { valuesIn } from '../op/op.js';
import { spikingEnergy, spikingFlops, unetEnergy } from '../paper/flops.js';

/**
 * Multiply-accumulates of a layer as the paper counts them: every output pixel sums all taps and its bias.
 */
export function paperMacs(layer: Layer, height: number, width: number): number {
  if (!layer.op.hasWeights) return 0;
  return valuesIn(outputDims(layer, height, width)) * (layer.op.kernel ** 2 * totalChannelsIn(layer) + 1);
}

/**
 * Multiply-accumulates that a layer really needs: a transposed convolution scatters each input pixel through
 * its nine taps, a quarter of what a count per output pixel gives. Products with the zero padding count,
 * biases do not.
 */
export function exactMacs(layer: Layer, height: number, width: number): number {
  return layer.op.multiplications(inputSize(layer, height, width));
}

/**
 * Synaptic operations that the spikes of one signal cause in one layer that
 * reads it. `spikeCount` [h,w,C] holds the spikes of each neuron over all steps.
 */
export function synapticOperations(
  layer: Layer,
  spikeCount: Uint32Array,
  height: number,
  width: number,
): number {
  const { op } = layer;
  const size = inputSize(layer, height, width);
  const channels = spikeCount.length / (size.height * size.width);
  const along = (extent: number) => Array.from({ length: extent }, (_, i) => op.reach(i, extent));
  const [rows, columns] = [along(size.height), along(size.width)];
  let operations = 0;
  for (let y = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++) {
      const fanOut = rows[y] * columns[x] * op.channelsReached;
      const start = (y * size.width + x) * channels;
      for (let c = start; c < start + channels; c++) operations += spikeCount[c] * fanOut;
    }
  }
  return operations;
}

/** Operations of one layer. */
export interface LayerCost {
  readonly name: string;
  readonly paperMacs: number;
  readonly exactMacs: number;
  /** Spikes of its own neurons over all steps. */
  readonly spikes: number;
  /** Synaptic operations that what comes in causes in it; 0 where it reads an image only. */
  readonly synops: number;
  /**
   * How many of `synops` are products of weights with numbers that are not spikes: currents of layers without
   * neurons.
   */
  readonly products: number;
}

/**
 * The costs of every layer for an image of this size, from the spikes of each neuron and the events of each
 * value of layers without neurons (`spikeCounts` and `eventCounts` of a simulation); 0 where none are given.
 */
export function layerCosts(
  layers: readonly Layer[],
  counts: ReadonlyMap<string, Uint32Array>,
  height: number,
  width: number,
): LayerCost[] {
  const currents = new Set(layers.filter(handsOnCurrent).map(({ output }) => output));
  const countsOf = (name: string) => counts.get(name) ?? new Uint32Array(0);
  return layers.map((layer) => {
    const operationsOf = (names: readonly string[]) =>
      names.reduce((sum, name) => sum + synapticOperations(layer, countsOf(name), height, width), 0);
    return {
      name: layer.name,
      paperMacs: paperMacs(layer, height, width),
      exactMacs: exactMacs(layer, height, width),
      spikes: hasNeuron(layer) ? countsOf(layer.output).reduce((sum, count) => sum + count, 0) : 0,
      synops: operationsOf(layer.inputs),
      products: layer.op.hasWeights ? operationsOf(layer.inputs.filter((name) => currents.has(name))) : 0,
    };
  });
}

/** The costs of each layer, as a mean over images. */
export function meanCosts(images: readonly (readonly LayerCost[])[]): LayerCost[] {
  return images[0].map(({ name }, l) => {
    const mean = (key: Exclude<keyof LayerCost, 'name'>) =>
      images.reduce((sum, costs) => sum + costs[l][key], 0) / images.length;
    const [paperMacs, exactMacs] = [mean('paperMacs'), mean('exactMacs')];
    const [spikes, synops, products] = [mean('spikes'), mean('synops'), mean('products')];
    return { name, paperMacs, exactMacs, spikes, synops, products };
  });
}

/**
 * What one layer costs in joules, in each of the three models; each column sums to the total of energyReport.
 */
export interface LayerEnergy {
  readonly unet: number;
  readonly paper: number;
  readonly synops: number;
}

/**
 * Spikes of pooling neurons are free in Eq. 13 as the paper applies it, and only layers that read the image
 * multiply.
 */
export function layerEnergy(layer: Layer, cost: LayerCost): LayerEnergy {
  const share = imageShare(layer);
  return {
    unet: unetEnergy(cost.paperMacs),
    paper: spikingEnergy(hasRelu(layer) ? cost.spikes : 0, share * cost.paperMacs),
    synops: spikingEnergy(cost.synops - cost.products, share * cost.exactMacs + cost.products),
  };
}

/** The part of a layer's products, 0..1, that read the image, and so are multiplications. */
function imageShare(layer: Layer): number {
  if (!readsImage(layer)) return 0;
  return layer.channelsIn[layer.inputs.indexOf(IMAGE)] / totalChannelsIn(layer);
}

/** How many synapses a spike reaches on average if every neuron fires as often as any other. */
export function evenFanOut(
  layers: readonly Layer[],
  costs: readonly LayerCost[],
  height: number,
  width: number,
): number {
  const neurons = layers
    .filter(hasNeuron)
    .reduce((sum, layer) => sum + valuesIn(outputDims(layer, height, width)), 0);
  const synapses = costs.reduce((sum, cost, l) => sum + (1 - imageShare(layers[l])) * cost.exactMacs, 0);
  return synapses / neurons;
}

/** A number of operations and what they cost in joules. */
export interface Energy {
  readonly operations: number;
  readonly joules: number;
}

export interface EnergyReport {
  /** The U-Net's multiply-accumulates as the paper counts them, and exactly. */
  readonly unet: { readonly paper: Energy; readonly exact: Energy };
  /** The layers that read the image. */
  readonly firstLayer: { readonly paper: Energy; readonly exact: Energy };
  /** Eq. 13: spikes, without those of pooling neurons, plus the first layer's operations. */
  readonly paper: Energy & { readonly spikes: number };
  /** Every spike pays for its fan-out; plus the first layer's multiply-accumulates. */
  readonly synops: Energy & { readonly synops: number };
  /** `synops` in whole numbers of 8 bits. */
  readonly whole: Energy;
}

/**
 * Energy of an addition and of a product with its addition, of 8 bits, in pJ (Horowitz 2014, 45 nm). What a
 * chip adds to a membrane of 32 bits costs more: 0.1 pJ.
 */
const PICOJOULES_PER_BYTE_AC = 0.03;
const PICOJOULES_PER_BYTE_MAC = 0.23;

/** Joules of multiply-accumulates of 8 bits: what a U-Net in whole numbers takes. */
export const unetJoulesInBytes = (operations: number) => 1e-12 * PICOJOULES_PER_BYTE_MAC * operations;

/** All three models; `spikes` replaces the counted spikes in Eq. 13 (then the fan-out is not known). */
export function energyReport(
  layers: readonly Layer[],
  costs: readonly LayerCost[],
  spikes?: number,
): EnergyReport {
  const sum = (key: 'synops' | 'products' | 'paperMacs' | 'exactMacs') =>
    costs.reduce((total, cost) => total + cost[key], 0);
  const counted = costs.reduce((total, cost, l) => total + (hasRelu(layers[l]) ? cost.spikes : 0), 0);
  const macs = (operations: number): Energy => ({ operations, joules: unetEnergy(operations) });
  const spiking = (accumulations: number, firstMacs: number): Energy => ({
    operations: spikingFlops(accumulations, firstMacs),
    joules: spikingEnergy(accumulations, firstMacs),
  });
  const ofImage = (key: 'paperMacs' | 'exactMacs') =>
    costs.reduce((total, cost, l) => total + imageShare(layers[l]) * cost[key], 0);
  const first = { paperMacs: ofImage('paperMacs'), exactMacs: ofImage('exactMacs') };
  const paperSpikes = spikes ?? counted;
  const [synops, products] = [sum('synops'), sum('products')];
  const [accumulations, multiplications] = [synops - products, first.exactMacs + products];
  return {
    unet: { paper: macs(sum('paperMacs')), exact: macs(sum('exactMacs')) },
    firstLayer: { paper: macs(first.paperMacs), exact: macs(first.exactMacs) },
    paper: { spikes: paperSpikes, ...spiking(paperSpikes, first.paperMacs) },
    synops: { synops, ...spiking(accumulations, multiplications) },
    whole: {
      operations: accumulations + multiplications,
      joules: 1e-12 * (accumulations * PICOJOULES_PER_BYTE_AC + multiplications * PICOJOULES_PER_BYTE_MAC),
    },
  };
}
