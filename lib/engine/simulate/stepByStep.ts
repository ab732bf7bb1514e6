/**
 * The Spiking-UNet over T steps: the forward part of Algorithm 1 (lines 1-11), line by line. Every layer
 * reads what the layers before it fired in the same step. Convolutions run on dense tensors or on lists of
 * events; the bits are the same (kernels/contract.ts), the work is not.
 */

import type { Window } from '../../core/window.js';
import { IMAGE, type Layer, outputDims, outputLayer } from '../../net/architecture.js';
import { handsOnCurrent, hasNeuron, type Signals } from '../../net/network.js';
import { type LayerNeuron, membranesOf, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { startMembranes } from '../../neuron/start.js';
import type { Kernels } from '../kernels/contract.js';
import { applyLayer, type Frame, gatherInput, newOutput, staticCurrents } from '../kernels/frame.js';
import { newSpikeCounts, stepNeurons } from '../kernels/neuronSteps.js';
import {
  ALL_SUMS,
  addCounts,
  countedPart,
  countSpikes,
  type Mode,
  type Simulation,
  type StepRecord,
  type Sums,
  type WatchedOptions,
} from './simulation.js';
import { frameOfStep } from './stepwise.js';

/** In mode `auto`, layers with a larger fraction of non-zero inputs run dense. */
const DENSE_ABOVE = 0.5;

/** Runs `image` [H,W,C] step by step; the sums live in the scope of the caller. */
export function simulateSteps(
  frame: Frame<SpikingNetwork>,
  image: Float32Array,
  options: WatchedOptions,
): Simulation {
  const { kernels, network } = frame;
  const order = options.order?.(network.layers) ?? network.layers;
  const populations = newPopulations(frame, options); // line 1
  const passing = newPassing(frame, options);
  const output = newOutput(frame, outputLayer(network.layers)).fill(0);
  // Line 2; with parameters of their own in each step, these currents are not the same in all of them.
  const still = network.stepParameters ? new Map() : staticCurrents(frame, image);
  const fired: Signals = new Map([[IMAGE, image]]);
  for (const [name, { output }] of [...populations, ...passing]) fired.set(name, output);
  for (let t = 0; t < options.steps; t++) {
    const now = frameOfStep(frame, t);
    for (const layer of order) {
      kernels.scope(() => {
        const current = still.get(layer) ?? propagate(now, layer, fired, options.mode); // line 6
        const [population, passed] = [populations.get(layer.output), passing.get(layer.output)];
        if (population) advance(kernels, population, { layer, step: t, current }, options.onStep);
        else if (passed) handOn(kernels, passed, current);
        else {
          kernels.addInto(output, current);
          options.onOutput?.(t, output);
        }
      });
    }
  }
  return summarise(populations, passing, output, options);
}

/** The neurons of one layer: state, spikes of this step, and sums so far; all [h,w,C]. */
interface Population {
  readonly kind: LayerNeuron;
  /** [k,h,w,C] for neurons with k potentials. */
  readonly membrane: Float32Array;
  readonly output: Float32Array;
  readonly spikes: Uint8Array;
  /** Sums over the steps, if they are kept. */
  readonly currentSum: Float32Array | undefined;
  readonly flow: Float32Array | undefined;
  readonly spikeCount: Uint32Array | undefined;
  readonly spikesPerStep: Float64Array;
  readonly width: number;
  readonly counted: Window;
}

type Populations = ReadonlyMap<string, Population>;

function newPopulations(
  frame: Frame<SpikingNetwork>,
  { steps, counted, keep = ALL_SUMS }: WatchedOptions,
): Populations {
  const { kernels, network, height, width } = frame;
  const kept = <T>(sum: Sums, make: () => T) => (keep.includes(sum) ? make() : undefined);
  const entries = network.layers.filter(hasNeuron).map((layer) => {
    const filled = (value: number) => newOutput(frame, layer).fill(value);
    const output = filled(0);
    const dims = outputDims(layer, height, width);
    const kind = neuronOf(network, layer);
    const membrane = kernels.tensor(membranesOf(network, layer) * output.length);
    startMembranes(kind.neuron, kind.parameters, membrane);
    const population: Population = {
      kind,
      membrane,
      output,
      spikes: newSpikeCounts(kernels, output.length),
      currentSum: kept('currents', () => filled(0)),
      flow: kept('flows', () => filled(0)),
      spikeCount: kept('spikeCounts', () => new Uint32Array(output.length)),
      spikesPerStep: new Float64Array(steps),
      width: dims.width,
      counted: countedPart(counted, dims, height),
    };
    return [layer.output, population] as const;
  });
  return new Map(entries);
}

/** A layer without neurons: the current of this step, which others read, and sums so far; all [h,w,C]. */
interface Passing {
  readonly output: Float32Array;
  /**
   * Sums over the steps, if they are kept: of the currents, and of the steps in which a current was not 0.
   */
  readonly flow: Float32Array | undefined;
  readonly eventCount: Uint32Array | undefined;
}

function newPassing(
  frame: Frame<SpikingNetwork>,
  { keep = ALL_SUMS }: WatchedOptions,
): ReadonlyMap<string, Passing> {
  const entries = frame.network.layers.filter(handsOnCurrent).map((layer) => {
    const output = newOutput(frame, layer).fill(0);
    const flow = keep.includes('flows') ? newOutput(frame, layer).fill(0) : undefined;
    const eventCount = keep.includes('spikeCounts') ? new Uint32Array(output.length) : undefined;
    return [layer.output, { output, flow, eventCount }] as const;
  });
  return new Map(entries);
}

function handOn(kernels: Kernels, { output, flow, eventCount }: Passing, current: Float32Array): void {
  output.set(current);
  if (flow) kernels.addInto(flow, current);
  if (eventCount) for (let n = 0; n < current.length; n++) if (current[n] !== 0) eventCount[n] += 1;
}

/** The current of a layer from the spikes of this step (line 6: the bias enters every time). */
export function propagate(frame: Frame, layer: Layer, fired: Signals, mode: Mode = 'auto'): Float32Array {
  const input = gatherInput(frame, layer, fired);
  const dense = mode === 'dense' || (mode === 'auto' && density(frame.kernels, input) > DENSE_ABOVE);
  return applyLayer(frame, layer, input, dense ? 'forward' : 'events');
}

function density(kernels: Kernels, values: Float32Array): number {
  return kernels.countNonZero(values) / values.length;
}

/** Updates the neurons of a layer and adds to its sums (line 9). */
function advance(
  kernels: Kernels,
  population: Population,
  { layer, step, current }: Pick<StepRecord, 'layer' | 'step' | 'current'>,
  onStep: WatchedOptions['onStep'],
): void {
  const { kind, output, spikes, membrane } = population;
  stepNeurons(kernels, kind, output, spikes, membrane, current); // line 8
  const { currentSum, flow, spikeCount, counted, width } = population;
  if (currentSum) kernels.addInto(currentSum, current);
  if (flow) kernels.addInto(flow, output);
  if (spikeCount) addCounts(spikeCount, spikes);
  population.spikesPerStep[step] = kernels.countWithin(spikes, counted, {
    width,
    channels: layer.channelsOut,
  });
  onStep?.({ layer, step, current, membrane, output, spikes });
}

function summarise(
  populations: Populations,
  passing: ReadonlyMap<string, Passing>,
  output: Float32Array,
  { steps }: WatchedOptions,
): Simulation {
  const spikesPerStep = column(populations, (population) => population.spikesPerStep);
  return {
    steps,
    output,
    currents: column(populations, (population) => population.currentSum),
    flows: new Map([...column(populations, ({ flow }) => flow), ...column(passing, ({ flow }) => flow)]),
    spikeCounts: column(populations, (population) => population.spikeCount),
    eventCounts: column(passing, (passed) => passed.eventCount),
    spikesPerStep,
    spikes: countSpikes(spikesPerStep),
  };
}

/** One thing of each layer that has it. */
function column<L, T>(layers: ReadonlyMap<string, L>, pick: (layer: L) => T | undefined): Map<string, T> {
  const entries = [...layers].flatMap(([name, layer]) => {
    const picked = pick(layer);
    return picked === undefined ? [] : [[name, picked] as const];
  });
  return new Map(entries);
}
