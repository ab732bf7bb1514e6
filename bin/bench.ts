#!/usr/bin/env node
/** `spiking-unet bench`: how fast kernels and whole networks are here, by engine and number of threads. */

import { type Command, InvalidArgumentError, Option } from 'commander';
import { addSceneOptions, benchOptions, runTasks, type SceneOptions } from './bench/benchOptions.js';
import { planBench } from './bench/plan.js';
import { type Group, groups } from './bench/rows.js';
import { runAsProgram, type Stage } from './cli/stage.js';

interface Options extends SceneOptions {
  readonly only: readonly Group[];
}

const stage: Stage<Options> = {
  name: 'bench',
  summary: 'Measure the speed of kernels and whole networks on this machine.',
  examples: [
    ['bench', 'everything, on one thread and on all; takes some minutes'],
    ['bench --only kernels,events', 'without networks'],
    ['bench --only network --widths 16 --model unet16.safetensors', 'one width, with trained weights'],
  ],
  configure(command) {
    addGroups(command);
    addSceneOptions(command);
  },
  run(options, context) {
    const plan = { ...benchOptions(options), only: options.only };
    return runTasks(groups, (note) => planBench(plan, note), context);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

function addGroups(command: Command): void {
  const all = Object.keys(groups);
  command.addOption(
    new Option('--only <groups>', `some of ${all.join(', ')}`).argParser(groupList).default(all, 'all'),
  );
}

function groupList(text: string): Group[] {
  const names = Object.keys(groups) as Group[];
  const words = text.split(',');
  const unknown = words.find((word) => !names.some((known) => known === word));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${names.join(', ')}`);
  return names.filter((name) => words.includes(name));
}
