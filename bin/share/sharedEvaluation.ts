/**
 * `evaluate --jobs`: images in several processes. A record holds what each image counts for, exactly, so that
 * totals are computed in the order of the images, as in a single process.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '../../lib/core/error.js';
import type { Split } from '../../lib/data/dataset.js';
import { type DataOptions, type Fit, listSamples, loadSamples } from '../cli/dataOptions.js';
import {
  type EvaluationOptions,
  evaluationOfImages,
  imageJudge,
  type ModelEvaluation,
} from '../cli/evaluation.js';
import type { LoadedModel, UnetOption } from '../cli/modelOptions.js';
import { openModel } from '../cli/runnable.js';
import type { Context, Result, SharedOptions } from '../cli/stage.js';
import type { Outcome } from './batchWork.js';
import { type JobsOptions, serve } from './jobsOptions.js';
import { decodeJudged, encodeJudged } from './judgedCode.js';
import { pictureOf } from './picture.js';
import { sharePictures } from './sharePictures.js';

export interface ShareOptions extends JobsOptions {
  readonly share?: string;
}

interface Options
  extends EvaluationOptions,
    DataOptions,
    ShareOptions,
    UnetOption,
    Omit<SharedOptions, 'seed'> {
  readonly dataset: string;
  readonly model: string;
  readonly split: Split;
  readonly ignore?: string;
}

/** The options that change results. */
const DECIDING = [
  ...(['dataset', 'split', 'seed', 'sigma', 'ignore', 'unet', 'asUnet', 'steps'] as const),
  ...(['timing', 'vInit', 'profile', 'area', 'cut'] as const),
];

/** Metrics of a model on a data set, together with all processes that have the same --share. */
export async function evaluateShared(
  options: Options,
  context: Context,
  loaded: LoadedModel,
  fit: Fit,
): Promise<ModelEvaluation> {
  const listed = listSamples(options, options.split, fit, context);
  const isKept = options.share !== undefined;
  const folder = options.share ?? mkdtempSync(join(tmpdir(), 'spiking-unet-'));
  let isWrong = false;
  const shared = {
    stage: 'evaluate',
    folder,
    isKept,
    label: 'evaluating',
    loaded,
    deciding: Object.fromEntries(DECIDING.map((name) => [name, options[name]])),
    pictures: listed.map(({ name, files }) => pictureOf(name, files)),
    taskOf: (index: number) => index,
    check(outcome: Outcome) {
      if (!('failed' in outcome)) return;
      isWrong = true;
      throw new DataError(outcome.failed);
    },
    missing: () => undefined,
  };
  try {
    return totalOf(await sharePictures(shared, options, context), loaded, options);
  } catch (error) {
    // The error of the first image that is wrong, which may not have been the first to be read.
    if (isWrong) loadSamples(options, options.split, fit, { log: () => {} });
    throw error;
  } finally {
    if (!isKept) rmSync(folder, { recursive: true, force: true });
  }
}

function totalOf(outcomes: readonly Outcome[], { model }: LoadedModel, options: Options): ModelEvaluation {
  const crashes = outcomes.flatMap((outcome) => ('crashed' in outcome ? outcome.crashed : []));
  if (crashes.length > 0)
    throw new Error(
      `${crashes.length} images could not be judged; the same command tries them again: ${crashes.join('; ')}`,
    );
  const images = outcomes.map((outcome) => decodeJudged((outcome as { readonly ok: unknown }).ok));
  const { steps, latency } = images[0];
  return { ...evaluationOfImages(model, images, options), steps, latency };
}

/** The child of such a command. */
export function serveEvaluation(
  options: Options,
  context: Context,
  loaded: LoadedModel,
  fit: Fit,
): Promise<Result> {
  const listed = listSamples(options, options.split, fit, context);
  const { model } = loaded;
  const runnable = openModel(context.engine, { model, source: options.model, options });
  const { steps, latency } = runnable;
  const judge = imageJudge(runnable, model, options);
  return serve(options.model, loaded, options, (index) => {
    const judged = judge(listed[index as number].read());
    return encodeJudged({ ...judged, steps, latency });
  });
}
