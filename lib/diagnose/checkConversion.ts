/**
 * Where did a conversion lose accuracy? For every layer: how far its flow is from the U-Net's activation, how much is
 * clipped, which channels are silent, how often it fires; and what the network would score if only this layer spiked,
 * and if everything up to it were exact. The first says which layer is to blame, the last where the loss begins.
 */

import type { SpikingModel } from '../convert/spikingModel.js';
import type { Kernels } from '../engine/contract.js';
import { forward } from '../engine/forward.js';
import { argmax, predict, type Run, unetRun } from '../engine/predict.js';
import { readOut, spikingRun } from '../engine/readout.js';
import { simulate } from '../engine/simulateNetwork.js';
import { evaluateTask } from '../measure/evaluateTask.js';
import type { Model } from '../model/model.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { exact } from '../neuron/exact.js';
import { neuronOf } from '../neuron/spikingNetwork.js';
import type { Sample } from '../picture/sample.js';
import { outputAlone } from './alone.js';
import { newTallies, type Tallies, tally, type Units, unitsOf } from './flowError.js';

/** One layer of a converted network; shares are 0..1. */
export interface LayerCheck {
  readonly signal: string;
  /** |lambda I_out / T - a| / |a| over all neurons. */
  readonly error: number;
  /** Neurons whose activation is beyond what they can say in a step. */
  readonly clipped: number;
  /** Channels that never fire, of so many. */
  readonly silent: number;
  readonly channels: number;
  /** Of a neuron, over all steps, on average. */
  readonly spikes: number;
  /** The score if only this layer spiked. */
  readonly alone: number;
  /** The score if everything up to it, itself included, were exact. */
  readonly exactUpTo: number;
}

export interface Check {
  /** F1, mIoU or PSNR; of unlabelled pictures against the U-Net's own answer. */
  readonly unet: number;
  readonly spiking: number;
  readonly against: 'labels' | 'clean pictures' | "the U-Net's answer";
  readonly layers: readonly LayerCheck[];
}

export interface CheckOptions {
  /** T */
  readonly steps: number;
  /** Noise that a denoiser has to remove, in grey levels, and its seed. */
  readonly sigma: number;
  readonly seed: number;
  /** Called with the number of runs over all samples done, of `runsOf`. */
  readonly onRun?: (done: number) => void;
}

/** How often `checkConversion` runs all samples. */
export function runsOf(network: Model): number {
  return 2 + 2 * network.layers.filter(hasNeuron).length;
}

/** Holds a converted network against its U-Net, layer by layer. */
export function checkConversion(
  kernels: Kernels,
  unet: Model,
  spiking: SpikingModel,
  samples: readonly Sample[],
  { steps, sigma, seed, onRun }: CheckOptions,
): Check {
  const { task } = unet.configuration;
  const units = unitsOf(spiking);
  const labelled = task === 'denoise' ? samples : withLabels(kernels, unet, samples);
  let done = 0;
  const score = (run: Run) => {
    const evaluation = kernels.frozen(() => evaluateTask(unet, labelled, run, { sigma, seed }));
    onRun?.(++done);
    return evaluation.score;
  };
  const tallies = newTallies(spiking);
  const scores = {
    unet: score(unetRun(kernels, unet)),
    spiking: score(comparingRun(kernels, unet, spiking, steps, tallies)),
  };
  const layers = unet.layers.filter(hasNeuron).map((layer) => ({
    signal: layer.output,
    ...tallies.get(layer.output)!.summary(),
    alone: score(aloneRun(kernels, unet, spiking, layer, units, steps)),
    exactUpTo: score(spikingRun(kernels, exactUpTo(spiking, layer), task, { steps, mode: 'auto', keep: [] })),
  }));
  const own = samples.every(({ label }) => label);
  const against = task === 'denoise' ? 'clean pictures' : own ? 'labels' : "the U-Net's answer";
  return { ...scores, against, layers };
}

/** Samples with their labels, or where any has none with what the U-Net says. */
function withLabels(kernels: Kernels, unet: Model, samples: readonly Sample[]): readonly Sample[] {
  if (samples.every(({ label }) => label)) return samples;
  const run = unetRun(kernels, unet);
  return samples.map((sample) => {
    const { output } = predict(run, sample.input, sample.height, sample.width);
    return { ...sample, label: argmax(output, unet.configuration.classes) };
  });
}

/** The spiking network, whose flows are held against the U-Net's activations on the way. */
function comparingRun(
  kernels: Kernels,
  unet: Model,
  spiking: SpikingModel,
  steps: number,
  tallies: Tallies,
): Run {
  const options = { steps, mode: 'auto', keep: ['flows', 'spikeCounts'] } as const;
  return (input, height, width) =>
    kernels.scope((keep) => {
      const activations = forward(kernels, unet, input, height, width);
      const simulation = simulate(kernels, spiking, input, height, width, options);
      for (const tallied of tallies.values()) tally(tallied, activations, simulation);
      const { output, spikes } = simulation;
      return { output: keep(readOut(unet.configuration.task, output, steps)), spikes };
    });
}

/** The U-Net with one layer of neurons. */
function aloneRun(
  kernels: Kernels,
  unet: Model,
  spiking: SpikingModel,
  layer: Layer,
  units: Units,
  steps: number,
): Run {
  const [neurons, lambdas] = [neuronOf(spiking, layer), units.get(layer.output)!];
  return (input, height, width) =>
    kernels.scope((keep) => {
      const signals = forward(kernels, unet, input, height, width);
      const alone = { name: layer.output, neurons, lambdas, steps };
      const { output, spikes } = outputAlone(kernels, unet, signals, height, width, alone);
      return { output: keep(output), spikes };
    });
}

/** The spiking network with ReLUs in place of all neurons up to a layer. */
function exactUpTo(spiking: SpikingModel, last: Layer): SpikingModel {
  const others = new Map(spiking.otherNeurons);
  for (const layer of spiking.layers) {
    others.set(layer.output, exact);
    if (layer === last) break;
  }
  return { ...spiking, otherNeurons: others };
}
