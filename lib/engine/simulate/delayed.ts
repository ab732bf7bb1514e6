/**
 * The simulation with delayed timing, which is not the paper's: a layer fires only after it has seen all T
 * steps of the layers before it, so no neuron fires because of a current that a later one cancels. Its whole
 * input is one current, I_in = T b + W I_out, computed once from the flow; then the layer fires for T steps.
 * The price is latency: T steps for each layer instead of T in all. The order of the inputs is lost, so
 * neurons with a leak or a hard reset are refused. It uses no fused kernels.
 */

import { UsageError } from '../../core/error.js';
import {
  IMAGE,
  isStatic,
  type Layer,
  lastReaders,
  OUTPUT,
  outputDims,
  readsImage,
} from '../../net/architecture.js';
import { handsOnCurrent, hasNeuron, type Signals, signalOf } from '../../net/network.js';
import type { Parameters } from '../../net/parameters.js';
import { membranesOf, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { startMembranes } from '../../neuron/start.js';
import type { Kernels } from '../kernels/contract.js';
import { currentOf, type Frame } from '../kernels/frame.js';
import { newSpikeCounts, stepNeurons } from '../kernels/neuronSteps.js';
import {
  ALL_SUMS,
  addCounts,
  countedPart,
  countSpikes,
  type Simulation,
  type WatchedOptions,
} from './simulation.js';
import { propagate } from './stepByStep.js';

/** Steps from the image to the output: every layer of neurons waits T steps for the one before it. */
export function delayedLatency(layers: readonly Layer[], steps: number): number {
  return steps * layers.filter(hasNeuron).length;
}

/** Runs `image` [H,W,C]; the sums live in the scope of the caller. */
export function simulateDelayed(
  frame: Frame<SpikingNetwork>,
  image: Float32Array,
  options: WatchedOptions,
): Simulation {
  const { kernels, network } = frame;
  refuseForgetting(network);
  refuseCurrents(network.layers);
  const { layers } = network;
  const { steps, mode, keep: sums = ALL_SUMS } = options;
  const summing: Frame = {
    ...frame,
    network: { layers, parameters: biasesTimes(network.parameters, steps) },
  };
  const readers = lastReaders(layers);
  const currents: Signals = new Map();
  const still: Signals = new Map([[IMAGE, image]]);
  const isMixed = layers.some((layer) => readsImage(layer) && !isStatic(layer));
  // The image flows in at every step.
  const flows: Signals = new Map(isMixed ? [[IMAGE, times(image.slice(), steps)]] : []);
  const spikeCounts = new Map<string, Uint32Array>();
  const spikesPerStep = new Map<string, Float64Array>();
  return kernels.scope((keep) => {
    for (const layer of layers) {
      const current = kernels.scope((handOn) =>
        isStatic(layer)
          ? handOn(times(currentOf(frame, layer, still), steps))
          : handOn(propagate(summing, layer, flows, mode)),
      );
      currents.set(layer.output, current);
      if (!hasNeuron(layer)) continue;
      const fired = kernels.scope((handOn) => {
        const fired = fire(frame, layer, current, options);
        return { ...fired, flow: handOn(fired.flow) };
      });
      flows.set(layer.output, fired.flow);
      spikesPerStep.set(layer.output, fired.spikesPerStep);
      if (fired.spikeCount) spikeCounts.set(layer.output, fired.spikeCount);
      if (!sums.includes('currents')) drop(kernels, currents, layer.output);
      if (sums.includes('flows')) continue;
      for (const name of layer.inputs)
        if (name !== IMAGE && readers.get(name) === layer) drop(kernels, flows, name);
    }
    const output = keep(signalOf(currents, OUTPUT));
    currents.delete(OUTPUT);
    const kept = (signals: Signals, sum: 'currents' | 'flows'): Signals =>
      new Map(sums.includes(sum) ? [...signals].map(([name, signal]) => [name, keep(signal)]) : []);
    flows.delete(IMAGE);
    const tensors = { output, currents: kept(currents, 'currents'), flows: kept(flows, 'flows') };
    return {
      steps,
      ...tensors,
      spikeCounts,
      eventCounts: new Map(),
      spikesPerStep,
      spikes: countSpikes(spikesPerStep),
    };
  });
}

/** Refuses neurons for which the order of currents matters (UsageError). */
function refuseForgetting(network: SpikingNetwork): void {
  const neuron = network.neuron.name;
  const all = network.layers.filter(hasNeuron).map((layer) => neuronOf(network, layer).parameters);
  const forgetful = all.find(({ leak, reset }) => leak !== 1 || reset === 'hard');
  if (!forgetful) return;
  const forgets = forgetful.leak !== 1 ? `its leak of ${forgetful.leak}` : 'its reset to zero';
  throw new UsageError(
    `timing delayed: neuron ${neuron} forgets by ${forgets}, so the order of its inputs counts: ` +
      'take timing same',
  );
}

/** Refuses layers that pass on a current in every step (UsageError): here a layer has one for all steps. */
function refuseCurrents(layers: readonly Layer[]): void {
  const without = layers.find(handsOnCurrent);
  if (!without) return;
  throw new UsageError(
    `timing delayed: no neurons follow ${without.name}, so nothing waits there: take timing same`,
  );
}

/** Parameters with T times the biases, each rounded once; weights are the same arrays. */
function biasesTimes(parameters: Parameters, steps: number): Parameters {
  const scaled = ([name, values]: readonly [string, Float32Array]) =>
    [name, name.endsWith('.bias') ? times(values.slice(), steps) : values] as const;
  return new Map([...parameters].map(scaled));
}

/** values *= factor, each rounded. */
function times(values: Float32Array, factor: number): Float32Array {
  for (let i = 0; i < values.length; i++) values[i] *= factor;
  return values;
}

/** Frees a signal that no layer reads any more. */
function drop(kernels: Kernels, signals: Signals, name: string): void {
  const signal = signals.get(name);
  if (signal) kernels.release(signal);
  signals.delete(name);
}

/** T steps of a layer's neurons: all of its current [h,w,C] arrives in the first, so that V = V(0) + I_in. */
function fire(
  { kernels, network, height, width }: Frame<SpikingNetwork>,
  layer: Layer,
  current: Float32Array,
  { steps, counted, keep = ALL_SUMS, onStep }: WatchedOptions,
) {
  const kind = neuronOf(network, layer);
  const [flow, output, silence] = [0, 0, 0].map((zero) => kernels.tensor(current.length).fill(zero));
  const membrane = kernels.tensor(membranesOf(network, layer) * current.length);
  startMembranes(kind.neuron, kind.parameters, membrane);
  const spikes = newSpikeCounts(kernels, current.length);
  const spikeCount = keep.includes('spikeCounts') ? new Uint32Array(current.length) : undefined;
  const spikesPerStep = new Float64Array(steps);
  const dims = outputDims(layer, height, width);
  const window = countedPart(counted, dims, height);
  for (let step = 0; step < steps; step++) {
    const arriving = step === 0 ? current : silence;
    stepNeurons(kernels, kind, output, spikes, membrane, arriving);
    kernels.addInto(flow, output);
    if (spikeCount) addCounts(spikeCount, spikes);
    spikesPerStep[step] = kernels.countWithin(spikes, window, dims);
    onStep?.({ layer, step, current: arriving, membrane, output, spikes });
  }
  return { flow, spikeCount, spikesPerStep };
}
