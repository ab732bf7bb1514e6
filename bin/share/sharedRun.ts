/**
 * `run --jobs`: pictures in several processes, which share the work in a folder below --out. A record tells
 * of the files of each answer, not of the way to them, which may differ between machines.
 */

import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import type { Input } from '../cli/inputs.js';
import type { LoadedModel, UnetOption } from '../cli/modelOptions.js';
import { distinctNames } from '../cli/names.js';
import {
  type Failure,
  type PictureOptions,
  type PictureRun,
  type Ran,
  runPicture,
} from '../cli/onePicture.js';
import { openModel } from '../cli/runnable.js';
import type { Context, Result, SharedOptions } from '../cli/stage.js';
import type { Outcome } from './batchWork.js';
import { type JobsOptions, serve } from './jobsOptions.js';
import { pictureOf } from './picture.js';
import { sharePictures } from './sharePictures.js';

interface RunOptions extends PictureOptions, UnetOption, JobsOptions, SharedOptions {
  readonly model: string;
}

/** The folder below --out. */
const FOLDER = 'shared';

interface Task {
  readonly file: string;
  readonly name: string;
}

const schema = z.object({
  /** The files of the answer, with their sizes in bytes. */
  outputs: z.array(z.tuple([z.string(), z.number()])),
  spikes: z.number(),
  ms: z.number(),
  steps: z.number(),
  latency: z.number(),
  memory: z.object({
    mib: z.number(),
    tile: z.optional(z.object({ height: z.number(), width: z.number() })),
  }),
});

/** Runs pictures together with all processes that have the same --out. */
export async function runShared(
  options: RunOptions,
  context: Context,
  loaded: LoadedModel,
  inputs: readonly Input[],
): Promise<Ran> {
  const files = inputs.map(({ file }) => file);
  const names = distinctNames(files);
  const { out, unet, steps, timing, vInit, profile, probability } = options;
  const shared = {
    stage: 'run',
    folder: join(out, FOLDER),
    isKept: true,
    label: 'running',
    loaded,
    deciding: { unet, steps, timing, vInit, profile, probability },
    pictures: files.map((file, k) => pictureOf(names[k], [file])),
    taskOf: (k: number): Task => ({ file: files[k], name: names[k] }),
    check(outcome: Outcome) {
      if ('failed' in outcome && files.length === 1) throw new DataError(outcome.failed);
    },
    missing: (ok: unknown) => missingOf(schema.parse(ok), out),
  };
  const outcomes = await sharePictures(shared, options, context);
  return { ...sorted(outcomes, files, out), threads: options.threads };
}

/** The child of such a command. */
export function serveRun(options: RunOptions, context: Context, loaded: LoadedModel): Promise<Result> {
  const { model } = loaded;
  const { engine } = context;
  const runnable = openModel(engine, { model, source: options.model, options });
  const limits = { mostBytes: options.memory * 2 ** 20 };
  return serve(options.model, loaded, options, (task): z.infer<typeof schema> => {
    const { file, name } = task as Task;
    const input = { file, read: () => readImage(file, limits) };
    const { outputs, file: _, ...run } = runPicture({ model, runnable, options, context }, input, name);
    return { outputs: outputs.map((path) => [basename(path), statSync(path).size]), ...run };
  });
}

/** The first file of an answer that is not there as it was written. */
function missingOf({ outputs }: z.infer<typeof schema>, out: string): string | undefined {
  const gone = outputs.find(
    ([name, size]) => statSync(join(out, name), { throwIfNoEntry: false })?.size !== size,
  );
  return gone && join(out, gone[0]);
}

/** The runs of pictures and their failures, as without --jobs. */
function sorted(outcomes: readonly Outcome[], files: readonly string[], out: string) {
  const images: PictureRun[] = [];
  const failures: Failure[] = [];
  for (const [k, outcome] of outcomes.entries()) {
    const file = files[k];
    if ('ok' in outcome) {
      const { outputs, ...run } = schema.parse(outcome.ok);
      images.push({ file, outputs: outputs.map(([name]) => join(out, name)), ...run });
    } else failures.push({ file, error: 'failed' in outcome ? outcome.failed : outcome.crashed });
  }
  return { images, failures };
}
