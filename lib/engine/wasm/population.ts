/**
 * The neurons of a layer in the memory of WebAssembly (assembly/neuronKernels.ts): membranes, sums, and
 * values of spikes.
 */

import type { Window } from '../../core/window.js';
import type { FusedNeuron, Kept, Population, PopulationDims } from '../kernels/spikingContract.js';
import { padChannels, withoutPadding } from './channels.js';
import type { Machine } from './machine.js';
import { neuronKind } from './neuronKind.js';
import { wordsOf } from './words.js';

/** A population with its addresses; channels are padded to whole blocks of 16. */
export interface Neurons extends Population {
  readonly dims: PopulationDims;
  readonly channels: number;
  readonly values: SpikeWorth;
  readonly words: (codes: number, totals: number) => number[];
}

/** Addresses of the values of spikes, by threshold and by code; and the number of thresholds. */
export interface SpikeWorth {
  readonly spikeValues: number;
  readonly codeValues: number;
  readonly thresholdCount: number;
}

/** New neurons; their tensors belong to the innermost scope. */
export function newPopulation(
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
  const floats = (values: readonly number[]) => floatsForScope(machine, values);
  const kind = wordsForScope(machine, neuronKind(floats, neuron, 4 * size));
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
        ...{ kind, height, width, channels, membrane },
        ...{ codes, stepBytes: size, totals },
        ...{ currentSum: sums[0], flow: sums[1], spikeCount: sums[2] },
        ...{ windowTop: top, windowBottom: bottom, windowLeft: left, windowRight: right },
      }),
  };
}

function spikeWorth(machine: Machine, { spikeValues }: FusedNeuron): SpikeWorth {
  return {
    spikeValues: floatsForScope(machine, spikeValues),
    codeValues: floatsForScope(machine, weightedSpikes(spikeValues)),
    thresholdCount: spikeValues.length,
  };
}

/** The weighted spike of each code (Eq. 6): the values of its bits, added from the highest threshold down. */
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

function wordsForScope(machine: Machine, values: readonly number[]): number {
  const address = machine.heap.allocate(4 * values.length);
  machine.heap.integers(address, values.length).set(values);
  return address;
}

/** Sets membranes [pixels,padded] to `volts`; those of padding channels stay at 0 and never fire. */
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
