/** Evaluating one network with the options of `evaluate`. */

import type { Sample } from '../../lib/image/dataset/dataset.js';
import { findDataset } from '../../lib/image/dataset/index.js';
import { padToPatches } from '../../lib/image/patches.js';
import type { Kernels } from '../../lib/kernel/contract.js';
import { quantisedRun } from '../../lib/spike/quantised.js';
import { UsageError } from '../../lib/tensor/error.js';
import {
  type Evaluation,
  evaluateDenoising,
  evaluateSegmentation,
  type OnImage,
} from '../../lib/train/evaluate.js';
import type { Model } from '../../lib/unet/model.js';
import type { Run } from '../../lib/unet/predict.js';
import { patchwiseRun } from '../../lib/unet/tiles.js';
import { type MemoryOptions, runOf, type SimulationOptions } from './model.js';
import { resolveProfile } from './profile.js';

export interface EvaluationOptions extends SimulationOptions, MemoryOptions {
  readonly dataset: string;
  readonly seed: number;
  readonly sigma: number;
  readonly ignore?: string;
  readonly time?: boolean;
  readonly asUnet?: boolean;
}

/** Outputs of two runs of a network: how many values there are, and how many of them differ. */
export interface Compared {
  values: number;
  different: number;
}

export interface ModelEvaluation extends Evaluation {
  /** 0 for a U-Net. */
  readonly steps: number;
  /** Steps until the output is there. */
  readonly latency: number;
  /** Of processor time an image, the median; where it was asked for. */
  readonly milliseconds?: number | undefined;
  /** With the run as a U-Net, where that was asked for. */
  readonly compared?: Compared | undefined;
}

/** Metrics of a model on samples, and how they came about. */
export function evaluateModel(
  kernels: Kernels,
  model: Model,
  source: string,
  samples: readonly Sample[],
  options: EvaluationOptions,
  onImage: OnImage,
): ModelEvaluation {
  const { run: simulated, steps, latency, spiking } = runOf(kernels, model, options, source, []);
  const compared = options.asUnet ? { values: 0, different: 0 } : undefined;
  if (compared && (!spiking || steps !== 1))
    throw new UsageError('--as-unet: only a spiking network at --steps 1 is a U-Net as well');
  const chosen = compared ? comparedRun(quantisedRun(kernels, spiking!), simulated, compared) : simulated;
  const times: number[] = [];
  const run = options.time ? timedRun(chosen, times) : chosen;
  const { area, cut } = resolveProfile(options);
  const { size } = findDataset(options.dataset).patch;
  const ignore = classId(options.ignore, model);
  const evaluation = kernels.frozen(() => {
    if (model.configuration.task === 'denoise') {
      return evaluateDenoising(samples, run, options.sigma, options.seed, onImage);
    }
    const pieces = cut === 'patches' ? patchwiseRun(run, model.layers, size) : run;
    const padded = area === 'padded' ? samples.map((sample) => padToPatches(sample, size)) : samples;
    return evaluateSegmentation(padded, pieces, model.classNames, onImage, ignore);
  });
  const milliseconds = options.time ? median(times) : undefined;
  return { ...evaluation, steps, latency, compared, milliseconds };
}

/** A run whose outputs are counted against those of another. */
function comparedRun(run: Run, other: Run, counts: Compared): Run {
  return (...image) => {
    const [ours, theirs] = [run(...image), other(...image)];
    counts.values += ours.output.length;
    counts.different += ours.output.reduce((sum, v, i) => sum + Number(v !== theirs.output[i]), 0);
    return ours;
  };
}

/** A run that notes its milliseconds of processor time: on one thread, about those of an idle machine. */
function timedRun(run: Run, times: number[]): Run {
  return (...image) => {
    const before = process.cpuUsage();
    const prediction = run(...image);
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
    return prediction;
  };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** The id of a class by name; UsageError where the model knows none of that name. */
function classId(name: string | undefined, { classNames }: Model): number | undefined {
  if (name === undefined) return undefined;
  const id = classNames.indexOf(name);
  if (id < 0) throw new UsageError(`--ignore ${name}: expected one of ${classNames.join(', ')}`);
  return id;
}
