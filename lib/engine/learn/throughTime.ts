/**
 * Back-propagation through time (BPTT) as a method: how a spiking network is trained directly. The derivative
 * of a spike is a surrogate (neuron/surrogate.ts); each neuron defines its own backward step. It goes layer
 * by layer (unrolled.ts). The forward pass keeps the spikes of every layer; the backward pass computes the
 * currents and membranes of one layer at a time again from them. It takes 4 T bytes per neuron, and as much
 * for the gradients of signals whose layers are still to come.
 *
 * If the network's currents are normalised over a batch (neuron/batchNormalisation.ts), its examples go
 * through each layer together, and all of them take those bytes at once; if not, one example follows the
 * other.
 *
 * Sums over the steps go from the last step to the first; e(T) = 0, since nothing comes after the last step.
 * Sums over the examples are ((0 + g1) + g2) + .., each example's gradient summed over its steps on its own.
 */

import { isStatic, type Layer, OUTPUT, outputLayer } from '../../net/architecture.js';
import { handsOnCurrent, hasNeuron, type Signals, signalOf } from '../../net/network.js';
import { newParameters, type Parameters } from '../../net/parameters.js';
import type { BatchStatistics } from '../../neuron/batchNormalisation.js';
import { requireTrainedSteps } from '../../neuron/checkNormalisation.js';
import type { SpikeDerivative } from '../../neuron/neuron.js';
import { isNormalised } from '../../neuron/normalisedParameters.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Kernels } from '../kernels/contract.js';
import { newOutput } from '../kernels/frame.js';
import { lossOf } from './lossOf.js';
import type { Example, LossGradient, Method } from './method.js';
import { averagesAfter, measure, normalise, throughNormalisation } from './normalisedBatch.js';
import {
  currentsOf,
  fire,
  gradientOverSteps,
  handOn,
  pass,
  throughNeurons,
  type Unrolled,
  unroll,
} from './unrolled.js';

export interface ThroughTimeOptions {
  /** T */
  readonly steps: number;
  /** What is taken for the derivative of a spike; default: what the authors of the neuron take. */
  readonly derivative?: SpikeDerivative | undefined;
}

/** Training through time over T steps; the prediction is the mean current of the last layer. */
export function throughTime({ steps, derivative }: ThroughTimeOptions): Method<SpikingNetwork> {
  const together = (kernels: Kernels, network: SpikingNetwork, examples: readonly Example[]) => {
    requireTrainedSteps(network, steps);
    const runs = examples.map((example) => unroll(kernels, network, example, steps));
    return gradientOf({ kernels, network, derivative, runs, statistics: new Map() });
  };
  return {
    name: 'back-propagation through time',
    gradient: (kernels, network, example) => together(kernels, network, [example]),
    gradientOfBatch: (kernels, network, examples) =>
      network.batchNormalisation && together(kernels, network, examples),
  };
}

/** Examples that go through each layer together. */
interface Batch {
  readonly kernels: Kernels;
  readonly network: SpikingNetwork;
  readonly derivative: SpikeDerivative | undefined;
  readonly runs: readonly Unrolled[];
  /** The statistics of the currents of each normalised layer, by group. */
  readonly statistics: Map<Layer, readonly BatchStatistics[]>;
}

/** The mean loss and gradient. */
function gradientOf(batch: Batch): LossGradient {
  const { kernels, network, runs, statistics } = batch;
  const sums = forward(batch);
  const losses = runs.map(({ steps, target }, b) => {
    const prediction = sums[b].map((current) => current / steps.length);
    const { loss, gradOutput } = lossOf(kernels, prediction, target);
    return { loss, gradCurrent: gradOutput.map((gradient) => gradient / steps.length) };
  });
  const gradients = backward(
    batch,
    losses.map(({ gradCurrent }) => gradCurrent),
  );
  for (const gradient of gradients.values()) kernels.divideBy(gradient, runs.length);
  const loss = losses.reduce((sum, one) => sum + one.loss, 0) / runs.length;
  if (!network.batchNormalisation) return { loss, gradients };
  return { loss, gradients, statistics: averagesAfter(network, statistics) };
}

/** Lets all layers fire; returns the summed currents of the last layer [H,W,K] of each example. */
function forward(batch: Batch): Float32Array[] {
  const { kernels, network, runs, statistics } = batch;
  const sums = runs.map((run) => newOutput(run, outputLayer(network.layers)).fill(0));
  for (const layer of network.layers) {
    kernels.scope((keep) => {
      const currents = runs.map((run) => currentsOf(run, layer));
      const measured = measure(batch, layer, currents);
      if (measured) statistics.set(layer, measured);
      const driving = normalise(batch, layer, currents, statistics);
      runs.forEach((run, b) => {
        if (hasNeuron(layer)) fire(run, layer, driving[b], keep);
        else if (handsOnCurrent(layer)) pass(run, layer, currents[b], keep);
        else for (const current of currents[b]) kernels.addInto(sums[b], current);
      });
    });
  }
  return sums;
}

/** The summed gradients of all examples, layer by layer from the last to the first. */
function backward(batch: Batch, gradOutputs: readonly Float32Array[]): Parameters {
  const { kernels, network, runs } = batch;
  const gradients = new Map(newParameters(network.layers, (length) => kernels.tensor(length).fill(0)));
  const gradSignals = runs.map(({ steps }, b) =>
    steps.map((): Signals => new Map([[OUTPUT, gradOutputs[b]]])),
  );
  for (const layer of network.layers.toReversed()) {
    const fires = hasNeuron(layer);
    const gradCurrents = fires
      ? throughLayer(batch, layer, gradSignals, gradients)
      : gradSignals.map((steps) => steps.map((signals) => signalOf(signals, layer.output)));
    runs.forEach((run, b) => {
      if (layer.op.hasWeights) kernels.scope(() => addGradients(run, layer, gradCurrents[b], gradients));
      if (!isStatic(layer)) handOn(run, layer, gradCurrents[b], gradSignals[b]);
    });
    if (fires) for (const gradCurrent of gradCurrents.flat()) kernels.release(gradCurrent);
    if (layer.output === OUTPUT) continue;
    for (const signals of gradSignals.flat()) kernels.release(signalOf(signals, layer.output));
  }
  return gradients;
}

/**
 * dL/dI(t) of every example and step from dL/do(t); sets the gradients of a normalisation's gamma and beta.
 */
function throughLayer(
  batch: Batch,
  layer: Layer,
  gradSignals: readonly (readonly Signals[])[],
  gradients: Map<string, Float32Array>,
): Float32Array[][] {
  const { kernels, runs, statistics, derivative } = batch;
  const gradCurrents = gradSignals.map((steps) =>
    steps.map((signals) => kernels.tensor(signalOf(signals, layer.output).length)),
  );
  kernels.scope(() => {
    const currents = runs.map((run) => currentsOf(run, layer));
    const driving = normalise(batch, layer, currents, statistics);
    runs.forEach((run, b) => {
      throughNeurons(gradCurrents[b], run, layer, [driving[b], gradSignals[b]], derivative);
    });
    const learned = throughNormalisation(batch, layer, [gradCurrents, currents], statistics);
    for (const [name, gradient] of learned) gradients.set(name, gradient);
  });
  return gradCurrents;
}

/** Adds an example's dL/dW and dL/db; a bias before a normalisation has no effect, so its gradient is 0. */
function addGradients(
  run: Unrolled,
  layer: Layer,
  gradCurrents: readonly Float32Array[],
  gradients: Parameters,
): void {
  for (const [name, gradient] of gradientOverSteps(run, layer, gradCurrents)) {
    const free = run.network.batchNormalisation && isNormalised(layer) && name.endsWith('.bias');
    if (!free) run.kernels.addInto(gradients.get(name)!, gradient);
  }
}
