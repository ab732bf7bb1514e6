/** Evaluating one network with the options of `evaluate`. */

import { UsageError } from '../../lib/core/error.js';
import { findDataset } from '../../lib/data/index.js';
import type { Engine } from '../../lib/engine/door.js';
import { anySize, type Run } from '../../lib/engine/predict.js';
import { patchwiseRun } from '../../lib/engine/tiles.js';
import { type Evaluation, evaluateRun, type OnImage } from '../../lib/measure/evaluateTask.js';
import type { Model } from '../../lib/model/model.js';
import type { Sample } from '../../lib/picture/sample.js';
import { padToPatches } from '../../lib/train/patches.js';
import { ownsLabels } from './dataOptions.js';
import { median } from './median.js';
import type { MemoryOptions, SimulationOptions } from './modelOptions.js';
import { resolveProfile } from './profile.js';
import { type Runnable, withModel } from './runnable.js';

export interface EvaluationOptions extends SimulationOptions, MemoryOptions {
  readonly dataset: string;
  readonly seed: number;
  readonly sigma?: number;
  /** Id of a class that does not count. */
  readonly ignoredClass?: number | undefined;
  readonly time?: boolean;
  readonly asUnet?: boolean;
}

/** The outputs of two runs of a network: how many values they have, and how many of them differ. */
export interface Compared {
  values: number;
  different: number;
}

export interface ModelEvaluation extends Evaluation {
  /** 0 for a U-Net. */
  readonly steps: number;
  /** Steps until the output is there. */
  readonly latency: number;
  /** Median processor time per image; only with --time. */
  readonly milliseconds?: number | undefined;
  /** The comparison with the run as a U-Net; only with --as-unet. */
  readonly compared?: Compared | undefined;
}

/** Metrics of a model, whose file is `source`, on samples, with the facts of the runs. */
export function evaluateModel(
  engine: Engine,
  { model, source }: { readonly model: Model; readonly source: string },
  samples: readonly Sample[],
  options: EvaluationOptions,
  onImage: OnImage,
): ModelEvaluation {
  return withModel(engine, { model, source, options }, (runnable) => {
    const { steps, latency } = runnable;
    const compared = options.asUnet ? { values: 0, different: 0 } : undefined;
    const chosen = compared ? comparedRun(runnable, compared) : runnable.run;
    const times: number[] = [];
    const run = options.time ? timedRun(chosen, times) : chosen;
    const evaluation = judgeRun(run, model, samples, options, onImage);
    const milliseconds = options.time ? median(times) : undefined;
    return { ...evaluation, steps, latency, compared, milliseconds };
  });
}

function judgeRun(
  run: Run,
  model: Model,
  samples: readonly Sample[],
  options: EvaluationOptions,
  onImage: OnImage,
): Evaluation {
  const { sigma, seed, ignoredClass: ignore } = options;
  const judge = (run: Run, samples: readonly Sample[]) =>
    evaluateRun(model, samples, run, { sigma, seed, ignore }, onImage);
  if (model.configuration.task === 'denoise') return judge(run, samples);
  const { area, cut } = resolveProfile(options);
  const { size } = findDataset(options.dataset).patch;
  const pieces = cut === 'patches' ? patchwiseRun(run, model.layers, size) : run;
  const padded = area === 'padded' ? samples.map((sample) => padToPatches(sample, size)) : samples;
  return judge(pieces, padded);
}

/** A one-step network run as a U-Net; its outputs are counted against those of the simulation. */
function comparedRun({ program, run, steps, spiking }: Runnable, counts: Compared): Run {
  if (!spiking || steps !== 1)
    throw new UsageError('--as-unet: only a spiking network at --steps 1 is a U-Net as well');
  return anySize(program.multipleOf, (image) => {
    const [ours, theirs] = [program.quantised(image), run(image).output];
    counts.values += ours.length;
    counts.different += ours.reduce((sum, value, i) => sum + Number(value !== theirs[i]), 0);
    return { output: ours, spikes: 0 };
  });
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

/** What does not count: a class of the model, or a value of the labels that is not one of its classes. */
export interface Ignored {
  readonly id?: number;
  readonly stored?: number;
}

/**
 * The option --ignore: the name or the id of a class, or with the user's own labels any number (UsageError
 * for all else).
 */
export function ignoredBy(
  { ignore, dataset }: { readonly ignore?: string; readonly dataset: string },
  { configuration: { task, classes }, classNames }: Model,
): Ignored {
  if (ignore === undefined) return {};
  if (task === 'denoise')
    throw new UsageError(`--ignore ${ignore}: a denoiser tells no classes apart, leave it out`);
  const named = classNames.indexOf(ignore);
  const id = named >= 0 ? named : /^\d{1,5}$/.test(ignore) ? Number(ignore) : undefined;
  if (id !== undefined && id < classes) return { id };
  if (id !== undefined && ownsLabels(dataset)) return { stored: id };
  const ids = `0 to ${classes - 1}`;
  throw new UsageError(`--ignore ${ignore}: expected a class, ${ids} or one of ${classNames.join(', ')}`);
}

/** Refuses options that would have no effect (UsageError). */
export function checkEvaluationOptions(
  options: SimulationOptions & { readonly figures?: string; readonly beside: readonly string[] },
): void {
  if (options.figures !== undefined && resolveProfile(options).area === 'padded')
    throw new UsageError('--figures shows images without their padding: add --area image');
  if (options.figures === undefined && options.beside.length > 0)
    throw new UsageError('--beside: is for figures, add --figures DIR');
}
