/** Layers of spiking neurons over many steps (assembly/spikingKernels.ts, assembly/neuronKernels.ts). */

import type { Window } from '../../core/window.js';
import type { Dynamics } from '../../neuron/neuron.js';
import type {
  FusedNeuron,
  Kept,
  Population,
  PopulationDims,
  SpikeTrain,
  SpikingKernels,
  SpikingMode,
} from '../spikingContract.js';
import { changeChannels, padChannels, withoutPadding } from './channels.js';
import { BLOCK, CASCADE, INTEGRATE, LEVELS, SINGLE, WIDE_BLOCK } from './constants.js';
import { chunkOf, cutGrid } from './cut.js';
import { convolution, encodeGeometry, type Geometry, transposedConvolution } from './geometry.js';
import type { Machine } from './machine.js';
import { spikingScratch } from './scratch.js';
import { packedBias, packedWeights } from './weights.js';
import { type Fields, wordsOf } from './words.js';

/** Of the memory of WebAssembly; a fifth is for gaps between blocks and for what grows. */
const USED_PART = 0.8;
const DYNAMICS: Readonly<Record<Dynamics, number>> = {
  integrate: INTEGRATE,
  single: SINGLE,
  cascade: CASCADE,
  levels: LEVELS,
};
/** A spike code is a byte. */
const MOST_THRESHOLDS = 8;
/** In mode `auto`: where a larger part of the inputs fires, the dense kernel is faster (docs/speed.md). */
const DENSE_ABOVE = 0.9;

/** A population with its addresses; channels are padded to whole blocks of 16. */
interface Neurons extends Population {
  readonly dims: PopulationDims;
  readonly channels: number;
  readonly values: SpikeWorth;
  readonly words: (codes: number, totals: number) => number[];
}

/** Addresses of what spikes are worth: of each threshold and of each code; and the number of thresholds. */
interface SpikeWorth {
  readonly spikeValues: number;
  readonly codeValues: number;
  readonly thresholdCount: number;
}

interface Train extends SpikeTrain {
  readonly codes: number;
  readonly values: SpikeWorth;
  readonly steps: number;
  /** With and without padding, of one step. */
  readonly channels: number;
  readonly realChannels: number;
  readonly stepBytes: number;
  /** Part of the neurons that fired, over all steps. */
  readonly density: number;
}

export function spiking(machine: Machine): SpikingKernels {
  return {
    mostBytes: USED_PART * machine.heap.mostBytes,
    supports: (dynamics, thresholds): dynamics is Dynamics =>
      dynamics !== undefined && thresholds.length <= MOST_THRESHOLDS,
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
    convolve: (population, inputs, weight, bias, dims, mode) =>
      propagate(machine, population as Neurons, inputs as readonly Train[], weight, bias, mode, (channels) =>
        convolution({ ...dims, ...channels }),
      ),
    convolveTransposed: (population, inputs, weight, bias, dims, mode) =>
      propagate(machine, population as Neurons, inputs as readonly Train[], weight, bias, mode, (channels) =>
        transposedConvolution({ ...dims, ...channels }),
      ),
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

function newPopulation(
  machine: Machine,
  dims: PopulationDims,
  neuron: FusedNeuron,
  kept: Kept,
  counted?: Window,
): Neurons {
  const { heap } = machine;
  const { height, width } = dims;
  const { top, bottom, left, right } = counted ?? { top: 0, bottom: height, left: 0, right: width };
  const channels = padChannels(dims.channels);
  const pixels = height * width;
  const size = pixels * channels;
  const levels = neuron.dynamics === 'levels' ? neuron.thresholds.length : 1;
  const zeros = (length: number) => {
    const address = heap.allocate(4 * length);
    heap.floats(address, length).fill(0);
    return address;
  };
  const membrane = zeros(levels * size);
  const sums = [kept.currents, kept.flows, kept.spikeCounts].map((wanted) => (wanted ? zeros(size) : 0));
  const { initialPotential } = neuron;
  for (let k = 0; k < levels; k++) {
    const volts = typeof initialPotential === 'number' ? initialPotential : initialPotential[k];
    if (volts !== 0) startFrom(machine, membrane + 4 * k * size, pixels, dims.channels, channels, volts);
  }
  const values = spikeWorth(machine, neuron);
  const kind = neuronFields(machine, neuron, values);
  const views = new Map<number, Float32Array>();
  const view = (address: number, rows = pixels) => {
    const known = views.get(address) ?? withoutPadding(machine, address, rows, dims.channels, channels);
    views.set(address, known);
    return known;
  };
  return {
    dims,
    channels,
    values,
    membrane: () => view(membrane, levels * pixels),
    releaseMembrane: () => {
      if (!views.has(membrane)) heap.release(membrane);
    },
    currents: () => view(sums[0]),
    flows: () => view(sums[1]),
    spikeCounts: () => {
      const counts = view(sums[2]);
      return new Uint32Array(counts.buffer, counts.byteOffset, counts.length).slice();
    },
    words: (codes, totals) =>
      wordsOf('Population', {
        ...kind,
        ...{ height, width, channels, membrane, levelBytes: 4 * size },
        ...{ codes, stepBytes: size, totals },
        ...{ currentSum: sums[0], flow: sums[1], spikeCount: sums[2] },
        ...{ windowTop: top, windowBottom: bottom, windowLeft: left, windowRight: right },
      }),
  };
}

type NeuronField = 'dynamics' | 'leak' | 'hardReset' | 'thresholds' | 'thresholdCount' | 'spikeValues';

/** What all neurons of a population share, in the fields of the struct. */
function neuronFields(
  machine: Machine,
  { dynamics, leak, reset, thresholds }: FusedNeuron,
  { spikeValues }: SpikeWorth,
): Pick<Fields<'Population'>, NeuronField> {
  return {
    dynamics: DYNAMICS[dynamics],
    leak: floatsForScope(machine, [leak]),
    hardReset: reset === 'hard' ? 1 : 0,
    thresholds: floatsForScope(machine, thresholds),
    thresholdCount: thresholds.length,
    spikeValues,
  };
}

function spikeWorth(machine: Machine, { spikeValues }: FusedNeuron): SpikeWorth {
  return {
    spikeValues: floatsForScope(machine, spikeValues),
    codeValues: floatsForScope(machine, weightedSpikes(spikeValues)),
    thresholdCount: spikeValues.length,
  };
}

/** The weighted spike of each code (Eq. 6): what its bits are worth, added from the highest threshold down. */
function weightedSpikes(spikeValues: readonly number[]): number[] {
  const { fround } = Math;
  return Array.from({ length: 2 ** spikeValues.length }, (_, code) =>
    spikeValues.reduce((sum, value, i) => ((code >> i) & 1 ? fround(sum + fround(value)) : sum), 0),
  );
}

function floatsForScope(machine: Machine, values: readonly number[]): number {
  const address = machine.heap.allocate(4 * values.length);
  machine.heap.floats(address, values.length).set(values);
  return address;
}

/** Sets membranes [pixels,padded] to `volts`; those of padding channels stay at 0, where they never fire. */
function startFrom(
  machine: Machine,
  membrane: number,
  pixels: number,
  channels: number,
  padded: number,
  volts: number,
): void {
  const potentials = machine.heap.floats(membrane, pixels * padded);
  for (let p = 0; p < pixels; p++) potentials.fill(volts, p * padded, p * padded + channels);
}

/** Rows of a population that are one task. */
function rowsOf(machine: Machine, { dims, channels }: Neurons): number {
  return Math.ceil(
    chunkOf(dims.height * dims.width * channels, machine.threads.count) / (dims.width * channels),
  );
}

/** Runs a kernel that writes spike codes for so many steps. */
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

function propagate(
  machine: Machine,
  neurons: Neurons,
  inputs: readonly Train[],
  weight: Float32Array,
  bias: Float32Array,
  mode: SpikingMode,
  geometryOf: (channels: { channelsIn: number; channelsOut: number }) => Geometry,
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
