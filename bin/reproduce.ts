#!/usr/bin/env node
/**
 * `spiking-unet reproduce`: fills in the paper's tables cell by cell, each with commands that can also be run
 * by hand.
 */

import { resolve } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import { DATA_VARIABLE } from './cli/dataOptions.js';
import { Interrupted } from './cli/signals.js';
import { type Context, type Result, runAsProgram, type Stage } from './cli/stage.js';
import { answer } from './reproduce/answer.js';
import { askedFor, graphOf, howOf, settingsOf } from './reproduce/askedJobs.js';
import { audit } from './reproduce/audit.js';
import { plan } from './reproduce/dryRun.js';
import { emitGraph, requireEmittable } from './reproduce/emit/emitGraph.js';
import { estimate, measuredFactor } from './reproduce/estimate.js';
import type { Job } from './reproduce/job.js';
import { mergeRuns } from './reproduce/merge.js';
import { threadsOfEach } from './reproduce/onlyCommand.js';
import { type Chosen, jobsNamed, withOthers } from './reproduce/onlyJobs.js';
import { addOptions, examples, type Options } from './reproduce/options.js';
import { runAll, type Undone } from './reproduce/runAll.js';
import { submit } from './reproduce/slurm/submit.js';
import { showStatus } from './reproduce/status.js';
import { type Done, readDone } from './reproduce/store.js';
import { requireTrust } from './reproduce/trust.js';
import { sayUndone } from './reproduce/undone.js';

const NOTHING: Undone = { failed: [], blocked: [] };

const stage: Stage<Options> = {
  name: 'reproduce',
  summary:
    "Fill in the paper's tables, with the paper's figures in brackets. What is done is not repeated; after Ctrl-C " +
    'the same command continues. Missing data sets are replaced by their synthetic twins.',
  examples,
  configure: addOptions,
  run: reproduce,
};

export default stage;
await runAsProgram(stage, import.meta.url);

async function reproduce(given: Options, context: Context): Promise<Result> {
  const options = completed(given, context.argv);
  const runs = resolve(options.runs);
  if (options.emit !== undefined) requireEmittable(options, options.emit);
  if (options.status && options.merge.length > 0)
    throw new UsageError('--status: touches nothing, leave out --merge');
  if (options.sbatch !== '' && !options.submit)
    throw new UsageError('--sbatch: is for --submit slurm, add it');
  const settings = settingsOf(options);
  const asked = askedFor(options.arguments);
  for (const from of options.merge) merge(from, runs, context);
  const graph = graphOf(asked, settings, options.cells);
  const ordered = options.only.length > 0 ? jobsNamed(graph, options.only) : graph;
  if (options.status) return showStatus(ordered, runs);
  const { open, secondsOf } = lookAt(ordered, runs, options, context);
  const work = { runs, options, context, secondsOf };
  if (options.emit !== undefined) return emitGraph(ordered, options.emit, work);
  if (options.submit) return submit(open, work);
  if (options.audit) return audit(ordered, options.audit, work);
  if (options.dryRun) return plan(open, ordered, { ...options, secondsOf });
  if (options.only.length > 0) {
    const undone = await doAll(withOthers(open, runs, options.worker), work);
    return { ...showStatus(ordered, runs), failed: sayUndone(undone) };
  }
  const onlyReport = options.report !== undefined || options.plot !== undefined;
  const undone = onlyReport ? NOTHING : await doAll({ jobs: open, others: [] }, work);
  const request = { ...asked, settings, runs, how: howOf(options) };
  return { ...answer(request, options, context), failed: sayUndone(undone) };
}

/** With the data of the environment; what other schedulers run has threads of its own for each job. */
function completed(given: Options, argv: readonly string[]): Options {
  const { data = process.env[DATA_VARIABLE], ...others } = given;
  const options = data ? { ...others, data } : others;
  const isHandedOn = options.submit !== undefined || options.emit !== undefined;
  return isHandedOn ? { ...options, threads: threadsOfEach(options.threads, argv) } : options;
}

/** Which jobs are not done, and about how long one takes, judged by those that are. */
function lookAt(ordered: readonly Job[], runs: string, options: Options, { log }: Context) {
  const done = new Map(ordered.map((job) => [job, readDone(runs, job)]));
  const open = [...done].filter(([, result]) => !result).map(([job]) => job);
  const unchecked = [...done.values()].filter((result) => result && !result.sha256).length;
  if (unchecked > 0) log(`${runs}: ${unchecked} results were written by an older version, without checksums`);
  return { open, secondsOf: timing(done, options) };
}

/**
 * How long a job took, or about how long it takes with its share of the threads, judged by those that were
 * done.
 */
function timing(
  done: ReadonlyMap<Job, Done | undefined>,
  { width, threads, jobs }: Options,
): (job: Job) => number {
  const timed = [...done].flatMap(([{ macs }, result]) => (result ? { ...result, macs } : []));
  const share = Math.max(1, Math.floor(threads / jobs));
  const pace = { width, threads: share, factor: measuredFactor(timed, width) };
  return (job) => done.get(job)?.seconds ?? estimate(job.macs, pace);
}

/** Takes over jobs that were done on another machine, and logs which. */
function merge(from: string, runs: string, context: Context): void {
  const { taken, present } = mergeRuns(resolve(from), runs);
  for (const folder of taken) context.log(`${from}: took over ${folder}`);
  for (const folder of present) context.log(`${from}: ${folder} is done here, too, and was left as it is`);
  context.log(`${from}: ${taken.length} jobs taken over, ${present.length} were done here, too`);
}

interface Doing {
  readonly runs: string;
  readonly options: Options;
  readonly context: Context;
  secondsOf(job: Job): number;
}

async function doAll(
  { jobs, others }: Chosen,
  { runs, options, context, secondsOf }: Doing,
): Promise<Undone> {
  if (jobs.length > 0) requireTrust({ ...options, runs, log: context.log });
  const { threads, engine, quiet, jobs: atATime, worker } = options;
  const { signal, log } = context;
  const machine = { runs, threads, engine, quiet };
  const undone = await runAll(jobs, {
    ...{ ...machine, atATime, others, again: !worker },
    ...{ secondsOf, signal, log },
  });
  if (signal.aborted) throw new Interrupted('stopped; the same command goes on where it was', signal.reason);
  return undone;
}
