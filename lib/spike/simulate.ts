/**
 * The Spiking-UNet over T steps: the forward part of Algorithm 1 (lines 1-11), line by line. Every layer reads
 * what the layer before it fired in the same step. Convolutions run on dense tensors or on lists of events;
 * the bits are the same (kernel/contract.ts), the work is not.
 */

import type { EventList, Kernels } from '../kernel/contract.js';
import { UsageError } from '../tensor/error.js';
import { IMAGE, type Layer } from '../unet/architecture.js';
import {
  applyLayer,
  checkImage,
  gatherInput,
  hasNeuron,
  kernelDims,
  type Network,
  newOutput,
  type Signals,
} from '../unet/forward.js';
import { layerParameters } from '../unet/parameters.js';
import { findNeuron } from './neuron/index.js';
import type { NeuronParameters } from './neuron/neuron.js';

/** A U-Net's layers with normalised weights and the neurons that replace its ReLUs. */
export interface SpikingNetwork extends Network {
  /** A name of the table in neuron/index.ts. */
  readonly neuron: string;
  readonly neuronParameters: NeuronParameters;
}

/** How currents are computed: from dense tensors, from events, or whichever fits the density of each layer. */
export type Mode = 'dense' | 'event' | 'auto';
export const MODES: readonly Mode[] = ['auto', 'dense', 'event'];

/** In mode `auto`, layers with a larger fraction of non-zero inputs run dense. */
const DENSE_ABOVE = 0.5;

/** What one layer did in one step; the arrays are the simulation's own and change with the next step. */
export interface StepRecord {
  readonly layer: Layer;
  /** 0 .. T-1 */
  readonly step: number;
  readonly current: Float32Array;
  /** Membrane potential after the step. */
  readonly membrane: Float32Array;
  /** Weighted spikes o(t). */
  readonly output: Float32Array;
  /** Number of spikes of each neuron. */
  readonly spikes: Uint8Array;
}

export interface SimulationOptions {
  /** T */
  readonly steps: number;
  readonly mode: Mode;
  readonly onStep?: (record: StepRecord) => void;
}

/** What a simulation leaves behind; every map has an entry for each neuron layer. */
export interface Simulation {
  readonly steps: number;
  /** I_in of the last layer [H,W,K]: its current summed over the steps. */
  readonly output: Float32Array;
  /** I_in (line 9): input currents summed over the steps, [h,w,C]. */
  readonly currents: Signals;
  /** I_out (Eq. 10, line 9): weighted spikes summed over the steps, [h,w,C]. */
  readonly flows: Signals;
  /** Spikes of each neuron over all steps, [h,w,C]. */
  readonly spikeCounts: ReadonlyMap<string, Uint32Array>;
  /** Spikes of each layer in each step, [T]. */
  readonly spikesPerStep: ReadonlyMap<string, Float64Array>;
  /** Spikes of all neurons in all steps. */
  readonly spikes: number;
}

/** Runs `image` [H,W,C], H and W multiples of 16, for T steps. */
export function simulate(
  kernels: Kernels,
  network: SpikingNetwork,
  image: Float32Array,
  height: number,
  width: number,
  options: SimulationOptions,
): Simulation {
  checkSteps(options.steps);
  checkImage(network, image, height, width);
  const [first, ...others] = network.layers;
  const populations = newPopulations(network, height, width, options.steps); // line 1
  const output = newOutput(network.layers.at(-1)!, height, width);
  const staticCurrent = applyLayer(kernels, first, network.parameters, image, height, width); // line 2
  const fired: Signals = new Map([[IMAGE, image]]);
  for (let t = 0; t < options.steps; t++) {
    advance(network, populations, first, staticCurrent, t, fired, options);
    for (const layer of others) {
      const current = propagate(kernels, network, layer, fired, height, width, options.mode); // line 6
      if (hasNeuron(layer)) advance(network, populations, layer, current, t, fired, options);
      else addInto(output, current);
    }
  }
  return summarise(populations, output, options.steps);
}

/** Refuses a number of steps that makes no sense (UsageError). */
export function checkSteps(steps: number): void {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UsageError(`--steps ${steps}: expected a whole number of time steps of at least 1`);
  }
}

/** The neurons of one layer: state, what they fire now, and what they have done so far; all [h,w,C]. */
interface Population {
  readonly membrane: Float32Array;
  readonly output: Float32Array;
  readonly spikes: Uint8Array;
  readonly currentSum: Float32Array;
  readonly flow: Float32Array;
  readonly spikeCount: Uint32Array;
  readonly spikesPerStep: Float64Array;
}

type Populations = ReadonlyMap<string, Population>;

function newPopulations(network: SpikingNetwork, height: number, width: number, steps: number): Populations {
  const entries = network.layers.filter(hasNeuron).map((layer) => {
    const zeros = () => newOutput(layer, height, width);
    const size = zeros().length;
    const population: Population = {
      membrane: zeros().fill(network.neuronParameters.initialPotential),
      output: zeros(),
      spikes: new Uint8Array(size),
      currentSum: zeros(),
      flow: zeros(),
      spikeCount: new Uint32Array(size),
      spikesPerStep: new Float64Array(steps),
    };
    return [layer.output, population] as const;
  });
  return new Map(entries);
}

/** The current of a layer from the spikes of this step (line 6: the bias enters every time). */
function propagate(
  kernels: Kernels,
  network: SpikingNetwork,
  layer: Layer,
  fired: Signals,
  height: number,
  width: number,
  mode: Mode,
): Float32Array {
  const input = gatherInput(kernels, layer, fired, height, width);
  if (mode === 'dense') return applyLayer(kernels, layer, network.parameters, input, height, width);
  const pixels = (height >> layer.level) * (width >> layer.level);
  const events = kernels.eventsOf(input, pixels);
  if (mode === 'auto' && events.values.length > DENSE_ABOVE * input.length) {
    return applyLayer(kernels, layer, network.parameters, input, height, width);
  }
  return applyEvents(kernels, network, layer, events, height, width);
}

function applyEvents(
  kernels: Kernels,
  network: SpikingNetwork,
  layer: Layer,
  events: EventList,
  height: number,
  width: number,
): Float32Array {
  const out = newOutput(layer, height, width);
  const dims = kernelDims(layer, height, width);
  if (layer.operation === 'pool') {
    kernels.eventAvgPool2d(out, events, dims);
    return out;
  }
  const { weight, bias } = layerParameters(network.parameters, layer);
  if (layer.operation === 'conv') kernels.eventConv2d(out, events, weight, bias, dims);
  else kernels.eventConvTranspose2d(out, events, weight, bias, dims);
  return out;
}

/** Updates the neurons of a layer and adds to its sums (lines 8 and 9). */
function advance(
  network: SpikingNetwork,
  populations: Populations,
  layer: Layer,
  current: Float32Array,
  step: number,
  fired: Signals,
  options: SimulationOptions,
): void {
  const population = populations.get(layer.output)!;
  const { output, spikes, membrane } = population;
  findNeuron(network.neuron).step(output, spikes, membrane, current, network.neuronParameters);
  addInto(population.currentSum, current);
  addInto(population.flow, output);
  let total = 0;
  for (let n = 0; n < spikes.length; n++) {
    population.spikeCount[n] += spikes[n];
    total += spikes[n];
  }
  population.spikesPerStep[step] = total;
  fired.set(layer.output, output);
  options.onStep?.({ layer, step, current, membrane, output, spikes });
}

function summarise(populations: Populations, output: Float32Array, steps: number): Simulation {
  const column = <T>(pick: (population: Population) => T) =>
    new Map([...populations].map(([name, population]) => [name, pick(population)]));
  const spikesPerStep = column((population) => population.spikesPerStep);
  let spikes = 0;
  for (const perStep of spikesPerStep.values()) for (const count of perStep) spikes += count;
  return {
    steps,
    output,
    currents: column((population) => population.currentSum),
    flows: column((population) => population.flow),
    spikeCounts: column((population) => population.spikeCount),
    spikesPerStep,
    spikes,
  };
}

function addInto(sum: Float32Array, part: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i] += part[i];
}
