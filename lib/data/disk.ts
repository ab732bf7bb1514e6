/**
 * A data set on disk is a list of samples that are not read yet. Loading reads
 * them, checking reads each for itself, and what no sample reads is left out.
 */

import { DataError } from '../core/error.js';
import { readRaster } from '../node/pictureFiles.js';
import type { Sample } from '../picture/sample.js';
import type { Dataset, List, Listed, LoadOptions, Split, Wanted } from './dataset.js';
import { requireDirectory } from './labelledFiles.js';

/**
 * The data set whose samples `list` finds in its folder;
 * DataError where it finds none, or something is missing.
 */
export function onDisk(about: Omit<Dataset, 'load' | 'list'>, list: List): Dataset {
  const { name, channels } = about;
  const load = (options: LoadOptions): Sample[] => {
    const directory = requireDirectory(options.directory, name);
    return list(directory, wantedBy(options, channels)).map((listed) => listed.read());
  };
  return { ...about, load, list };
}

const TEST_FRACTION = 0.2;

/** The default size of the test split: the last fifth, at least one. */
export function lastFifth(all: readonly unknown[]): number {
  return Math.max(1, Math.round(TEST_FRACTION * all.length));
}

/** The part of a split, where the last `tests` are the test split. */
export function partOf<Item>(all: readonly Item[], split: Split, tests: number): readonly Item[] {
  if (split === 'all') return all;
  return split === 'test' ? all.slice(-tests) : all.slice(0, -tests);
}

/** What options want, of a data set whose samples have `channels` channels. */
export function wantedBy(options: LoadOptions, channels: 1 | 3): Wanted {
  const classes = { count: options.classes, ignore: options.ignore };
  return {
    split: options.split,
    channels: options.channels ?? channels,
    classes,
    labels: options.labels ?? true,
  };
}

/**
 * Samples one by one, with what is wrong with those that cannot be read: one line for each of their files.
 */
export function readEach(
  listed: readonly Listed[],
  problems: string[],
  onSample: (sample: Sample) => void,
): void {
  for (const { files, read } of listed) {
    const sample = attempt(problems, read);
    if (sample) onSample(sample);
    else for (const file of files) attempt(problems, () => readRaster(file));
  }
}

/** The result of an action, or undefined and one more line in `problems` where it throws a DataError. */
export function attempt<Result>(problems: string[], action: () => Result): Result | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    if (!problems.includes(error.message)) problems.push(error.message);
    return undefined;
  }
}
