#!/usr/bin/env node
/**
 * `spiking-unet reproduce`: fills in the paper's tables cell by cell, each with commands that can also be run
 * by hand.
 */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import { findDataset } from '../lib/data/index.js';
import { makeFolder } from '../lib/node/files.js';
import { writePng } from '../lib/node/pictureFiles.js';
import { DATA_VARIABLE } from './cli/dataOptions.js';
import { count, featureCount } from './cli/parse.js';
import { Interrupted } from './cli/signals.js';
import { type Context, type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { cellName } from './reproduce/cell.js';
import { estimate, formatMinutes } from './reproduce/estimate.js';
import { execute } from './reproduce/execute.js';
import { inOrder, type Job, jobOf, type Settings } from './reproduce/job.js';
import { type Entry, entriesOf, type Summary } from './reproduce/paperTable.js';
import { figureOf, markdownTable, type ResultOf, textTable } from './reproduce/render.js';
import { updateSections } from './reproduce/report.js';
import { chooseEntries, type Shard, shard } from './reproduce/select.js';
import { spikesPlot } from './reproduce/spikesPlot.js';
import { commandLine, mergeRuns, readDone } from './reproduce/store.js';
import { findTable, tables } from './reproduce/tables/index.js';

interface Options extends SharedOptions {
  readonly arguments: readonly string[];
  readonly data?: string;
  readonly runs: string;
  readonly width: number;
  readonly epochs?: number;
  readonly patches?: number;
  readonly cells?: string;
  readonly shard?: Shard;
  readonly merge: readonly string[];
  readonly dryRun: boolean;
  readonly report?: string;
  readonly plot?: string;
}

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
    ['reproduce table3 --data ~/datasets --shard 2/3', 'the second of three machines'],
    ['reproduce table3 --data ~/datasets --merge other/runs', 'with what another machine has done'],
    ['reproduce table3 table4 --width 8 --report docs/results.md', 'what is done so far, as Markdown'],
    ['reproduce one-step --width 8 --plot docs/results.png', 'what is done so far, as a picture'],
  ],
  configure(command) {
    command
      .argument('<tables...>', `${Object.keys(tables).join(', ')}`)
      .option('--data <dir>', `the folder that holds the data sets (default: $${DATA_VARIABLE})`)
      .option('--runs <dir>', 'where the runs are kept', 'runs')
      .option('--width <F>', 'channels of the first stage (the paper: 64)', featureCount, 16)
      .option('--epochs <n>', 'epochs of every training, in place of those of the recipes', count)
      .option('--patches <n>', 'examples an epoch, in place of those of the recipes', count)
      .option('--cells <names>', 'only cells with one of these, separated by commas, in their name')
      .option('--shard <i/n>', 'only every n-th cell, from the i-th on', shard)
      .option('--merge <dirs...>', 'take over what is done in the --runs of other machines', [])
      .option('--dry-run', 'list cells, commands and about how long they take; do nothing', false)
      .option(
        '--report <file>',
        'only write what is done into a Markdown file, between comments that name it',
      )
      .option('--plot <file>', 'only draw what is done of table one-step into a PNG file');
  },
  run: reproduce,
};

export default stage;
await runAsProgram(stage, import.meta.url);

async function reproduce(options: Options, context: Context): Promise<Result> {
  const runs = resolve(options.runs);
  const settings = settingsOf(options);
  const wanted = options.arguments.map((name) => ({ name, content: findTable(name) }));
  for (const from of options.merge) merge(from, runs, context);
  const all = entriesOf(wanted.map(({ content }) => content));
  const jobs = chooseEntries(all, options.cells, options.shard).map((entry) => jobOf(entry, settings));
  const done = new Map(inOrder(jobs).map((job) => [job, readDone(runs, job)]));
  const open = [...done].filter(([, result]) => !result).map(([job]) => job);
  const unchecked = [...done.values()].filter((result) => result && !result.sha256).length;
  if (unchecked > 0)
    context.log(`${runs}: ${unchecked} results were written by an older version, without checksums`);
  if (options.dryRun) return plan(open, options.threads);
  if (options.report === undefined && options.plot === undefined) await doAll(open, runs, options, context);
  const resultOf: ResultOf = (entry) => readDone(runs, jobOf(entry, settings))?.result;
  if (options.report !== undefined) {
    const how = howOf(options);
    const sections = wanted.map(({ name, content }) => ({
      name: `${name} ${how}`,
      markdown: `### ${content.title}\n\n\`reproduce ${name} ${how}\`\n\n${markdownTable(content, resultOf)}`,
    }));
    updateSections(options.report, sections);
    context.log(`${options.report}: ${sections.length} tables`);
  }
  if (options.plot !== undefined) writePng(options.plot, spikesPlot(resultOf));
  return {
    json: wanted.map(({ name, content }) => ({
      table: name,
      columns: content.columns,
      rows: content.rows.map(({ labels, entries }) => ({
        labels,
        figures: entries.map((entry) => entry && { ...nameOf(entry), ...figureOf(entry, resultOf) }),
      })),
    })),
    text: wanted.map(({ content }) => `${content.title}\n\n${textTable(content, resultOf)}`).join('\n\n'),
  };
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

function nameOf(entry: Entry | Summary) {
  return 'summary' in entry ? { summary: entry.summary } : { cell: cellName(entry.cell) };
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

async function doAll(open: readonly Job[], runs: string, options: Options, context: Context): Promise<void> {
  makeFolder(runs);
  const { signal } = context;
  for (const [i, job] of open.entries()) {
    if (signal.aborted)
      throw new Interrupted('stopped; the same command goes on where it was', signal.reason);
    const left = open.slice(i).reduce((sum, { macs }) => sum + macs, 0);
    context.log(
      `[${i + 1}/${open.length}, about ${formatMinutes(estimate(left, options.threads))} left] ${job.folder}`,
    );
    await execute(job, { ...options, runs });
  }
}

function plan(open: readonly Job[], threads: number): Result {
  const lines = open.map(
    (job) => `${formatMinutes(estimate(job.macs, threads)).padStart(6)}  ${commandLine(job)}`,
  );
  const total = estimate(
    open.reduce((sum, { macs }) => sum + macs, 0),
    threads,
  );
  return {
    json: {
      jobs: open.map((job) => ({
        folder: job.folder,
        command: commandLine(job),
        seconds: estimate(job.macs, threads),
      })),
      seconds: total,
    },
    text:
      open.length === 0
        ? 'everything is done'
        : `${lines.join('\n')}\n\n${open.length} jobs below --runs, about ${formatMinutes(total)} on ${threads} threads`,
  };
}
