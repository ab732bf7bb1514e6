/** A graph of jobs as other schedulers are told of it, and what all formats say of it. */

import { availableParallelism } from 'node:os';
import { packageVersion } from '../../../lib/node/package.js';
import { shellWord } from '../../cli/commandLine.js';
import { formatMinutes } from '../estimate.js';
import { type GraphOptions, onlyCommandHere } from '../onlyCommand.js';
import { DONE } from '../store.js';

/** A way to write a graph for a scheduler. */
export interface Format {
  /** The text; UsageError for a graph that this scheduler could not do. */
  write(graph: JobGraph): string;
}

export interface JobGraph {
  /** In an order in which they can be done, the longest path to the end first. */
  readonly jobs: readonly GraphJob[];
  readonly given: GraphOptions;
  /** The folder of all jobs, absolute. */
  readonly runs: string;
  /** Threads of each job. */
  readonly threads: number;
  /** Jobs at a time, if the command line says so. */
  readonly atATime: number | undefined;
  /** The command line that asked for the text. */
  readonly writtenBy: string;
  /** About how long all jobs take, one after another. */
  readonly sumSeconds: number;
  /** The same of those that have to wait for each other, which no number of machines can change. */
  readonly pathSeconds: number;
}

export interface GraphJob {
  /** Relative to the runs; letters, digits, and `-`, `_`, `.`, `=`, `/`. */
  readonly folder: string;
  /** Folders of jobs, which may not be among these. */
  readonly needs: readonly string[];
  /** About how long it takes. */
  readonly seconds: number;
}

/** The file that is there when a job is done. */
export const doneFile = (folder: string): string => `${folder}/${DONE}`;

/** The comment at the head of a text, with the command that runs it. */
export function headingOf(graph: JobGraph, command: string): string {
  const after =
    'With -k a job that fails stops only those that need it. The same command goes on after an interruption.';
  return [...aboutGraph(graph), '', `  mkdir -p ${shellWord(graph.runs)} && ${command}`, '', after]
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}

/** Where the text came from, and how much there is to do. */
export function aboutGraph({ jobs, threads, writtenBy, sumSeconds, pathSeconds }: JobGraph): string[] {
  const of = threads === 1 ? '1 thread' : `${threads} threads`;
  return [
    `Written by: ${writtenBy}`,
    `spiking-unet ${packageVersion()}; ${jobs.length} jobs of ${of} each, done or not: about ` +
      `${formatMinutes(sumSeconds)} one after another, ${formatMinutes(pathSeconds)} for the longest chain.`,
  ];
}

/** How many jobs to do at a time on this machine: as the command line says, else as many as have threads. */
export function atATimeHere({ atATime, threads }: JobGraph): number {
  return atATime ?? Math.max(1, Math.floor(availableParallelism() / threads));
}

/** This program as a shell starts it in the folder of the runs, without the folder of the job at its end. */
export function commandHere({ given, threads }: JobGraph): string {
  return onlyCommandHere(given, threads).map(shellWord).join(' ');
}
