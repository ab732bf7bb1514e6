#!/usr/bin/env node
/**
 * `spiking-unet STAGE ...` runs the same stage as `spiking-unet-STAGE ...`; only the files of that stage are
 * loaded.
 */

import { packageVersion } from '../lib/node/package.js';
import { guardPipes, print, say } from './cli/pipe.js';
import { printable } from './cli/printable.js';
import type { Stage } from './cli/stage.js';

/** The stages in the order of use: one line each. */
type Load = () => Promise<{ readonly default: Stage<never> }>;
const stages: Readonly<Record<string, readonly [summary: string, load: Load]>> = {
  demo: ['segment a bundled sample with bundled models; start here', () => import('./demo.js')],
  data: ['check a data set, or write a synthetic twin', () => import('./data.js')],
  train: ['train a U-Net', () => import('./train.js')],
  convert: ['convert a U-Net into a spiking network', () => import('./convert.js')],
  finetune: ['fine-tune a spiking network with ASF-BP', () => import('./finetune.js')],
  run: ['run a network on pictures', () => import('./run.js')],
  evaluate: ['measure a network on a data set', () => import('./evaluate.js')],
  report: ['write one HTML file about a spiking network', () => import('./report.js')],
  page: ['watch spikes in a browser', () => import('./page.js')],
  reproduce: ["fill in the paper's tables, cell by cell", () => import('./reproduce.js')],
  energy: ['count operations, spikes and joules', () => import('./energy.js')],
  bench: ['measure the speed of kernels and networks', () => import('./bench.js')],
  models: ['list the models that come with the program, or show one', () => import('./models.js')],
  inspect: ['show what a model file holds', () => import('./inspect.js')],
  import: ['make a model of a PyTorch state dict', () => import('./import.js')],
  export: ['write a network for other programs: ONNX, or golden vectors', () => import('./export.js')],
  ablate: ['show what each choice changes that the paper leaves open', () => import('./ablate.js')],
  compare: ['find where two dumps or models first differ', () => import('./compare.js')],
  verify: ['check that this machine computes the expected bits', () => import('./verify.js')],
};

guardPipes();
const [name = '--help', ...argv] = process.argv.slice(2);
if (Object.hasOwn(stages, name)) {
  await (await load(stages[name][1]))?.();
} else if (name === '--version') {
  print(`${packageVersion()}\n`);
} else if (name === '--help' || name === '-h' || name === 'help') {
  print(`${help()}\n`);
} else {
  say(`spiking-unet ${printable(name)}: no such stage, expected one of ${Object.keys(stages).join(', ')}\n`);
  process.exitCode = 2;
}

/**
 * Loads the files of a stage and returns a function that runs it; undefined, with a message, if they cannot
 * be loaded. Node says in many ways that file handles ran out: a package.json that it cannot open is none.
 */
async function load(stage: Load): Promise<(() => Promise<void>) | undefined> {
  try {
    const [{ default: loaded }, { runProgram }] = await Promise.all([stage(), import('./cli/stage.js')]);
    return () => runProgram(loaded, argv);
  } catch (error) {
    const [cause] = String(error).split('\n');
    const advice = 'raise "ulimit -n" to 256, or install it again';
    const message = `not all files of the program can be opened: ${advice} (${printable(cause)})`;
    say(`spiking-unet ${name}: ${message}\n`);
    process.exitCode = 1;
    return undefined;
  }
}

function help(): string {
  const lines = Object.entries(stages).map(([stage, [summary]]) => `  ${stage.padEnd(10)} ${summary}`);
  return [
    'Usage: spiking-unet STAGE [options]',
    '',
    'Train a U-Net, convert it to spikes, fine-tune it, run it event by event, count every spike.',
    '',
    'Stages:',
    ...lines,
    '',
    'spiking-unet STAGE --help shows the options of a stage, with examples.',
  ].join('\n');
}
