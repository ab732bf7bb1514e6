/** The options and the results of a simulation. */

import { UsageError } from '../../core/error.js';
import type { Window } from '../../core/window.js';
import type { Layer } from '../../net/architecture.js';
import type { Signals } from '../../net/network.js';
import type { NamedTensors } from '../../net/parameters.js';
import type { SpikingMode } from '../kernels/spikingContract.js';

/** How currents are computed: from dense tensors, from events, or by the density of each layer (auto). */
export type Mode = SpikingMode;
export const MODES: readonly Mode[] = ['auto', 'dense', 'event'];

/** One step of one layer; the arrays belong to the simulation and change in the next step. */
export interface StepRecord {
  readonly layer: Layer;
  /** 0 .. T-1 */
  readonly step: number;
  readonly current: Float32Array;
  /** Membrane potential after the step, [h,w,C]; [k,h,w,C] for neurons with k of them. */
  readonly membrane: Float32Array;
  /** Weighted spikes o(t). */
  readonly output: Float32Array;
  /** Number of spikes of each neuron. */
  readonly spikes: Uint8Array;
}

/** What a layer did in one step. */
export interface WatchedStep {
  /** The name of its signal: relu1, pooling1, .., or output. */
  readonly signal: string;
  /** 0 .. T-1 */
  readonly step: number;
  /** Weighted spikes o(t) [h,w,C], in volts; of the network's output its current summed so far [H,W,K]. */
  readonly output: Float32Array;
  /** Spikes of each neuron in this step, [h,w,C]; of the network's output none. */
  readonly spikes: Uint8Array;
  /**
   * Membrane potentials after the step, in volts: [h,w,C], [k,h,w,C] for neurons with k of them; of the
   * network's output none.
   */
  readonly membrane: Float32Array;
}

export interface Watch {
  readonly signals: readonly string[];
  /** Called with every step of these layers, as soon as it is done. */
  onStep(watched: WatchedStep): void;
}

/** The sums over the steps that can be kept for every neuron. */
export type Sums = 'currents' | 'flows' | 'spikeCounts';
export const ALL_SUMS: readonly Sums[] = ['currents', 'flows', 'spikeCounts'];

export interface SimulationOptions {
  /** T */
  readonly steps: number;
  /** Default: auto. */
  readonly mode?: Mode;
  /** Which sums are kept; default: all. Others cost neither memory nor time. */
  readonly keep?: readonly Sums[];
  /** The part of the image whose spikes are counted, with sides that the network divides; default: all. */
  readonly counted?: Window | undefined;
  /**
   * A layer reads what the layers before it fire in the same step (Algorithm 1; default). `delayed`: it
   * fires for T steps, after the layers before it have done so (delayed.ts).
   */
  readonly timing?: 'same' | 'delayed';
  /**
   * The layers in the order in which they take a step; default: the network's. If given, steps are run one by
   * one.
   */
  readonly order?: (layers: readonly Layer[]) => readonly Layer[];
  /** How many steps a layer runs before the next layer begins; default: as many as fit the memory. */
  readonly stepsAtOnce?: number;
  /** Whether every step of every neuron is kept; if so, steps are run one by one. */
  readonly trace?: boolean;
  /** Layers whose steps are shown as they are done; if given, steps are run one by one. */
  readonly watch?: Watch;
}

/** Options with a callback inside the engine for every step of every layer; steps are then run one by one. */
export interface WatchedOptions extends SimulationOptions {
  readonly onStep?: (record: StepRecord) => void;
  /** Is shown the summed current of the output [H,W,K] after every step. */
  readonly onOutput?: (step: number, sum: Float32Array) => void;
}

/**
 * The results of a simulation; unless stated otherwise, a map that is kept has an entry for each neuron
 * layer.
 */
export interface Simulation {
  readonly steps: number;
  /** I_in of the last layer [H,W,K]: its current summed over the steps. */
  readonly output: Float32Array;
  /** I_in (line 9): input currents summed over the steps, [h,w,C]. */
  readonly currents: Signals;
  /**
   * I_out (Eq. 10, line 9): weighted spikes summed over the steps, [h,w,C]; for layers without neurons the
   * summed currents.
   */
  readonly flows: Signals;
  /** Spikes of each neuron over all steps, [h,w,C]. */
  readonly spikeCounts: ReadonlyMap<string, Uint32Array>;
  /** For layers without neurons: in how many steps a value was not 0, [h,w,C]; kept with the spike counts. */
  readonly eventCounts: ReadonlyMap<string, Uint32Array>;
  /** Spikes of each layer in each step, [T]; of all neurons, or of those in the window that is counted. */
  readonly spikesPerStep: ReadonlyMap<string, Float64Array>;
  /** Spikes of all layers in all steps, counted as in `spikesPerStep`. */
  readonly spikes: number;
  /** Every step of every neuron, with option `trace`: `spike.NAME` and `membrane.NAME` (docs/formats.md). */
  readonly trace?: NamedTensors;
}

/** Refuses a number of steps that makes no sense (UsageError). */
export function checkSteps(steps: number): void {
  if (!Number.isInteger(steps) || steps < 1) {
    throw new UsageError(`steps ${steps}: expected a whole number of at least 1`);
  }
}

/** A window of an image of `imageHeight` rows, in a layer's output of `height` rows. */
export function windowOfLayer(window: Window, height: number, imageHeight: number): Window {
  const scale = (side: number) => (side * height) / imageHeight;
  const { top, bottom, left, right } = window;
  return { top: scale(top), bottom: scale(bottom), left: scale(left), right: scale(right) };
}

/** The part of a layer's output [h,w,C] whose spikes are counted: that of a window of the image, or all. */
export function countedPart(
  counted: Window | undefined,
  { height, width }: { readonly height: number; readonly width: number },
  imageHeight: number,
): Window {
  if (counted) return windowOfLayer(counted, height, imageHeight);
  return { top: 0, bottom: height, left: 0, right: width };
}

/** sum += spikes of one step, neuron by neuron. */
export function addCounts(sum: Uint32Array, spikes: Uint8Array): void {
  for (let n = 0; n < spikes.length; n++) sum[n] += spikes[n];
}

/** Spikes of all layers in all steps. */
export function countSpikes(spikesPerStep: Simulation['spikesPerStep']): number {
  let spikes = 0;
  for (const perStep of spikesPerStep.values()) for (const count of perStep) spikes += count;
  return spikes;
}
