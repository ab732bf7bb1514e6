/** Evaluating one network with the options of `evaluate`. */

import type { Sample } from '../../lib/image/dataset/dataset.js';
import { findDataset } from '../../lib/image/dataset/index.js';
import { padToPatches } from '../../lib/image/patches.js';
import type { Kernels } from '../../lib/kernel/contract.js';
import { UsageError } from '../../lib/tensor/error.js';
import {
  type Evaluation,
  evaluateDenoising,
  evaluateSegmentation,
  type OnImage,
} from '../../lib/train/evaluate.js';
import type { Model } from '../../lib/unet/model.js';
import { patchwiseRun } from '../../lib/unet/tiles.js';
import { type MemoryOptions, runOf, type SimulationOptions } from './model.js';
import { resolveProfile } from './profile.js';

export interface EvaluationOptions extends SimulationOptions, MemoryOptions {
  readonly dataset: string;
  readonly seed: number;
  readonly sigma: number;
  readonly ignore?: string;
}

/** Metrics of a model on samples, the steps it ran for, and those until its output is there (0 for a U-Net). */
export function evaluateModel(
  kernels: Kernels,
  model: Model,
  source: string,
  samples: readonly Sample[],
  options: EvaluationOptions,
  onImage: OnImage,
): Evaluation & { readonly steps: number; readonly latency: number } {
  const { run, steps, latency } = runOf(kernels, model, options, source, []);
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
  return { ...evaluation, steps, latency };
}

/** The id of a class by name; UsageError where the model knows none of that name. */
function classId(name: string | undefined, { classNames }: Model): number | undefined {
  if (name === undefined) return undefined;
  const id = classNames.indexOf(name);
  if (id < 0) throw new UsageError(`--ignore ${name}: expected one of ${classNames.join(', ')}`);
  return id;
}
