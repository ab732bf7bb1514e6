#!/usr/bin/env node
/** `spiking-unet data`: says what is wrong with a data set, or writes a synthetic twin to disk. */

import { datasets, findDataset } from '../lib/image/dataset/index.js';
import { DataError, UsageError } from '../lib/tensor/error.js';
import { addDataOptions, type DataOptions, dataFolder } from './cli/data.js';
import { type Result, runStage, type SharedOptions } from './cli/stage.js';

interface Options extends DataOptions, SharedOptions {
  readonly arguments: readonly string[];
  readonly out?: string;
}

await runStage<Options>({
  name: 'data',
  summary: 'Check a data set, or write a synthetic twin of one.',
  examples: [
    ['data check --dataset drive --data ~/DRIVE', 'names each missing or malformed file'],
    ['data synth --dataset synth-drive --out twin', 'a folder in the layout of DRIVE'],
  ],
  configure(command) {
    command.argument('<what>', 'check or synth');
    addDataOptions(command);
    command.option('--out <dir>', 'synth: the folder to write');
  },
  run(options) {
    const [what] = options.arguments;
    if (options.dataset === undefined) throw new UsageError('--dataset is missing: which data set?');
    if (what === 'check') return check(options);
    if (what === 'synth') return synth(options);
    throw new UsageError(`data ${what}: expected "check" or "synth"`);
  },
});

function check(options: Options): Result {
  const dataset = findDataset(options.dataset);
  const directory = dataFolder(dataset, options.data);
  if (!dataset.check || directory === undefined)
    throw new UsageError(`--dataset ${dataset.name} has no files to check`);
  const problems = dataset.check(directory);
  if (problems.length > 0)
    throw new DataError(`${directory}: ${problems.length} problems\n${problems.join('\n')}`);
  const count = dataset.load({ directory, split: 'all', seed: options.seed }).length;
  return {
    json: { dataset: dataset.name, directory, samples: count, problems },
    text: `${directory}: ${count} samples, all in order`,
  };
}

function synth(options: Options): Result {
  const { name, write } = findDataset(options.dataset);
  if (!write) throw new UsageError(`data synth --dataset ${name}: expected one of ${twins().join(', ')}`);
  if (options.out === undefined) throw new UsageError('--out is missing: where to write the twin?');
  write(options.out, options.seed);
  return {
    json: { dataset: name, directory: options.out, seed: options.seed },
    text: `${options.out}: written in the layout of what ${name} stands in for`,
  };
}

function twins(): string[] {
  return Object.keys(datasets).filter((name) => datasets[name].write);
}
