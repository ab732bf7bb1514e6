/** The options of `reproduce`, and examples of them. */

import { type Command, Option } from 'commander';
import { DATA_VARIABLE } from '../cli/dataOptions.js';
import { count, featureCount, oneOf, threadCount } from '../cli/parse.js';
import type { SharedOptions, Stage } from '../cli/stage.js';
import { auditOption, type Share } from './auditSample.js';
import { formats } from './emit/index.js';
import { type Epochs, epochs } from './epochs.js';
import { figures } from './figures.js';
import { tables } from './tables/index.js';

export interface Options extends SharedOptions {
  readonly arguments: readonly string[];
  readonly data?: string;
  readonly runs: string;
  readonly width: number;
  readonly epochs?: Epochs;
  readonly patches?: number;
  readonly cells?: string;
  readonly only: readonly string[];
  readonly jobs: number;
  readonly worker: boolean;
  readonly submit?: 'slurm';
  readonly sbatch: string;
  readonly status: boolean;
  readonly merge: readonly string[];
  readonly audit?: Share;
  readonly dryRun: boolean;
  readonly emit?: string;
  readonly report?: string;
  readonly plot?: string;
}

export const examples: Stage<Options>['examples'] = [
  ['reproduce table4 --dry-run', 'its cells, their commands, and about how long they take'],
  ['reproduce table4 --data ~/datasets --width 8', 'the whole table'],
  ['reproduce table1 --width 4 --epochs 1 --patches 200', 'a first look, no data needed'],
  [
    'reproduce table1 --data ~/datasets --cells em/ --width 8 --epochs 50% --jobs 2 --threads 1',
    "a data set's row in half an hour, from half of the training",
  ],
  ['reproduce table1 --cells drive,em/unet --width 8', 'only cells with one of these in their name'],
  ['reproduce table3 --data ~/datasets --jobs 4', 'four jobs at a time, each on a quarter of the threads'],
  ['reproduce table3 --runs /shared/runs --worker', 'on any machine that sees the folder: shares the work'],
  ['reproduce table3 --runs /shared/runs --status', 'what is done, running where, failed why, waiting'],
  [
    'reproduce table3 --data ~/datasets --runs /shared/runs --submit slurm --sbatch "--partition=long --mem=4G"',
    'to Slurm; again: what failed, and what was added',
  ],
  [
    'reproduce table3 --data ~/datasets --emit make > Makefile',
    'the jobs for GNU make, which does what is not done (also: snakemake, kubernetes)',
  ],
  ['reproduce table3 --data ~/datasets --merge other/runs', 'with what another machine has done'],
  ['reproduce table3 --runs /shared/runs --audit 5%', 'repeats some jobs of other machines here: the same?'],
  ['reproduce table3 table4 --width 8 --report docs/results.md', 'what is done so far, as Markdown'],
  [
    'reproduce table1 figure3 one-step --width 8 --report results.html',
    'what is done so far, as one page with its figures',
  ],
  ['reproduce figure3 --data ~/datasets --width 8', 'activation against firing rate, a picture below --runs'],
  ['reproduce one-step --width 8 --plot docs/results.png', 'what is done so far, as a picture'],
];

export function addOptions(command: Command): void {
  command
    .argument('<tables...>', `${[...Object.keys(tables), ...Object.keys(figures)].join(', ')}`)
    .option('--data <dir>', `the folder that holds the data sets (default: $${DATA_VARIABLE})`)
    .option('--runs <dir>', 'where the runs are kept', 'runs')
    .option('--width <F>', 'channels of the first stage (the paper: 64)', featureCount, 16)
    .option(
      '--epochs <n>',
      'epochs of every training, or a part of those of the recipes, such as 50%',
      epochs,
    )
    .option('--patches <n>', 'examples an epoch, in place of those of the recipes', count)
    .option('--cells <names>', 'only cells with one of these, separated by commas, in their name')
    .addOption(onlyOption())
    .option('--jobs <n>', 'jobs at a time; they share the threads', threadCount, 1)
    .option('--worker', 'help other processes with the same --runs; what has failed is left to them', false)
    .addOption(submitOption())
    .option('--sbatch <options>', 'options for sbatch, such as "--partition=long --mem=4G"', '')
    .option('--status', 'list what is done, running, failed and waiting; do nothing', false)
    .option('--merge <dirs...>', 'take over what is done in the --runs of other machines', [])
    .addOption(auditOption())
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
}

function onlyOption(): Option {
  const text = 'only these jobs, by their names in --status; they print no table';
  return new Option('--only <folders...>', text).default([]).conflicts(['report', 'plot']);
}

function submitOption(): Option {
  const text = 'hand the jobs to slurm; again: those that are neither done nor queued';
  return new Option('--submit <scheduler>', text)
    .argParser(oneOf('slurm'))
    .conflicts(['status', 'worker', 'jobs', 'audit', 'emit', 'report', 'plot']);
}
