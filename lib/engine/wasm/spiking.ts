/**
 * Layers of spiking neurons over many steps (assembly/spikingKernels.ts); their neurons are in population.ts.
 */

import type { SpikeTrain, SpikingKernels, SpikingMode } from '../kernels/spikingContract.js';
import { changeChannels } from './channels.js';
import { BLOCK, WIDE_BLOCK } from './constants.js';
import { chunkOf, cutGrid } from './cut.js';
import { convolution, encodeGeometry, type Geometry, transposedConvolution } from './geometry.js';
import type { Machine } from './machine.js';
import { knowsNeurons } from './neuronKind.js';
import { type Neurons, newPopulation, type SpikeWorth } from './population.js';
import { spikingScratch } from './scratch.js';
import { packedBias, packedWeights } from './weights.js';
import { wordsOf } from './words.js';

/**
 * Part of WebAssembly's memory that a simulation may use; a fifth is left for gaps between blocks and for
 * growth.
 */
const USED_PART = 0.8;
/** In mode `auto`: if a larger part of the inputs fires, the dense kernel is faster (docs/speed.md). */
const DENSE_ABOVE = 0.9;

interface Train extends SpikeTrain {
  readonly codes: number;
  readonly values: SpikeWorth;
  readonly steps: number;
  /** Channels of one step, with and without padding. */
  readonly channels: number;
  readonly realChannels: number;
  readonly stepBytes: number;
  /** The part of the neurons that fired, over all steps. */
  readonly density: number;
}

export function spiking(machine: Machine): SpikingKernels {
  return {
    mostBytes: USED_PART * machine.heap.mostBytes,
    supports: knowsNeurons,
    population: (dims, neuron, kept, counted) => newPopulation(machine, dims, neuron, kept, counted),
    inject(population, current, steps) {
      const neurons = population as Neurons;
      const { height, width } = neurons.dims;
      return fire(machine, neurons, steps, (address) =>
        machine.call((lend) => {
          const padded = lend.room(4 * height * width * neurons.channels);
          const from = [lend.input(current), neurons.dims.channels];
          changeChannels(machine, padded, neurons.channels, from[0], from[1], height * width);
          const rows = rowsOf(machine, neurons);
          const of = { population: address, current: padded, steps, rows };
          machine.threads.run('spikingInput', Math.ceil(height / rows), of);
        }),
      );
    },
    convolve(population, inputs, weight, bias, dims, mode) {
      const geometryOf = (channels: Channels) => convolution({ ...dims, ...channels });
      return propagate(machine, population as Neurons, inputs as readonly Train[], {
        weight,
        bias,
        mode,
        geometryOf,
      });
    },
    convolveTransposed(population, inputs, weight, bias, dims, mode) {
      const geometryOf = (channels: Channels) => transposedConvolution({ ...dims, ...channels });
      return propagate(machine, population as Neurons, inputs as readonly Train[], {
        weight,
        bias,
        mode,
        geometryOf,
      });
    },
    pool(population, input) {
      const [neurons, train] = [population as Neurons, input as Train];
      return fire(machine, neurons, train.steps, (address) =>
        machine.call((lend) => {
          const rows = rowsOf(machine, neurons);
          const tasks = Math.ceil(neurons.dims.height / rows);
          const source = lend.words(sourceWords(train));
          const scratch = lend.scratch(neurons.dims.width * WIDE_BLOCK * 4);
          const of = { population: address, source, steps: train.steps, rows, ...scratch };
          machine.threads.run('spikingPooling', tasks, of);
        }),
      );
    },
  };
}

/** Rows of a population that are one task. */
function rowsOf(machine: Machine, { dims, channels }: Neurons): number {
  return Math.ceil(
    chunkOf(dims.height * dims.width * channels, machine.threads.count) / (dims.width * channels),
  );
}

/** Runs a kernel that writes spike codes for `steps` steps. */
function fire(machine: Machine, neurons: Neurons, steps: number, run: (population: number) => void): Train {
  const { heap } = machine;
  const { height, width } = neurons.dims;
  const stepBytes = height * width * neurons.channels;
  const codes = heap.allocate(steps * stepBytes);
  const totals = machine.call((lend) => {
    const address = lend.room(16 * steps);
    heap.counts(address, 2 * steps).fill(0n);
    run(lend.words(neurons.words(codes, address)));
    return Array.from(heap.counts(address, 2 * steps), Number);
  });
  const spikesPerStep = totals.filter((_, i) => i % 2 === 0);
  const firing = totals.reduce((sum, count, i) => (i % 2 === 0 ? sum : sum + count), 0);
  const { channels, dims, values } = neurons;
  const density = firing / (steps * height * width * dims.channels);
  const release = () => heap.release(codes);
  const realChannels = dims.channels;
  return { codes, values, steps, channels, realChannels, stepBytes, density, spikesPerStep, release };
}

/** Numbers of channels, padding included. */
type Channels = Pick<Geometry, 'channelsIn' | 'channelsOut'>;

interface Synapses {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
  readonly mode: SpikingMode;
  geometryOf(channels: Channels): Geometry;
}

function propagate(
  machine: Machine,
  neurons: Neurons,
  inputs: readonly Train[],
  { weight, bias, mode, geometryOf }: Synapses,
): Train {
  const { threads } = machine;
  const channelsIn = inputs.reduce((sum, { channels }) => sum + channels, 0);
  const geometry = geometryOf({ channelsIn, channelsOut: neurons.channels });
  const cut = cutGrid(geometry, WIDE_BLOCK, threads.count);
  const parts = inputs.map(({ realChannels, channels }) => [realChannels, channels] as const);
  const realChannelsOut = neurons.dims.channels;
  const { steps } = inputs[0];
  return fire(machine, neurons, steps, (population) =>
    machine.call((lend) => {
      const dense = mode === 'dense' || (mode === 'auto' && densityOf(inputs) > DENSE_ABOVE);
      const use = { geometry, block: dense ? BLOCK : WIDE_BLOCK, exchanged: false, parts, realChannelsOut };
      const layer = wordsOf('SpikingLayer', {
        geometry: lend.words(encodeGeometry(geometry, cut)),
        sources: lend.words(inputs.flatMap(sourceWords)),
        sourceCount: inputs.length,
        weights: packedWeights(machine, weight, use),
        bias: packedBias(machine, bias),
        ...{ population, steps, dense: dense ? 1 : 0 },
      });
      const scratch = lend.scratch(spikingScratch(geometry, cut));
      threads.run('spikingConvolution', cut.bands * cut.groups, { layer: lend.words(layer), ...scratch });
    }),
  );
}

/** Part of the input neurons that fired. */
function densityOf(inputs: readonly Train[]): number {
  const channels = inputs.reduce((sum, { realChannels }) => sum + realChannels, 0);
  return inputs.reduce((sum, { density, realChannels }) => sum + density * realChannels, 0) / channels;
}

function sourceWords({ codes, channels, stepBytes, values }: Train): number[] {
  return wordsOf('SpikeSource', { codes, channels, stepBytes, ...values });
}
