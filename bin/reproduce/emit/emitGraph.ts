/** What `--emit` prints: the graph of jobs as text for another scheduler. It starts and writes nothing. */

import { UsageError } from '../../../lib/core/error.js';
import { commandLine } from '../../cli/commandLine.js';
import { printable } from '../../cli/printable.js';
import type { Context, Result } from '../../cli/stage.js';
import type { Job } from '../job.js';
import { pathSeconds } from '../jobOrder.js';
import { type GraphOptions, isTyped, onlyCommandHere } from '../onlyCommand.js';
import { findFormat } from './index.js';
import type { JobGraph } from './jobGraph.js';

export interface Emitting {
  /** Absolute. */
  readonly runs: string;
  readonly options: GraphOptions & { readonly jobs: number; readonly threads: number };
  readonly context: Context;
  secondsOf(job: Job): number;
}

/** Options that make no sense beside --emit, and why. */
const REFUSED = {
  status: 'lists what is done, --emit what there is to do; leave one out',
  dryRun: 'lists what --emit writes for another program; leave one out',
  merge: 'touches --runs, --emit touches nothing; merge first',
  report: 'is about what is done, --emit about what there is to do; leave one out',
  plot: 'is about what is done, --emit about what there is to do; leave one out',
  worker: 'is for a process that works; where it has to wait, the text says so itself; leave it out',
} as const;

/** Refuses an unknown format, and options that it cannot be combined with (UsageError). */
export function requireEmittable(
  options: { readonly [Name in keyof typeof REFUSED]?: unknown },
  format: string,
): void {
  findFormat(format);
  for (const [name, reason] of Object.entries(REFUSED)) {
    const value = options[name as keyof typeof REFUSED];
    const isGiven = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (isGiven) throw new UsageError(`--${name === 'dryRun' ? 'dry-run' : name}: ${reason}`);
  }
}

/** `jobs` are in an order in which they can be done. */
export function emitGraph(jobs: readonly Job[], format: string, emitting: Emitting): Result {
  const { runs, options, context, secondsOf } = emitting;
  const path = pathSeconds(jobs, secondsOf);
  const longestFirst = jobs.toSorted((a, b) => path.get(b.folder)! - path.get(a.folder)!);
  const graph: JobGraph = {
    jobs: longestFirst.map((job) => ({
      folder: job.folder,
      needs: job.needs.map(({ folder }) => folder),
      seconds: secondsOf(job),
    })),
    given: options,
    runs,
    threads: options.threads,
    atATime: isTyped(context.argv, '--jobs') ? options.jobs : undefined,
    writtenBy: commandLine('reproduce', context.argv),
    sumSeconds: jobs.reduce((sum, job) => sum + secondsOf(job), 0),
    pathSeconds: Math.max(...path.values()),
  };
  requirePlain([...onlyCommandHere(options, options.threads), graph.runs, graph.writtenBy]);
  const text = findFormat(format).write(graph);
  return { json: { format, text }, text: text.trimEnd() };
}

/** Refuses what would end a line of the text, or be shown escaped (UsageError). */
function requirePlain(words: readonly string[]): void {
  const wrong = words.find((word) => word.includes('\n') || printable(word) !== word);
  if (wrong !== undefined)
    throw new UsageError(
      `--emit: cannot write this, which holds a control character: ${JSON.stringify(wrong)}`,
    );
}
