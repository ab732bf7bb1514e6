#!/usr/bin/env node
/**
 * `spiking-unet reproduce`: fills in the paper's tables cell by cell, each with commands that can also be run
 * by hand.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import { findDataset } from '../lib/data/index.js';
import { DATA_VARIABLE } from './cli/dataOptions.js';
import { count, featureCount, threadCount } from './cli/parse.js';
import { Interrupted } from './cli/signals.js';
import { type Context, type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { answer } from './reproduce/answer.js';
import { plan } from './reproduce/dryRun.js';
import { emitGraph, requireEmittable, threadsOfEach } from './reproduce/emit/emitGraph.js';
import { formats } from './reproduce/emit/index.js';
import { estimate, measuredFactor, type Timed } from './reproduce/estimate.js';
import { figures } from './reproduce/figures.js';
import { inOrder, type Job, type Settings } from './reproduce/job.js';
import { mergeRuns } from './reproduce/merge.js';
import { type Chosen, jobsNamed, withOthers } from './reproduce/onlyJobs.js';
import { entriesOf } from './reproduce/paperTable.js';
import { jobOf } from './reproduce/resultJobs.js';
import { runAll, type Undone } from './reproduce/runAll.js';
import { chooseEntries } from './reproduce/select.js';
import { showStatus } from './reproduce/status.js';
import { readDone } from './reproduce/store.js';
import { findTable, tables } from './reproduce/tables/index.js';
import { sayUndone } from './reproduce/undone.js';
import type { Asked } from './reproduce/writeReport.js';

interface Options extends SharedOptions {
  readonly arguments: readonly string[];
  readonly data?: string;
  readonly runs: string;
  readonly width: number;
  readonly epochs?: number;
  readonly patches?: number;
  readonly cells?: string;
  readonly only: readonly string[];
  readonly jobs: number;
  readonly worker: boolean;
  readonly status: boolean;
  readonly merge: readonly string[];
  readonly dryRun: boolean;
  readonly emit?: string;
  readonly report?: string;
  readonly plot?: string;
}

const NOTHING: Undone = { failed: [], blocked: [] };

const stage: Stage<Options> = {
  name: 'reproduce',
  summary:
    "Fill in the paper's tables, with the paper's figures in brackets. What is done is not repeated; after Ctrl-C " +
    'the same command continues. Missing data sets are replaced by their synthetic twins.',
  examples: [
    ['reproduce table4 --dry-run', 'its cells, their commands, and about how long they take'],
    ['reproduce table4 --data ~/datasets --width 8', 'the whole table'],
    ['reproduce table1 --width 4 --epochs 1 --patches 200', 'a first look, no data needed'],
    ['reproduce table1 --cells drive,em/unet --width 8', 'only cells with one of these in their name'],
    ['reproduce table3 --data ~/datasets --jobs 4', 'four jobs at a time, each on a quarter of the threads'],
    ['reproduce table3 --runs /shared/runs --worker', 'on any machine that sees the folder: shares the work'],
    ['reproduce table3 --runs /shared/runs --status', 'what is done, running where, failed why, waiting'],
    [
      'reproduce table3 --data ~/datasets --emit make > Makefile',
      'the jobs for GNU make, which does what is not done (also: snakemake, kubernetes)',
    ],
    ['reproduce table3 --data ~/datasets --merge other/runs', 'with what another machine has done'],
    ['reproduce table3 table4 --width 8 --report docs/results.md', 'what is done so far, as Markdown'],
    [
      'reproduce table1 figure3 one-step --width 8 --report results.html',
      'what is done so far, as one page with its figures',
    ],
    [
      'reproduce figure3 --data ~/datasets --width 8',
      'activation against firing rate, a picture below --runs',
    ],
    ['reproduce one-step --width 8 --plot docs/results.png', 'what is done so far, as a picture'],
  ],
  configure(command) {
    command
      .argument('<tables...>', `${[...Object.keys(tables), ...Object.keys(figures)].join(', ')}`)
      .option('--data <dir>', `the folder that holds the data sets (default: $${DATA_VARIABLE})`)
      .option('--runs <dir>', 'where the runs are kept', 'runs')
      .option('--width <F>', 'channels of the first stage (the paper: 64)', featureCount, 16)
      .option('--epochs <n>', 'epochs of every training, in place of those of the recipes', count)
      .option('--patches <n>', 'examples an epoch, in place of those of the recipes', count)
      .option('--cells <names>', 'only cells with one of these, separated by commas, in their name')
      .option('--only <folders...>', 'only these jobs, by their names in --status; they print no table', [])
      .option('--jobs <n>', 'jobs at a time; they share the threads', threadCount, 1)
      .option('--worker', 'help other processes with the same --runs; what has failed is left to them', false)
      .option('--status', 'list what is done, running, failed and waiting; do nothing', false)
      .option('--merge <dirs...>', 'take over what is done in the --runs of other machines', [])
      .option('--dry-run', 'list cells, commands and about how long they take; do nothing', false)
      .option(
        '--emit <format>',
        `print the graph of jobs for another scheduler: ${Object.keys(formats).join(', ')}`,
      )
      .option(
        '--report <file>',
        'only write what is done: into one HTML page (FILE.html), or into a Markdown file, between comments that name it',
      )
      .option('--plot <file>', 'only draw what is done of table one-step into a PNG file');
  },
  run: reproduce,
};

export default stage;
await runAsProgram(stage, import.meta.url);

async function reproduce(options: Options, context: Context): Promise<Result> {
  const runs = resolve(options.runs);
  if (options.emit !== undefined) requireEmittable({ ...options, emit: options.emit });
  const settings = settingsOf(options);
  if (options.status && options.merge.length > 0)
    throw new UsageError('--status: touches nothing, leave out --merge');
  const asked = askedFor(options);
  for (const from of options.merge) merge(from, runs, context);
  const graph = graphOf(asked, settings, options.cells);
  const ordered = options.only.length > 0 ? jobsNamed(graph, options.only) : graph;
  if (options.status) return showStatus(ordered, runs);
  if (options.emit !== undefined) return emit(ordered, runs, { ...options, emit: options.emit }, context);
  const { open, secondsOf } = lookAt(ordered, runs, options, context);
  if (options.dryRun) return plan(open, { ...options, secondsOf });
  const work = { runs, options, context, secondsOf };
  if (options.only.length > 0) {
    const undone = await doAll(withOthers(open, runs, options.worker), work);
    return { ...showStatus(ordered, runs), failed: sayUndone(undone) };
  }
  const onlyReport = options.report !== undefined || options.plot !== undefined;
  const undone = onlyReport ? NOTHING : await doAll({ jobs: open, others: [] }, work);
  const request = { ...asked, settings, runs, how: howOf(options) };
  return { ...answer(request, options, context), failed: sayUndone(undone) };
}

/** The graph as text, with the times of jobs that each have threads of their own. */
function emit(
  ordered: readonly Job[],
  runs: string,
  options: Options & { readonly emit: string },
  context: Context,
): Result {
  const each = { ...options, threads: threadsOfEach(options, context), jobs: 1 };
  return emitGraph(ordered, runs, options, context, lookAt(ordered, runs, each, context).secondsOf);
}

/** The tables and figures that were asked for, by name; UsageError if there is no such table. */
function askedFor(options: Options): Asked {
  const [drawn, tabled] = [true, false].map((isFigure) =>
    options.arguments.filter((name) => Object.hasOwn(figures, name) === isFigure),
  );
  return {
    tables: tabled.map((name) => ({ name, content: findTable(name) })),
    figures: drawn.map((name) => ({ name, content: figures[name] })),
  };
}

/** All jobs of what was asked for, in an order in which they can be done. */
function graphOf({ tables, figures }: Asked, settings: Settings, cells: string | undefined): Job[] {
  const all = entriesOf(tables.map(({ content }) => content));
  const entries = all.length > 0 ? chooseEntries(all, cells) : [];
  return inOrder([
    ...entries.map((entry) => jobOf(entry, settings)),
    ...figures.flatMap(({ content }) => content.jobs(settings)),
  ]);
}

/** Which jobs are not done, and about how long one takes, judged by those that are. */
function lookAt(ordered: readonly Job[], runs: string, options: Options, { log }: Context) {
  const done = new Map(ordered.map((job) => [job, readDone(runs, job)]));
  const open = [...done].filter(([, result]) => !result).map(([job]) => job);
  const unchecked = [...done.values()].filter((result) => result && !result.sha256).length;
  if (unchecked > 0) log(`${runs}: ${unchecked} results were written by an older version, without checksums`);
  const timed = [...done].flatMap(([{ macs }, result]) => (result ? { ...result, macs } : []));
  return { open, secondsOf: timing(timed, options) };
}

/** About how long a job takes with its share of the threads, judged by those that were done. */
function timing(timed: readonly Timed[], { width, threads, jobs }: Options): (job: Job) => number {
  const share = Math.max(1, Math.floor(threads / jobs));
  const pace = { width, threads: share, factor: measuredFactor(timed, width) };
  return ({ macs }) => estimate(macs, pace);
}

/** Takes over jobs that were done on another machine, and logs which. */
function merge(from: string, runs: string, context: Context): void {
  const { taken, present } = mergeRuns(resolve(from), runs);
  for (const folder of taken) context.log(`${from}: took over ${folder}`);
  for (const folder of present) context.log(`${from}: ${folder} is done here, too, and was left as it is`);
  context.log(`${from}: ${taken.length} jobs taken over, ${present.length} were done here, too`);
}

/** The options that distinguish tables with the same name. */
function howOf({ width, seed, epochs, patches }: Options): string {
  const given = Object.entries({ width, seed, epochs, patches }).filter(([, value]) => value !== undefined);
  return given.map(([name, value]) => `--${name} ${value}`).join(' ');
}

function settingsOf({ width, seed, epochs, patches, data = process.env[DATA_VARIABLE] }: Options): Settings {
  if (data && !existsSync(data)) throw new UsageError(`--data ${data}: there is no such folder`);
  return {
    width,
    seed,
    epochs,
    patches,
    folderOf(dataset) {
      const { folder } = findDataset(dataset);
      const path = data && folder ? resolve(data, folder) : undefined;
      return path && existsSync(path) ? path : undefined;
    },
  };
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
