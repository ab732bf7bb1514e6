/**
 * Simulation of a Spiking-UNet: layer by layer where the engine can, else step by step. The bits are the
 * same.
 */

import { UsageError } from '../../core/error.js';
import { hasNeuron } from '../../net/network.js';
import { membranesOf, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Kernels } from '../kernels/contract.js';
import { requireFiniteLayer, requireFiniteOutput } from '../kernels/finite.js';
import type { Frame } from '../kernels/frame.js';
import { simulateDelayed } from './delayed.js';
import { isFusable, simulateLayers } from './layerByLayer.js';
import { newTrace } from './recording.js';
import { checkSteps, type Simulation, type StepRecord, type WatchedOptions } from './simulation.js';
import { simulateSteps } from './stepByStep.js';
import { requireStepParameters } from './stepwise.js';
import { watching } from './watching.js';

/**
 * Runs `image` [H,W,C] for T steps. The result lives in the scope of the caller. NotFiniteError for an output
 * that is not finite.
 */
export function simulate(
  frame: Frame<SpikingNetwork>,
  image: Float32Array,
  options: WatchedOptions,
): Simulation {
  checkSteps(options.steps);
  const { kernels, network } = frame;
  requireStepParameters(network, options);
  const seen = options.watch ? watched(frame, options, options.watch) : options;
  const simulation = options.trace ? traced(frame, image, seen) : run(frame, image, seen);
  requireFiniteOutput(network.layers.at(-1)!, simulation.output, () => {
    const onStep = ({ layer, current }: StepRecord) => requireFiniteLayer(layer, current);
    kernels.scope(() => run(frame, image, { ...options, keep: [], onStep }));
  });
  return simulation;
}

function run(frame: Frame<SpikingNetwork>, image: Float32Array, options: WatchedOptions): Simulation {
  if (options.timing === 'delayed') return simulateDelayed(frame, image, options);
  const { spiking } = frame.kernels;
  if (spiking && runsLayerByLayer(frame.kernels, frame.network, options))
    return simulateLayers({ ...frame, spiking, options }, image);
  return simulateSteps(frame, image, options);
}

/** Options that show a caller what it watches. */
function watched(
  { network }: Frame<SpikingNetwork>,
  options: WatchedOptions,
  watch: NonNullable<WatchedOptions['watch']>,
): WatchedOptions {
  if (options.timing === 'delayed')
    throw new UsageError('watch: with the delayed timing a layer has no step t: leave one of them out');
  const { onStep, onOutput } = watching(network.layers, watch);
  const both = (record: StepRecord) => {
    options.onStep?.(record);
    onStep(record);
  };
  return { ...options, onStep: both, onOutput };
}

/** A simulation that keeps every step of every neuron. */
function traced(frame: Frame<SpikingNetwork>, image: Float32Array, options: WatchedOptions): Simulation {
  const { network, height, width } = frame;
  const trace = newTrace(network.layers, { height, width }, options.steps, (layer) =>
    membranesOf(network, layer),
  );
  const onStep = (record: StepRecord) => {
    trace.add(record);
    options.onStep?.(record);
  };
  return { ...run(frame, image, { ...options, onStep }), trace: trace.tensors };
}

/**
 * Whether a simulation runs many steps of a layer at once, or must go step by step, which takes other memory.
 */
export function runsLayerByLayer(
  { spiking }: Pick<Kernels, 'spiking'>,
  network: SpikingNetwork,
  options: Pick<WatchedOptions, 'onStep' | 'watch' | 'trace' | 'timing' | 'order'>,
): boolean {
  const { onStep, watch, trace, timing, order } = options;
  if (!spiking || onStep || watch || trace || order || timing === 'delayed') return false;
  if (network.stepParameters || !isFusable(network)) return false;
  return network.layers.filter(hasNeuron).every((layer) => {
    const { neuron, parameters } = neuronOf(network, layer);
    return spiking.supports(neuron.dynamics, parameters.thresholds);
  });
}
