/**
 * What a data set is for the rest of the program: a name, a task, and samples on demand. Each data set is one
 * file in this folder, with one line in index.ts.
 */

import type { Task } from '../net/architecture.js';
import type { PreprocessName } from '../picture/preprocess.js';
import type { Sample } from '../picture/sample.js';
import type { Classes } from './classIds.js';

export type Split = 'train' | 'test' | 'all';

export interface LoadOptions {
  readonly directory?: string | undefined;
  readonly split: Split;
  /** Seed of synthetic data. */
  readonly seed: number;
  /** Channels of the input; the data set's own where left out. */
  readonly channels?: 1 | 3 | undefined;
  /** How many classes the labels name; left out: as many as they hold. */
  readonly classes?: number | undefined;
  /** A number in labels whose pixels do not count. */
  readonly ignore?: number | undefined;
  /** false: labels and fields of view are not read, and may be missing. */
  readonly labels?: boolean | undefined;
}

/** One sample that is not read yet. */
export interface Listed {
  readonly name: string;
  /** The pictures that make it. */
  readonly files: readonly string[];
  /** DataError names a file that is missing, damaged, or not what it should be. */
  read(): Sample;
}

/** How samples are to be read. */
export interface Wanted {
  readonly split: Split;
  readonly channels: 1 | 3;
  readonly classes: Classes;
  /** Whether labels and fields of view are read; if not, they may be missing. */
  readonly labels: boolean;
}

export type List = (directory: string, wanted: Wanted) => readonly Listed[];

/**
 * Training examples: side in pixels, how many make an epoch, and whether half of them are mirrored each way.
 */
export interface TrainingPatches {
  readonly size: number;
  readonly perEpoch: number;
  readonly flips?: boolean;
}

export interface Dataset {
  readonly name: string;
  readonly summary: string;
  readonly task: Task;
  readonly channels: 1 | 3;
  /** In the order of the class ids; empty for denoising. */
  readonly classNames: readonly string[];
  /** The classes that a folder defines, for data sets whose folders differ in them. */
  classNamesIn?(directory: string): readonly string[];
  readonly preprocess: PreprocessName;
  readonly patch: TrainingPatches;
  /** Its folder below SPIKING_UNET_DATA; absent if it needs no data. */
  readonly folder?: string;
  /** DataError names the first file that is missing or malformed. */
  load(options: LoadOptions): Sample[];
  /** For a data set on disk: its samples, not read yet; DataError if there are none. */
  list?: List;
  /** Folders of its published layout that are not read, by their names. */
  readonly unread?: readonly string[];
  /** For a synthetic twin: writes it in the layout of the data set that it replaces. */
  write?(directory: string, seed: number): void;
}
