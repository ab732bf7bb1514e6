/**
 * The options that `bench` shares with the comparison with other libraries (test/peers), and how tasks are
 * run.
 */

import { type Command, Option } from 'commander';
import { DEFAULT_STEPS } from '../../lib/convert/usualSteps.js';
import { drawFundus } from '../../lib/data/twin/fundus.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { requireSides } from '../../lib/train/patches.js';
import { addUnetOption, type UnetOption } from '../cli/modelOptions.js';
import { countUpTo, featureCount, imageSide, stepCount } from '../cli/parse.js';
import { Interrupted } from '../cli/signals.js';
import type { Context, Result, SharedOptions } from '../cli/stage.js';
import { enginesOf } from './engine.js';
import type { BenchOptions, Note, Task } from './plan.js';
import type { Row } from './rows.js';
import { formatBench, machineInfo } from './show.js';
import { readModels, stepsOfModels } from './subject.js';

/** The options as they are parsed; `benchOptions` turns them into those of a plan. */
export interface SceneOptions extends SharedOptions, UnetOption, Pick<BenchOptions, 'widths' | 'size'> {
  readonly steps?: number;
  readonly repeats: number;
  readonly model?: readonly string[];
  readonly image?: string;
}

/** Channels of the first stage, up to the paper's 64. */
const WIDTHS = [8, 16, 32, 64];
/** Seconds for each thing that is measured, and the fewest samples of it, however long they take. */
const BUDGET_SECONDS = 2;
const FEWEST_SAMPLES = 3;

/** Options that say which networks are timed, on what, and how often. */
export function addSceneOptions(command: Command): void {
  command
    .addOption(
      new Option('--widths <list>', 'widths F of the networks')
        .argParser(countList)
        .default(WIDTHS, WIDTHS.join()),
    )
    .option('--size <pixels>', 'side of the images, which the networks must divide', imageSide, 256)
    .option(
      '--steps <T>',
      `time steps of simulations (default: those of a given model, or ${DEFAULT_STEPS})`,
      stepCount,
    )
    .option('--repeats <n>', 'samples whose median is shown, where time allows', countUpTo(1_000_000), 9)
    .option(
      '--model <files...>',
      'U-Nets or spiking networks that segment, files or names of bundled models (default: random weights)',
    )
    .option('--image <file>', 'the picture to run on (default: a drawn one)');
  addUnetOption(command, []);
}

/** Reads the models and the picture, and chooses the engines. */
export function benchOptions(options: SceneOptions): BenchOptions {
  const { image, size, seed, repeats, widths } = options;
  const models = readModels(options.model ?? [], options.unet);
  // The layers of kernels, and of random networks.
  const papers = buildLayers({ task: 'segment', width: 1, channels: 1, classes: 2 });
  for (const layers of [papers, ...models.map(({ model }) => model.layers)])
    requireSides('--size', size, layers);
  return {
    widths,
    size,
    seed,
    models,
    steps: options.steps ?? stepsOfModels(models) ?? DEFAULT_STEPS,
    picture: image === undefined ? drawFundus(seed, 1, size).picture : readImage(image),
    engines: enginesOf(options.engine, options.threads),
    limits: { repeats, budgetSeconds: BUDGET_SECONDS, fewest: Math.min(FEWEST_SAMPLES, repeats) },
  };
}

/** Runs a plan with a progress bar; the plan may add notes, now and while its tasks run. */
export async function runTasks(
  headings: Readonly<Record<string, string>>,
  plan: (note: (note: Note) => void) => Task[],
  context: Context,
): Promise<Result> {
  const notes: Note[] = [];
  const tasks = plan((note) => {
    if (!notes.some(({ group, text }) => group === note.group && text === note.text)) notes.push(note);
  });
  const { signal } = context; // from now on a task that is stopped cleans up after itself
  const bar = context.progress('bench', tasks.length);
  const rows: Row[] = [];
  for (const [done, task] of tasks.entries()) {
    bar.update(done, task.label);
    await new Promise(setImmediate); // the bar is drawn
    if (signal.aborted) throw new Interrupted('stopped', signal.reason);
    rows.push(...task.run());
  }
  const machine = machineInfo();
  return { json: { machine, notes, rows }, text: formatBench(machine, headings, rows, notes) };
}

function countList(text: string): number[] {
  return text.split(',').map(featureCount);
}
