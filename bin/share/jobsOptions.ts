/** The options of stages whose pictures several processes share, and the children of such a stage. */

import { type Command, Option } from 'commander';
import { DataError } from '../../lib/core/error.js';
import type { LoadedModel, MemoryOptions } from '../cli/modelOptions.js';
import { threadCount } from '../cli/parse.js';
import type { Context, Result, SharedOptions } from '../cli/stage.js';
import { batchesOf } from './batches.js';
import { serveTasks } from './pictureChild.js';

export interface JobsOptions {
  readonly jobs?: number;
  /** In a child: the SHA-256 of the model file that its parent read. */
  readonly partOf?: string;
}

/** The option --jobs; `where` says which folder processes share. */
export function addJobsOption(command: Command, where: string): void {
  const about = `processes here, on a part of the threads each; all that run the same command share ${where}`;
  command.option('--jobs <n>', about, threadCount);
  command.addOption(new Option('--part-of <sha256>').hideHelp());
}

/** How many children there is work for. */
export function childrenOf({ jobs = 1 }: JobsOptions, pictures: number): number {
  return Math.min(jobs, batchesOf(pictures).length);
}

/** The arguments of one of these children: those of the command, with its share of threads and of memory. */
export function childArguments(
  stage: string,
  { argv }: Pick<Context, 'argv'>,
  { threads, memory }: SharedOptions & MemoryOptions,
  { hash }: LoadedModel,
  children: number,
): string[] {
  const own = ['--threads', String(Math.max(1, Math.floor(threads / children))), '--quiet'];
  // By default a picture may take half of what is free; what the user gave holds for each picture.
  const isGiven = argv.some((argument) => /^--memory(=|$)/.test(argument));
  const part = isGiven ? [] : ['--memory', String(Math.max(1, Math.floor(memory / children)))];
  return [stage, ...argv, ...own, ...part, '--part-of', hash];
}

/** What a stage does as a child: its tasks. DataError if the model is not the one that its parent read. */
export async function serve(
  source: string,
  { hash }: LoadedModel,
  { partOf }: JobsOptions,
  work: (task: unknown) => unknown,
): Promise<Result> {
  if (hash !== partOf)
    throw new DataError(`${source}: was changed while the command ran: start it again in an empty folder`);
  await serveTasks(work);
  return { json: null, text: '' };
}
