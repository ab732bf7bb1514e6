/**
 * Back-propagation through time (BPTT) as a method: how a spiking network is trained directly. The derivative
 * of a spike is a surrogate (neuron/surrogate.ts); each neuron defines its own backward step. The network has
 * no loops but those of its membranes, so all steps of one layer can be computed before the next layer. The
 * forward pass keeps the spikes of every layer; the backward pass computes the currents and membranes of one
 * layer at a time again from them. It takes 4 T bytes a neuron, and as much for the gradients of signals
 * whose layers are still to come.
 *
 * Sums over the steps go from the last step to the first; e(T) = 0, since nothing comes after the last step.
 */

import { UsageError } from '../../core/error.js';
import { IMAGE, isStatic, type Layer, OUTPUT, outputLayer } from '../../net/architecture.js';
import { hasNeuron, type Signals, signalOf } from '../../net/network.js';
import { layerParameters, newParameters, type Parameters } from '../../net/parameters.js';
import type { SpikeDerivative } from '../../neuron/neuron.js';
import { type LayerNeuron, membranesOf, neuronOf, type SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { startMembranes } from '../../neuron/start.js';
import { type Frame, newOutput, staticCurrents } from '../kernels/frame.js';
import { propagate } from '../simulate/stepByStep.js';
import { inputGradient, parameterGradient, scatterGradient } from './backward.js';
import { lossOf } from './lossOf.js';
import type { Method } from './method.js';

export interface ThroughTimeOptions {
  /** T */
  readonly steps: number;
  /** What is taken for the derivative of a spike; default: what the authors of the neuron take. */
  readonly derivative?: SpikeDerivative | undefined;
}

/** Training through time over T steps; the prediction is the mean current of the last layer. */
export function throughTime({ steps: T, derivative }: ThroughTimeOptions): Method<SpikingNetwork> {
  return {
    name: 'back-propagation through time',
    gradient(kernels, network, { image, target }) {
      const frame = { kernels, network, height: image.height, width: image.width };
      const steps = Array.from({ length: T }, (): Signals => new Map([[IMAGE, image.data]]));
      const unrolled = { ...frame, steps, still: staticCurrents(frame, image.data), derivative };
      const sum = newOutput(frame, outputLayer(network.layers)).fill(0);
      for (const layer of network.layers) {
        kernels.scope((keep) => {
          const currents = currentsOf(unrolled, layer);
          if (hasNeuron(layer)) fire(unrolled, layer, currents, keep);
          else for (const current of currents) kernels.addInto(sum, current);
        });
      }
      const prediction = sum.map((current) => current / T);
      const { loss, gradOutput } = lossOf(kernels, prediction, target);
      const gradCurrent = gradOutput.map((gradient) => gradient / T);
      return { loss, gradients: backward(unrolled, gradCurrent) };
    },
  };
}

/** What both passes work on. */
interface Unrolled extends Frame<SpikingNetwork> {
  /** The image and the spikes of every layer, by name, in each step. */
  readonly steps: readonly Signals[];
  /** The currents of layers that read only the image. */
  readonly still: ReturnType<typeof staticCurrents>;
  readonly derivative: SpikeDerivative | undefined;
}

/** I(t) of every step. */
function currentsOf(unrolled: Unrolled, layer: Layer): Float32Array[] {
  const { steps, still } = unrolled;
  return steps.map((signals) => still.get(layer) ?? propagate(unrolled, layer, signals));
}

/** The neurons of a layer step by step: `see` is shown V(t-1), and what they fire is in `out` afterwards. */
function runNeurons(
  { neuron, parameters }: LayerNeuron,
  membranes: number,
  currents: readonly Float32Array[],
  out: (t: number) => Float32Array,
  see?: (membrane: Float32Array) => void,
): void {
  const [{ length }] = currents;
  const membrane = new Float32Array(membranes * length);
  const counts = new Uint8Array(length);
  startMembranes(neuron, parameters, membrane);
  currents.forEach((current, t) => {
    see?.(membrane);
    neuron.step(out(t), counts, membrane, current, parameters);
  });
}

/** Adds the spikes of a layer to the signals of each step; they outlive the scope of the caller. */
function fire(
  { kernels, network, steps }: Unrolled,
  layer: Layer,
  currents: readonly Float32Array[],
  keep: (tensor: Float32Array) => Float32Array,
): void {
  const spikes = currents.map(({ length }) => kernels.tensor(length));
  runNeurons(neuronOf(network, layer), membranesOf(network, layer), currents, (t) => spikes[t]);
  steps.forEach((signals, t) => {
    signals.set(layer.output, keep(spikes[t]));
  });
}

/** Layer by layer from the last to the first. */
function backward(unrolled: Unrolled, gradOutput: Float32Array): Parameters {
  const { kernels, network, steps } = unrolled;
  const gradients = newParameters(network.layers, (length) => kernels.tensor(length).fill(0));
  const gradSignals = steps.map((): Signals => new Map([[OUTPUT, gradOutput]]));
  for (const layer of network.layers.toReversed()) {
    const fires = hasNeuron(layer);
    const gradCurrents = fires ? throughNeurons(unrolled, layer, gradSignals) : steps.map(() => gradOutput);
    if (layer.op.hasWeights) addGradients(unrolled, layer, gradCurrents, gradients);
    if (!isStatic(layer)) handOn(unrolled, layer, gradCurrents, gradSignals);
    if (!fires) continue;
    for (const gradCurrent of gradCurrents) kernels.release(gradCurrent);
    for (const signals of gradSignals) kernels.release(signalOf(signals, layer.output));
  }
  return gradients;
}

function derivativeOf({ neuron: { name, back, derivative: usual } }: LayerNeuron, derivative = usual) {
  if (back && derivative) return { back, derivative };
  throw new UsageError(`neuron ${name} has no derivative: it cannot be trained through time, only by ASF-BP`);
}

/** dL/dI(t) of every step from dL/do(t): backwards in time, through membranes that are computed again. */
function throughNeurons(unrolled: Unrolled, layer: Layer, gradSignals: readonly Signals[]): Float32Array[] {
  const { kernels, network } = unrolled;
  const own = neuronOf(network, layer);
  const { back, derivative } = derivativeOf(own, unrolled.derivative);
  const gradCurrents = gradSignals.map((signals) => kernels.tensor(signalOf(signals, layer.output).length));
  kernels.scope(() => {
    const currents = currentsOf(unrolled, layer);
    const before: Float32Array[] = [];
    const out = kernels.tensor(currents[0].length);
    const keepCopy = (membrane: Float32Array) => before.push(membrane.slice());
    runNeurons(own, membranesOf(network, layer), currents, () => out, keepCopy);
    const carried = new Float32Array(before[0].length);
    for (let t = currents.length - 1; t >= 0; t--) {
      const gradOut = signalOf(gradSignals[t], layer.output);
      const input = { membrane: before[t], current: currents[t] };
      back(gradCurrents[t], carried, gradOut, input, own.parameters, derivative);
    }
  });
  return gradCurrents;
}

/** Adds dL/dW and dL/db of every step; where the input is the same in all of them, of the summed dL/dI(t). */
function addGradients(
  unrolled: Unrolled,
  layer: Layer,
  gradCurrents: readonly Float32Array[],
  gradients: Parameters,
): void {
  const { kernels, steps } = unrolled;
  const add = (signals: Signals, gradCurrent: Float32Array) => {
    const part = newParameters([layer], kernels.tensor);
    parameterGradient(unrolled, layer, { signals }, [layerParameters(part, layer), gradCurrent]);
    for (const [name, values] of part) kernels.addInto(gradients.get(name)!, values);
  };
  const backwards = gradCurrents.toReversed();
  if (isStatic(layer)) {
    kernels.scope(() => {
      const sum = backwards[0].slice();
      for (const gradCurrent of backwards.slice(1)) kernels.addInto(sum, gradCurrent);
      add(steps[0], sum);
    });
    return;
  }
  const before = steps.toReversed();
  backwards.forEach((gradCurrent, k) => {
    kernels.scope(() => add(before[k], gradCurrent));
  });
}

/** Hands dL/ds_in(t) of every step to the signals that the layer read. */
function handOn(
  unrolled: Unrolled,
  layer: Layer,
  gradCurrents: readonly Float32Array[],
  gradSignals: readonly Signals[],
): void {
  gradCurrents.forEach((gradCurrent, t) => {
    scatterGradient(unrolled, gradSignals[t], layer, inputGradient(unrolled, layer, gradCurrent));
  });
}
