/** The command that does single jobs of a graph on any machine that sees the folders. */

import { resolve } from 'node:path';
import { PROGRAM } from '../cli/child.js';
import type { Epochs } from './epochs.js';

/** How much longer than estimated a job may take until a scheduler may end it. */
export const PATIENCE = 3;
/** What trainings may take to save, once they are told to end. */
export const SECONDS_TO_SAVE = 120;

/** What tells a graph from others, as options of `reproduce`. */
export interface GraphOptions {
  /** Names of tables and figures. */
  readonly arguments: readonly string[];
  /** The folder of the data sets. */
  readonly data?: string | undefined;
  readonly width: number;
  readonly seed: number;
  readonly epochs?: Epochs | undefined;
  readonly patches?: number | undefined;
  readonly engine: string;
}

/** The arguments of `spiking-unet`, to be run in the folder --runs, without the jobs that follow `--only`. */
export function onlyCommand(given: GraphOptions, threads: number): string[] {
  const { arguments: tables, data, width, seed, epochs, patches, engine } = given;
  const options = { data: data && resolve(data), width, seed, epochs, patches, threads, engine };
  const words = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`, String(value)],
  );
  return ['reproduce', ...tables, '--runs', '.', ...words, '--quiet', '--only'];
}

/** The same with this program by absolute paths: no working directory and no installation matters. */
export function onlyCommandHere(given: GraphOptions, threads: number): string[] {
  return [process.execPath, PROGRAM, ...onlyCommand(given, threads)];
}

/** Threads of each job: one, which is faster than two for narrow networks, unless the command line says. */
export function threadsOfEach(threads: number, argv: readonly string[]): number {
  return isTyped(argv, '--threads') ? threads : 1;
}

/** Whether an option is among the arguments as they were typed. */
export function isTyped(argv: readonly string[], option: string): boolean {
  return argv.some((word) => word === option || word.startsWith(`${option}=`));
}
