/**
 * A network over T steps on one example, layer by layer, forward and backward, for training through time
 * (throughTime.ts). Its only loops are those of its membranes, so all steps of a layer can be computed before
 * the next layer.
 */

import { IMAGE, isStatic, type Layer } from '../../net/architecture.js';
import { type Signals, signalOf } from '../../net/network.js';
import { layerParameters, newParameters, type Parameters } from '../../net/parameters.js';
import { stepBackOf } from '../../neuron/derivative.js';
import type { SpikeDerivative } from '../../neuron/neuron.js';
import { membranesOf, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { startMembranes } from '../../neuron/start.js';
import type { Kernels } from '../kernels/contract.js';
import { type Frame, staticCurrents } from '../kernels/frame.js';
import { newSpikeCounts, stepNeurons, stepNeuronsBack } from '../kernels/neuronSteps.js';
import { propagate } from '../simulate/stepByStep.js';
import { inputGradient, parameterGradient, scatterGradient } from './backward.js';
import type { Example } from './method.js';

export interface Unrolled extends Frame<SpikingNetwork> {
  readonly target: Example['target'];
  /** The image and the spikes of every layer, by name, in each step. */
  readonly steps: readonly Signals[];
  /** The currents of layers that read only the image. */
  readonly still: ReturnType<typeof staticCurrents>;
}

/** The network on an example, before its first layer. */
export function unroll(
  kernels: Kernels,
  network: SpikingNetwork,
  { image, target }: Example,
  T: number,
): Unrolled {
  const frame = { kernels, network, height: image.height, width: image.width };
  const steps = Array.from({ length: T }, (): Signals => new Map([[IMAGE, image.data]]));
  return { ...frame, target, steps, still: staticCurrents(frame, image.data) };
}

/** I(t) of every step; the same array in all of them where a layer reads only the image. */
export function currentsOf(unrolled: Unrolled, layer: Layer): Float32Array[] {
  const { steps, still } = unrolled;
  return steps.map((signals) => still.get(layer) ?? propagate(unrolled, layer, signals));
}

/** The neurons of a layer step by step: `see` is shown V(t-1), and what they fire is in `out` afterwards. */
function runNeurons(
  { kernels, network }: Unrolled,
  layer: Layer,
  currents: readonly Float32Array[],
  out: (t: number) => Float32Array,
  see?: (membrane: Float32Array, t: number) => void,
): void {
  const own = neuronOf(network, layer);
  const [{ length }] = currents;
  kernels.scope(() => {
    const membrane = kernels.tensor(membranesOf(network, layer) * length);
    const counts = newSpikeCounts(kernels, length);
    startMembranes(own.neuron, own.parameters, membrane);
    currents.forEach((current, t) => {
      see?.(membrane, t);
      stepNeurons(kernels, own, out(t), counts, membrane, current);
    });
  });
}

/** Adds the spikes of a layer to the signals of each step; they outlive the scope of the caller. */
export function fire(
  unrolled: Unrolled,
  layer: Layer,
  currents: readonly Float32Array[],
  keep: (tensor: Float32Array) => Float32Array,
): void {
  const { kernels, steps } = unrolled;
  const spikes = currents.map(({ length }) => kernels.tensor(length));
  runNeurons(unrolled, layer, currents, (t) => spikes[t]);
  steps.forEach((signals, t) => {
    signals.set(layer.output, keep(spikes[t]));
  });
}

/** Adds the currents of a layer without neurons to the signals of each step. */
export function pass(
  { steps, still }: Unrolled,
  layer: Layer,
  currents: readonly Float32Array[],
  keep: (tensor: Float32Array) => Float32Array,
): void {
  steps.forEach((signals, t) => {
    signals.set(layer.output, still.get(layer) ?? keep(currents[t]));
  });
}

/**
 * Writes dL/dI(t) of every step, from dL/do(t): backwards in time, through membranes that are computed again.
 */
export function throughNeurons(
  gradCurrents: readonly Float32Array[],
  unrolled: Unrolled,
  layer: Layer,
  [currents, gradSignals]: readonly [readonly Float32Array[], readonly Signals[]],
  usual: SpikeDerivative | undefined,
): void {
  const { kernels, network } = unrolled;
  const own = neuronOf(network, layer);
  const stepsBack = stepBackOf(own.neuron, usual);
  const [{ length }] = currents;
  const state = () => kernels.tensor(membranesOf(network, layer) * length);
  kernels.scope(() => {
    const before = currents.map(state);
    const out = kernels.tensor(length);
    const keepCopy = (membrane: Float32Array, t: number) => before[t].set(membrane);
    runNeurons(unrolled, layer, currents, () => out, keepCopy);
    const carried = state().fill(0);
    for (let t = currents.length - 1; t >= 0; t--) {
      const gradOut = signalOf(gradSignals[t], layer.output);
      const input = { membrane: before[t], current: currents[t] };
      stepNeuronsBack(kernels, own, stepsBack, gradCurrents[t], carried, gradOut, input);
    }
  });
}

/**
 * dL/dW and dL/db, ((0 + g(T)) + g(T-1)) + ..; where the input is the same in all steps, of the summed
 * dL/dI(t). They live in the scope of the caller.
 */
export function gradientOverSteps(
  unrolled: Unrolled,
  layer: Layer,
  gradCurrents: readonly Float32Array[],
): Parameters {
  const { kernels, steps } = unrolled;
  const sums = newParameters([layer], (length) => kernels.tensor(length).fill(0));
  const add = (signals: Signals, gradCurrent: Float32Array) => {
    const part = newParameters([layer], kernels.tensor);
    parameterGradient(unrolled, layer, { signals }, [layerParameters(part, layer), gradCurrent]);
    for (const [name, values] of part) kernels.addInto(sums.get(name)!, values);
  };
  const backwards = gradCurrents.toReversed();
  if (isStatic(layer)) {
    kernels.scope(() => {
      const sum = backwards[0].slice();
      for (const gradCurrent of backwards.slice(1)) kernels.addInto(sum, gradCurrent);
      add(steps[0], sum);
    });
    return sums;
  }
  const before = steps.toReversed();
  backwards.forEach((gradCurrent, k) => {
    kernels.scope(() => add(before[k], gradCurrent));
  });
  return sums;
}

/** Adds dL/ds_in(t) of every step to the gradients of the signals that the layer read. */
export function handOn(
  unrolled: Unrolled,
  layer: Layer,
  gradCurrents: readonly Float32Array[],
  gradSignals: readonly Signals[],
): void {
  gradCurrents.forEach((gradCurrent, t) => {
    scatterGradient(unrolled, gradSignals[t], layer, inputGradient(unrolled, layer, gradCurrent));
  });
}
