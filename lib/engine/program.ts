/**
 * A network that was prepared for an engine: its weights are packed once, at their first use, and stay so
 * until `dispose`. Results are arrays that belong to the caller; the engine's memory is not visible outside.
 */

import { UsageError } from '../core/error.js';
import type { FloatImage } from '../core/floatImage.js';
import { OUTPUT } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import { type Network, type Signals, signalOf } from '../net/network.js';
import { foldAmplitudes } from '../neuron/amplitudes.js';
import { foldNormalisation } from '../neuron/foldedNormalisation.js';
import { mostMembranes, type SpikingNetwork } from '../neuron/spikingNetwork.js';
import { requireImage } from './kernels/checked.js';
import type { Kernels } from './kernels/contract.js';
import type { Frame } from './kernels/frame.js';
import { forwardBytes } from './kernels/memory.js';
import { forward, forwardFrom } from './simulate/forward.js';
import { quantisedForward } from './simulate/quantised.js';
import { runsLayerByLayer, simulate } from './simulate/simulateNetwork.js';
import { ALL_SUMS, type Simulation, type SimulationOptions } from './simulate/simulation.js';
import { delayedBytes, simulationBytes, stepByStepBytes } from './simulate/simulationMemory.js';
import { arraysOf, bytesOfMoreWeights, requireOneSet } from './simulate/stepwise.js';

/** The signals of one forward pass. */
export interface Pass {
  /** The image that was run. */
  readonly image: FloatImage;
  /** A signal by its name (relu1, .., pooling1, .., output), [h,w,C]. */
  signal(name: string): Float32Array;
  /** The output [H,W,K] if one signal is replaced; the pass itself does not change. */
  outputWith(name: string, signal: Float32Array): Float32Array;
}

/**
 * Images have heights and widths that are multiples of `multipleOf` (`padImage`), and the network's channels;
 * UsageError or DataError for an image that does not fit, NotFiniteError names the first layer whose output
 * is not finite.
 */
export interface Program {
  /** Sides of images must be multiples of this: 16 for the paper's U-Net. */
  readonly multipleOf: number;
  /** The forward pass of a U-Net: its output [H,W,K]. */
  run(image: FloatImage): Float32Array;
  /**
   * Runs a U-Net and calls `look` with all its signals, which are valid until it returns; returns its result.
   */
  examine<T>(image: FloatImage, look: (pass: Pass) => T): T;
  /** T steps of a spiking network. UsageError for one without neurons. */
  simulate(image: FloatImage, options: SimulationOptions): Simulation;
  /**
   * The output [H,W,K] of a one-step network, computed as a U-Net with N-bit activations; UsageError for
   * other neurons.
   */
  quantised(image: FloatImage): Float32Array;
  /**
   * Bytes that `run` takes on an image of this size, or with `options` those of `simulate` (without a trace).
   */
  bytesOf(height: number, width: number, options?: SimulationOptions): number;
  /** Frees what it holds in the engine. */
  dispose(): void;
}

/** Prepares a network, which must not be changed until the program is disposed of. */
export function newProgram(kernels: Kernels, given: Network): Program {
  const network = foldNetwork(given);
  const release = kernels.hold(arraysOf(network));
  let disposed = false;
  /** Checks an image, runs `work` on it, and then frees its tensors. */
  const within = <T>(image: FloatImage, work: (frame: Frame) => T): T => {
    if (disposed) throw new Error('the program was disposed of: prepare the network again');
    requireImage(network, image);
    const { height, width } = image;
    return kernels.scope(() => work({ kernels, network, height, width }));
  };
  /** The same, for one pass as a U-Net. */
  const atOnce = <T>(image: FloatImage, work: (frame: Frame) => T): T => {
    requireOneSet(network, 'as a U-Net', 'simulate it');
    return within(image, work);
  };
  return {
    multipleOf: multipleOf(network.layers),
    run: (image) => atOnce(image, (frame) => signalOf(forward(frame, image.data, 'output'), OUTPUT).slice()),
    examine: (image, look) =>
      atOnce(image, (frame) => {
        const signals = forward(frame, image.data);
        return look({
          image,
          signal: (name) => signalOf(signals, name).slice(),
          outputWith: (name, signal) =>
            kernels.scope(() => forwardFrom(frame, signals, { name, signal }).slice()),
        });
      }),
    simulate: (image, options) =>
      within(image, (frame) => ownArrays(simulate(spikingFrame(frame), image.data, options))),
    quantised: (image) => atOnce(image, (frame) => quantisedForward(spikingFrame(frame), image.data).slice()),
    bytesOf: (height, width, options) =>
      options
        ? bytesOfSimulation(kernels, spikingOf(network), { height, width }, options)
        : forwardBytes(network.layers, height, width),
    dispose: () => {
      disposed = true;
      release();
    },
  };
}

/** The network as kernels run it: amplitudes and batch normalisation are part of its weights. */
function foldNetwork(network: Network): Network {
  const plain = { ...network, parameters: foldAmplitudes(network.layers, network.parameters) };
  return 'neuron' in plain ? foldNormalisation(plain as SpikingNetwork) : plain;
}

function ownArrays(simulation: Simulation): Simulation {
  const own = (signals: Signals): Signals =>
    new Map([...signals].map(([name, values]) => [name, values.slice()]));
  const { output, currents, flows } = simulation;
  return { ...simulation, output: output.slice(), currents: own(currents), flows: own(flows) };
}

function spikingFrame(frame: Frame): Frame<SpikingNetwork> {
  return { ...frame, network: spikingOf(frame.network) };
}

function spikingOf(network: Network): SpikingNetwork {
  if ('neuron' in network) return network as SpikingNetwork;
  throw new UsageError('the network has no neurons: convert it first');
}

function bytesOfSimulation(
  kernels: Kernels,
  network: SpikingNetwork,
  size: { readonly height: number; readonly width: number },
  options: SimulationOptions,
): number {
  const { steps, keep = ALL_SUMS, timing } = options;
  const footprint = { ...size, steps, sums: keep.length, membranes: mostMembranes(network) };
  if (timing === 'delayed') return delayedBytes(network.layers, footprint);
  const bytesOf = runsLayerByLayer(kernels, network, options) ? simulationBytes : stepByStepBytes;
  return bytesOf(network.layers, footprint) + bytesOfMoreWeights(network);
}
