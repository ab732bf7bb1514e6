/**
 * The simulation layer by layer: the network has no loops, so a layer can run through many steps before the
 * next one begins. Its weights and membranes then stay in the cache, and only spikes travel between layers.
 * Every neuron sees the same currents in the same order as in stepByStep.ts, so the bits are the same.
 */

import { UsageError } from '../../core/error.js';
import { isStatic, type Layer, lastReaders, OUTPUT, outputDims, readsImage } from '../../net/architecture.js';
import { handsOnCurrent, hasNeuron, type Network } from '../../net/network.js';
import { layerParameters } from '../../net/parameters.js';
import { mostMembranes, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { type Frame, isPair, kernelDims, staticCurrents } from '../kernels/frame.js';
import { toMiB } from '../kernels/memory.js';
import { hasKernels, kernelsOf } from '../kernels/operations.js';
import type { FusedNeuron, Population, SpikeTrain, SpikingKernels } from '../kernels/spikingContract.js';
import {
  ALL_SUMS,
  countSpikes,
  type Simulation,
  type SimulationOptions,
  windowOfLayer,
} from './simulation.js';
import { simulationBytes, stepsAtOnce } from './simulationMemory.js';

/** What all layers of one simulation share. */
interface Context extends Frame<SpikingNetwork> {
  readonly spiking: SpikingKernels;
  readonly options: SimulationOptions;
}

/**
 * Whether fused kernels can compute the currents of a network: layers of known operations that read one
 * signal, or a concatenation of two; but not an image joined with spikes, nor a current that others read.
 */
export function isFusable({ layers }: Network): boolean {
  return layers.every((layer) => {
    if (handsOnCurrent(layer)) return false;
    if (isStatic(layer)) return true;
    return hasKernels(layer.op) && !readsImage(layer) && (layer.inputs.length === 1 || isPair(layer));
  });
}

/** Runs `image` [H,W,C] layer by layer; the sums live in the scope of the caller. */
export function simulateLayers(context: Context, image: Float32Array): Simulation {
  const { kernels, network, height, width, options } = context;
  checkMemory(context);
  return kernels.scope((keep) => {
    const still = staticCurrents(context, image); // line 2
    const populations = new Map<string, Population>();
    const spikesPerStep = new Map(
      network.layers.filter(hasNeuron).map((layer) => [layer.output, new Float64Array(options.steps)]),
    );
    const atOnce = options.stepsAtOnce ?? stepsAtOnce(network.layers, height, width, options.steps);
    for (let done = 0; done < options.steps; done += atOnce) {
      const steps = Math.min(atOnce, options.steps - done);
      const record = (layer: Layer, train: SpikeTrain) =>
        spikesPerStep.get(layer.output)?.set(train.spikesPerStep, done);
      const last = done + steps === options.steps;
      runSteps(context, populations, { still, steps, last }, record);
    }
    return summarise(context, populations, spikesPerStep, keep);
  });
}

/** Refuses a simulation that does not fit into memory, before anything is computed (UsageError). */
function checkMemory({ spiking, network, height, width, options }: Context): void {
  const { steps, keep = ALL_SUMS } = options;
  const membranes = mostMembranes(network);
  const bytes = simulationBytes(network.layers, { height, width, steps, sums: keep.length, membranes });
  if (bytes <= spiking.mostBytes) return;
  throw new UsageError(
    `${width}x${height} pixels over ${steps} steps need about ${toMiB(bytes)} MiB, at most ` +
      `${toMiB(spiking.mostBytes)} are possible: take a smaller image or fewer steps`,
  );
}

/** Some consecutive steps. */
interface Round {
  /** Currents of the layers that read only the image, the same in every step. */
  readonly still: ReturnType<typeof staticCurrents>;
  readonly steps: number;
  /** Whether these are the last steps, after which membranes are not needed any more. */
  readonly last: boolean;
}

/** Runs every layer in turn through some steps. */
function runSteps(
  context: Context,
  populations: Map<string, Population>,
  { still, steps, last }: Round,
  record: (layer: Layer, train: SpikeTrain) => void,
): void {
  const { spiking, network } = context;
  const readers = lastReaders(network.layers);
  const trains = new Map<string, SpikeTrain>();
  for (const layer of network.layers) {
    const population = populations.get(layer.output) ?? newPopulation(context, layer);
    populations.set(layer.output, population);
    const inputs = layer.inputs.flatMap((name) => trains.get(name) ?? []);
    const current = still.get(layer);
    const train = current
      ? spiking.inject(population, current, steps)
      : propagate(context, layer, population, inputs); // line 6
    record(layer, train);
    trains.set(layer.output, train);
    for (const name of layer.inputs) if (readers.get(name) === layer) trains.get(name)?.release();
    if (last && hasNeuron(layer)) population.releaseMembrane();
  }
  trains.get(OUTPUT)!.release();
}

/** The neurons of a layer; those of the last one sum their current and never fire. */
function newPopulation(context: Context, layer: Layer): Population {
  const { spiking, network, height, width, options } = context;
  const { keep = ALL_SUMS } = options;
  const fires = hasNeuron(layer);
  const kept = (sum: (typeof ALL_SUMS)[number]) => fires && keep.includes(sum);
  const dims = outputDims(layer, height, width);
  const { counted } = options;
  return spiking.population(
    dims,
    fires ? fusedNeuron(network, layer) : READ_OUT,
    { currents: kept('currents'), flows: kept('flows'), spikeCounts: kept('spikeCounts') },
    counted && windowOfLayer(counted, dims.height, height),
  );
}

/** The last layer sums its current and never fires. */
const READ_OUT: FusedNeuron = {
  dynamics: 'integrate',
  thresholds: [],
  spikeValues: [],
  leak: 1,
  reset: 'soft',
  initialPotential: 0,
};

function fusedNeuron(network: SpikingNetwork, layer: Layer): FusedNeuron {
  const { neuron, parameters } = neuronOf(network, layer);
  if (neuron.dynamics === undefined) throw new Error(`${layer.output}: its neurons have no fused kernels`);
  return { ...parameters, dynamics: neuron.dynamics };
}

/** Computes the spikes of a layer from those that it reads. */
function propagate(
  context: Context,
  layer: Layer,
  population: Population,
  inputs: readonly SpikeTrain[],
): SpikeTrain {
  const { spiking, network, options } = context;
  const weights = layerParameters(network.parameters, layer);
  const dims = kernelDims(context, layer);
  return kernelsOf(layer.op).spike(spiking, population, inputs, weights, dims, options.mode ?? 'auto');
}

function summarise(
  { network, options }: Context,
  populations: ReadonlyMap<string, Population>,
  spikesPerStep: Simulation['spikesPerStep'],
  keep: (tensor: Float32Array) => Float32Array,
): Simulation {
  const { steps, keep: sums = ALL_SUMS } = options;
  const column = <T>(sum: (typeof ALL_SUMS)[number], pick: (population: Population) => T): Map<string, T> => {
    const layers = sums.includes(sum) ? network.layers.filter(hasNeuron) : [];
    return new Map(layers.map(({ output }) => [output, pick(populations.get(output)!)]));
  };
  return {
    steps,
    output: keep(populations.get(OUTPUT)!.membrane()),
    currents: column('currents', (population) => keep(population.currents())),
    flows: column('flows', (population) => keep(population.flows())),
    spikeCounts: column('spikeCounts', (population) => population.spikeCounts()),
    eventCounts: new Map(),
    spikesPerStep,
    spikes: countSpikes(spikesPerStep),
  };
}
