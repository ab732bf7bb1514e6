/**
 * Where did a conversion lose accuracy? For every layer: how far its flow is from the U-Net's activation, how
 * much is clipped, which channels are silent, how often it fires; and what the network would score if only
 * this layer spiked, and if everything up to it were exact. The score of a layer alone says which layer is to
 * blame; exact layers say where the loss begins.
 */

import type { SpikingModel } from '../convert/spikingModel.js';
import { type Engine, withProgram } from '../engine/door.js';
import { anySize, argmax, type Run, unetRun } from '../engine/predict.js';
import type { Program } from '../engine/program.js';
import { readOut, spikingRun } from '../engine/readout.js';
import { evaluateTask } from '../measure/evaluateTask.js';
import type { Model } from '../model/model.js';
import type { Layer, Task } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { exact } from '../neuron/exact.js';
import { neuronOf } from '../neuron/spikingNetwork.js';
import { inputOf, type Sample } from '../picture/sample.js';
import { type Alone, outputAlone } from './alone.js';
import { newTallies, type Tallies, tally, unitsOf } from './flowError.js';

/** One layer of a converted network; shares are 0..1. */
export interface LayerCheck {
  readonly signal: string;
  /** |lambda I_out / T - a| / |a| over all neurons. */
  readonly error: number;
  /** Share of the neurons whose activation is above the most that they can fire in a step. */
  readonly clipped: number;
  /** Channels that never fire, out of `channels`. */
  readonly silent: number;
  readonly channels: number;
  /** Mean spikes per neuron over all steps. */
  readonly spikes: number;
  /** The score if only this layer spiked. */
  readonly alone: number;
  /** The score if all layers up to and including this one were exact. */
  readonly exactUpTo: number;
}

export interface Check {
  /** F1, mIoU or PSNR; for unlabelled pictures against the U-Net's own prediction. */
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

/** Compares a converted network with its U-Net, layer by layer. */
export function checkConversion(
  engine: Engine,
  networks: { readonly unet: Model; readonly spiking: SpikingModel },
  samples: readonly Sample[],
  options: CheckOptions,
): Check {
  return withProgram(engine, networks.unet, (unet) => checkAgainst(engine, unet, networks, samples, options));
}

function checkAgainst(
  engine: Engine,
  program: Program,
  { unet, spiking }: { readonly unet: Model; readonly spiking: SpikingModel },
  samples: readonly Sample[],
  { steps, sigma, seed, onRun }: CheckOptions,
): Check {
  const { task, classes } = unet.configuration;
  const units = unitsOf(spiking);
  const labelled = task === 'denoise' ? samples : withLabels(unetRun(program), classes, samples);
  let done = 0;
  const score = (run: Run) => {
    const evaluation = evaluateTask(unet, labelled, run, { sigma, seed });
    onRun?.(++done);
    return evaluation.score;
  };
  const scoreOf = (network: SpikingModel, run: (program: Program) => Run) =>
    withProgram(engine, network, (prepared) => score(run(prepared)));
  const tallies = newTallies(spiking);
  const scores = {
    unet: score(unetRun(program)),
    spiking: scoreOf(spiking, (prepared) => comparingRun(program, prepared, task, steps, tallies)),
  };
  const layers = unet.layers.filter(hasNeuron).map((layer) => {
    const name = layer.output;
    const alone = { name, neurons: neuronOf(spiking, layer), lambdas: units.get(name)!, steps };
    return {
      signal: name,
      ...tallies.get(name)!.summary(),
      alone: score(aloneRun(program, alone)),
      exactUpTo: scoreOf(exactUpTo(spiking, layer), (prepared) => spikingRun(prepared, task, { steps })),
    };
  });
  const own = samples.every(({ label }) => label);
  const against = task === 'denoise' ? 'clean pictures' : own ? 'labels' : "the U-Net's answer";
  return { ...scores, against, layers };
}

/** The samples with their labels; if any has none, all get the U-Net's predictions as labels. */
export function withLabels(run: Run, classes: number, samples: readonly Sample[]): readonly Sample[] {
  if (samples.every(({ label }) => label)) return samples;
  return samples.map((sample) => ({
    ...sample,
    label: argmax(run(inputOf(sample)).output, classes),
  }));
}

/** The run of the U-Net with one signal that spikes. */
function aloneRun(unet: Program, alone: Alone): Run {
  return anySize(unet.multipleOf, (image) =>
    unet.examine(image, (pass) => outputAlone(pass, pass.signal(alone.name), alone)),
  );
}

/** The run of the spiking network, which also compares its flows with the U-Net's activations. */
function comparingRun(unet: Program, spiking: Program, task: Task, steps: number, tallies: Tallies): Run {
  return anySize(unet.multipleOf, (image) => {
    const simulation = spiking.simulate(image, { steps, keep: ['flows', 'spikeCounts'] });
    unet.examine(image, (pass) => {
      for (const tallied of tallies.values()) tally(tallied, pass.signal(tallied.signal), simulation);
    });
    return { output: readOut(task, simulation.output, steps), spikes: simulation.spikes };
  });
}

/** The spiking network with ReLUs in place of all neurons up to a layer, which may be the U-Net's. */
function exactUpTo(spiking: SpikingModel, last: Layer): SpikingModel {
  const others = new Map(spiking.otherNeurons);
  for (const layer of spiking.layers) {
    others.set(layer.output, exact);
    if (layer.output === last.output) break;
  }
  return { ...spiking, otherNeurons: others };
}
