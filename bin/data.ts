#!/usr/bin/env node
/** `spiking-unet data`: lists the data sets, checks one, or writes a synthetic twin to disk. */

import { DataError, UsageError } from '../lib/core/error.js';
import { checkDataset, nameOf, type Report } from '../lib/data/checkDataset.js';
import type { Dataset } from '../lib/data/dataset.js';
import { datasets, findDataset } from '../lib/data/index.js';
import {
  addDataOptions,
  DATA_VARIABLE,
  type DataOptions,
  dataFolder,
  namesOf,
  ownsLabels,
  requireOwnClasses,
} from './cli/dataOptions.js';
import { classCount, naturalNumber } from './cli/parse.js';
import { type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table, thousands } from './cli/table.js';

/** At most this many files are listed one by one. */
const MOST_FILES = 50;

interface Options extends Partial<DataOptions>, SharedOptions {
  readonly arguments: readonly string[];
  readonly out?: string;
  readonly classes?: number;
  readonly ignore?: number;
}

const stage: Stage<Options> = {
  name: 'data',
  summary: 'List the data sets, check one, or write a synthetic twin of one.',
  examples: [
    ['data list', 'the names for --dataset, and what each of them is'],
    ['data check --dataset drive --data ~/DRIVE', 'names what is missing, malformed or left out'],
    [
      'data check --dataset folder --data ~/mine --classes 3 --ignore 255',
      'pixels of each class; 255 does not count',
    ],
    ['data synth --dataset synth-drive --out twin', 'a folder in the layout of DRIVE'],
  ],
  configure(command) {
    command.argument('<what>', 'list, check or synth');
    addDataOptions(command);
    command
      .option('--classes <n>', 'check: how many classes labels of "folder" name', classCount)
      .option(
        '--ignore <id>',
        'check: a number in labels of "folder" whose pixels do not count',
        naturalNumber,
      )
      .option('--out <dir>', 'synth: the folder to write');
  },
  run(options) {
    const [what] = options.arguments;
    const action = { list, check, synth }[what];
    if (!action) throw new UsageError(`data ${what}: expected "list", "check" or "synth"`);
    return action(options);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

function list(): Result {
  const rows = Object.values(datasets).map(({ name, summary, task, channels, folder }) => ({
    name,
    task,
    channels,
    folder: folder ?? null,
    summary,
  }));
  const cells = rows.map(({ name, task, folder, summary }) => [name, task, folder ?? '-', summary]);
  const text = table(['data set', 'task', `below $${DATA_VARIABLE}`, 'what it is'], cells, [0, 1, 2, 3]);
  return { json: { datasets: rows }, text };
}

function check(options: Options): Result {
  const dataset = required(options);
  const directory = dataFolder(dataset, options.data);
  if (!dataset.list || directory === undefined)
    throw new UsageError(`--dataset ${dataset.name} is drawn: it has no files to check`);
  requireOwnClasses(dataset, options);
  const fixed = !ownsLabels(dataset.name);
  const names = fixed ? classNamesIn(dataset, options.data) : [];
  const count = fixed ? names.length || undefined : options.classes;
  const classes = { count, ignore: options.ignore };
  const report = checkDataset(dataset, directory, { channels: dataset.channels, classes }, names);
  const text = describe(directory, report, names);
  const { problems, remarks } = report;
  if (problems.length > 0)
    throw new DataError(
      `${directory}: ${counted(problems.length, 'problem')}\n${problems.join('\n')}\n${text}`,
    );
  const { pixels, samples, ...census } = report.census;
  const json = {
    ...{ dataset: dataset.name, directory, samples },
    classes: pixels.map((value, id) => ({ id, name: names[id] ?? String(id), pixels: value })),
    ...{ ...census, leftOut: report.leftOut, remarks, problems, inOrder: remarks.length === 0 },
  };
  return { json, text, failed: remarks.length > 0 };
}

/** The classes that the data set names; none if its table is damaged, which the check itself reports. */
function classNamesIn(dataset: Dataset, directory: string | undefined): readonly string[] {
  try {
    return namesOf(dataset, directory);
  } catch (error) {
    if (error instanceof DataError) return [];
    throw error;
  }
}

function describe(
  directory: string,
  { census, leftOut, remarks, problems }: Report,
  names: readonly string[],
): string {
  const { samples, pixels } = census;
  const all = pixels.reduce((sum, count) => sum + count, census.void);
  const share = (count: number) => `${((100 * count) / all).toFixed(2)} %`;
  const rows = pixels.map((count, id) => [nameOf(id, names), thousands(count), share(count)]);
  const ignored = census.void > 0 ? [['does not count', thousands(census.void), share(census.void)]] : [];
  const verdict = problems.length + remarks.length === 0 ? ', all in order' : '';
  return [
    ...(all > 0 ? [table(['class', 'pixels', 'share'], [...rows, ...ignored])] : []),
    ...describeLeftOut(leftOut),
    ...remarks.map((remark) => `not in order: ${remark}`),
    `${directory}: ${counted(samples, 'sample')}${verdict}`,
  ].join('\n');
}

/** The first files that a training leaves out, and how many others there are. */
function describeLeftOut(files: Report['leftOut']): string[] {
  const losses = files.filter(({ loss }) => loss);
  const lines = losses.slice(0, MOST_FILES).map(({ file, reason }) => `left out: ${file} (${reason})`);
  const more = losses.length - lines.length;
  const others = files.length - losses.length;
  return [
    ...lines,
    ...(more > 0 ? [`left out: ${more} more (--json lists them)`] : []),
    ...(others > 0 ? [`besides: ${counted(others, 'file')}, hidden or no picture`] : []),
  ];
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function synth(options: Options): Result {
  const { name, write } = required(options);
  if (!write) throw new UsageError(`data synth --dataset ${name}: expected one of ${twins().join(', ')}`);
  if (options.out === undefined) throw new UsageError('--out is missing: where to write the twin?');
  write(options.out, options.seed);
  return {
    json: { dataset: name, directory: options.out, seed: options.seed },
    text: `${options.out}: written in the layout of the data set that ${name} replaces`,
  };
}

function required({ dataset }: Options): Dataset {
  if (dataset === undefined)
    throw new UsageError('--dataset is missing: which data set? ("data list" names them)');
  return findDataset(dataset);
}

function twins(): string[] {
  return Object.keys(datasets).filter((name) => datasets[name].write);
}
