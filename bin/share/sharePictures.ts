/** A command whose pictures are shared: joins the others, does its part, shows how far all of them are. */

import { packageVersion } from '../../lib/node/package.js';
import type { LoadedModel, MemoryOptions } from '../cli/modelOptions.js';
import type { Progress } from '../cli/progress.js';
import { Interrupted } from '../cli/signals.js';
import type { Context, SharedOptions } from '../cli/stage.js';
import type { Outcome } from './batchWork.js';
import { childArguments, childrenOf, type JobsOptions } from './jobsOptions.js';
import { joinCommand, type SharedCommand } from './sharedCommand.js';
import { type SharedWork, shareWork } from './shareWork.js';

export interface SharedPictures
  extends Pick<SharedWork, 'folder' | 'pictures' | 'taskOf' | 'check' | 'missing'> {
  readonly stage: string;
  /** Whether the folder is there when the command is started again. */
  readonly isKept: boolean;
  /** Of the progress bar. */
  readonly label: string;
  readonly loaded: LoadedModel;
  /** The options that change results. */
  readonly deciding: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** The outcomes of all pictures, in their order. */
export async function sharePictures(
  { stage, isKept, label, loaded, deciding, ...shared }: SharedPictures,
  options: SharedOptions & MemoryOptions & JobsOptions,
  context: Context,
): Promise<readonly Outcome[]> {
  const { folder, pictures } = shared;
  const given = Object.entries(deciding).filter(([, value]) => value !== undefined);
  const key = await joinCommand(folder, {
    version: packageVersion(),
    stage,
    model: loaded.hash,
    options: Object.fromEntries(given) as SharedCommand['options'],
    pictures: [...pictures],
  });
  const jobs = childrenOf(options, pictures.length);
  let bar: Progress | undefined;
  const outcomes = await shareWork({
    ...shared,
    key,
    jobs,
    child: childArguments(stage, context, options, loaded, jobs),
    onProgress(done) {
      if (!bar && done > 0) context.log(`${folder}: ${done} of ${pictures.length} pictures are done`);
      bar ??= context.progress(label, pictures.length, done);
      bar.update(done);
    },
    signal: context.signal,
    log: context.log,
  });
  if (outcomes) return outcomes;
  const again = isKept ? '; the same command goes on where it was' : '';
  throw new Interrupted(`stopped${again}`, context.signal.reason);
}
