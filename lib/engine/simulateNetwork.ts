/** Simulation of a Spiking-UNet: layer by layer where the engine can, else step by step. The bits are the same. */

import { checkImage, hasNeuron } from '../net/network.js';
import { hasAmplitudes } from '../neuron/amplitudes.js';
import { neuronOf, type SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { Kernels } from './contract.js';
import { simulateDelayed } from './delayed.js';
import { requireFiniteLayer, requireFiniteOutput } from './finite.js';
import { simulateLayers } from './layerByLayer.js';
import { checkSteps, type Simulation, type SimulationOptions, type StepRecord } from './simulation.js';
import { simulateSteps } from './stepByStep.js';

/**
 * Runs `image` [H,W,C], H and W multiples of 16, for T steps. What it returns lives in the scope of the caller.
 * NotFiniteError for an output that is no number.
 */
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
  if (hasAmplitudes(network.parameters)) throw new Error('amplitudes of spikes: fold them into the weights');
  const simulation = run(kernels, network, image, height, width, options);
  requireFiniteOutput(network.layers.at(-1)!, simulation.output, () => {
    const onStep = ({ layer, current }: StepRecord) => requireFiniteLayer(layer, current);
    kernels.scope(() => run(kernels, network, image, height, width, { ...options, keep: [], onStep }));
  });
  return simulation;
}

function run(
  kernels: Kernels,
  network: SpikingNetwork,
  image: Float32Array,
  height: number,
  width: number,
  options: SimulationOptions,
): Simulation {
  if (options.timing === 'delayed') return simulateDelayed(kernels, network, image, height, width, options);
  const { spiking } = kernels;
  if (spiking && runsLayerByLayer(kernels, network, options))
    return simulateLayers(kernels, { spiking, network, height, width, options }, image);
  return simulateSteps(kernels, network, image, height, width, options);
}

/** Whether a simulation runs many steps of a layer at once, or must go step by step, which takes other memory. */
export function runsLayerByLayer(
  { spiking }: Kernels,
  network: SpikingNetwork,
  { onStep, timing }: Pick<SimulationOptions, 'onStep' | 'timing'>,
): boolean {
  if (!spiking || onStep || timing === 'previous' || timing === 'delayed') return false;
  return network.layers.filter(hasNeuron).every((layer) => {
    const { neuron, parameters } = neuronOf(network, layer);
    return spiking.supports(neuron.dynamics, parameters.thresholds);
  });
}
