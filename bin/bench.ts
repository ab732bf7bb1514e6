#!/usr/bin/env node
/**
 * `spiking-unet bench`: how fast the kernels and whole networks are here, and how fast others are beside
 * them.
 */

import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_STEPS } from '../lib/convert/usualSteps.js';
import { drawFundus } from '../lib/data/twin/fundus.js';
import { SIZE_STEP } from '../lib/net/architecture.js';
import { readImage } from '../lib/node/pictureFiles.js';
import { enginesOf } from './bench/engine.js';
import { type Note, type PlanOptions, planBench } from './bench/plan.js';
import { type Group, groups, type Row } from './bench/rows.js';
import { formatBench, machineInfo } from './bench/show.js';
import { readModels, stepsOfModels } from './bench/subject.js';
import { addUnetOption, type UnetOption } from './cli/modelOptions.js';
import { count, countUpTo, featureCount, isSide, stepCount } from './cli/parse.js';
import { Interrupted } from './cli/signals.js';
import { type Context, type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';

interface Options
  extends SharedOptions,
    UnetOption,
    Pick<PlanOptions, 'only' | 'widths' | 'size' | 'peers' | 'python'> {
  readonly steps?: number;
  readonly repeats: number;
  readonly model?: readonly string[];
  readonly image?: string;
}

/** Up to the paper's. */
const WIDTHS = [8, 16, 32, 64];
/** Seconds for each thing that is measured, and samples of it that must be, however long they take. */
const BUDGET_SECONDS = 2;
const FEWEST_SAMPLES = 3;

/** Whether --threads was given: one thread is then measured as well, else one and all. */
let threadsGiven = () => false;

const stage: Stage<Options> = {
  name: 'bench',
  summary:
    'Measure the speed of kernels and whole networks, beside other libraries where they are installed.',
  examples: [
    ['bench', 'everything, on one thread and on all; takes some minutes'],
    ['bench --only kernels,events', 'without networks'],
    [
      'bench --only network,peers --widths 16 --model unet16.safetensors snn16.safetensors --peers ~/peers',
      'one width, with trained weights, beside the peers in ~/peers/node_modules',
    ],
  ],
  configure(command) {
    threadsGiven = () => command.getOptionValueSource('threads') === 'cli';
    addBenchOptions(command);
  },
  run: (options, context) => runBench(options, context),
};

export default stage;
await runAsProgram(stage, import.meta.url);

function addBenchOptions(command: Command): void {
  const all = Object.keys(groups);
  const names = all.join(', ');
  command
    .addOption(new Option('--only <groups>', `some of ${names}`).argParser(groupList).default(all, 'all'))
    .addOption(
      new Option('--widths <list>', 'widths F of the networks')
        .argParser(countList)
        .default(WIDTHS, WIDTHS.join()),
    )
    .option('--size <pixels>', 'side of the images, a multiple of 16', imageSide, 256)
    .option(
      '--steps <T>',
      `time steps of simulations (default: those of a given model, or ${DEFAULT_STEPS})`,
      stepCount,
    )
    .option('--repeats <n>', 'samples of which the median counts, where time allows', countUpTo(1_000_000), 9)
    .option(
      '--model <files...>',
      'U-Nets or spiking networks that segment, files or names of bundled models (default: random weights)',
    )
    .option('--image <file>', 'the picture to run on (default: a drawn one)')
    .option('--peers <dir>', 'the folder whose node_modules holds other libraries', '.')
    .option('--python <command>', 'Python with PyTorch (default: python3 or /usr/bin/python3)');
  addUnetOption(command, []);
}

async function runBench(options: Options & SharedOptions, context: Context): Promise<Result> {
  const { image, size, seed, repeats } = options;
  const notes: Note[] = [];
  const models = readModels(options.model ?? [], options.unet);
  const tasks = planBench(
    {
      ...options,
      models,
      steps: options.steps ?? stepsOfModels(models) ?? DEFAULT_STEPS,
      picture: image === undefined ? drawFundus(seed, 1, size).picture : readImage(image),
      engines: enginesOf(options.engine, threadsGiven() ? options.threads : availableParallelism()),
      limits: { repeats, budgetSeconds: BUDGET_SECONDS, fewest: Math.min(FEWEST_SAMPLES, repeats) },
    },
    (note) => {
      if (!notes.some(({ group, text }) => group === note.group && text === note.text)) notes.push(note);
    },
  );
  const { signal } = context; // from now on Ctrl-C lets a task clean up behind itself
  const bar = context.progress('bench', tasks.length);
  const rows: Row[] = [];
  for (const [done, task] of tasks.entries()) {
    bar.update(done, task.label);
    await new Promise(setImmediate); // the bar is drawn
    if (signal.aborted) throw new Interrupted('stopped', signal.reason);
    rows.push(...task.run());
  }
  const machine = machineInfo();
  return { json: { machine, notes, rows }, text: formatBench(machine, rows, notes) };
}

function groupList(text: string): Group[] {
  const names = Object.keys(groups) as Group[];
  return names.filter((name) => {
    const unknown = text.split(',').find((word) => !names.some((known) => known === word));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`"${unknown}" is none of ${names.join(', ')}`);
    }
    return text.split(',').includes(name);
  });
}

function countList(text: string): number[] {
  return text.split(',').map(featureCount);
}

function imageSide(text: string): number {
  const side = count(text);
  if (!isSide(side)) throw new InvalidArgumentError(`expected a multiple of ${SIZE_STEP}`);
  return side;
}
