/** The bench as a list of tasks: what is measured, group by group, each with a label for the progress bar. */

import type { Image } from '../../lib/picture/image.js';
import { convolutionSets, eventSets, type Together } from './convolutionRows.js';
import { door, type Engine, withReference } from './engine.js';
import { integerSets } from './integerRows.js';
import { type Limits, measure } from './measure.js';
import { networkWorks } from './networkTimes.js';
import { pixelwiseWorks } from './pixelwiseRows.js';
import { type Group, type Row, rowsOf } from './rows.js';
import { measureAxis, scalingAxes } from './scaling.js';
import { type GivenModel, makeSubject, type Subject } from './subject.js';

/** What networks are timed on, and how. */
export interface BenchOptions {
  readonly widths: readonly number[];
  readonly size: number;
  readonly steps: number;
  readonly seed: number;
  readonly models: readonly GivenModel[];
  readonly picture: Image;
  readonly engines: readonly Engine[];
  readonly limits: Limits;
}

export interface PlanOptions extends BenchOptions {
  readonly only: readonly Group[];
}

export interface Task {
  readonly label: string;
  run(): Iterable<Row>;
}

export interface Note {
  readonly group: string;
  readonly text: string;
}

/**
 * Networks are made when the first task needs them; `note` is called with what the reader of a group should
 * know.
 */
export function planBench(options: PlanOptions, note: (note: Note) => void): Task[] {
  const subjects = subjectsOf(options);
  const plans: Record<Group, () => Task[]> = {
    kernels: () => [
      ...convolutionSets(options.size).map((set) => kernelTask('kernels', set, 'forward', options)),
      ...pixelwiseWorks(options.size).map((work) => kernelTask('kernels', [work], 'forward', options)),
    ],
    events: () => eventSets(options.size).map((set) => kernelTask('events', set, 'dense', options)),
    integers: () => integerTasks(options, note),
    network: () => options.widths.map((width) => networkTask(width, subjects, options, note)),
    scaling: () => scalingTasks(subjects, options, note),
  };
  return options.only.flatMap((group) => plans[group]());
}

export type Subjects = (width: number) => Subject;

/** Networks by width, each made once: wide ones take seconds. */
export function subjectsOf({ models, picture, engines, seed }: BenchOptions): Subjects {
  const made = new Map<number, Subject>();
  const engine = door(engines.at(-1)!);
  return (width) => {
    const subject = made.get(width) ?? makeSubject(width, models, picture, engine, seed);
    made.set(width, subject);
    return subject;
  };
}

/** `note` is called with the instruction that makes the products: it decides about the speed. */
function integerTasks(options: PlanOptions, note: (note: Note) => void): Task[] {
  const instruction = options.engines[0].kernels.integers?.instruction ?? 'none, the definition';
  note({ group: 'integers', text: `dot products of layers of up to 8 bits: ${instruction}` });
  return integerSets(options.size).map((set) => kernelTask('integers', set, 'float32', options));
}

/** A task that times a set of kernels; `first` is the name of the first in comparisons. */
function kernelTask(
  group: 'kernels' | 'events' | 'integers',
  set: Together,
  first: string,
  { engines, limits }: PlanOptions,
): Task {
  const all = group === 'kernels' ? withReference(engines) : engines;
  return { label: set[0].name, run: () => rowsOf(group, measure(set, all, limits), first) };
}

function networkTask(
  width: number,
  subjects: Subjects,
  { size, steps, engines, limits }: PlanOptions,
  note: (note: Note) => void,
): Task {
  return {
    label: `network of width ${width}`,
    *run() {
      const subject = subjects(width);
      note({ group: 'network', text: sourceOf(subject) });
      for (const work of networkWorks(subject, size, steps)) {
        yield* rowsOf('network', measure([work], engines, limits));
      }
    },
  };
}

function scalingTasks(subjects: Subjects, options: PlanOptions, note: (note: Note) => void): Task[] {
  const { size, steps, engines, limits } = options;
  const widths = [...options.widths].sort((a, b) => a - b);
  const [engine] = engines;
  return [
    {
      label: 'scaling',
      *run() {
        const networks = widths.map(subjects);
        for (const network of networks) note({ group: 'scaling', text: sourceOf(network) });
        for (const axis of scalingAxes(networks, size, steps)) yield* measureAxis(axis, engine, limits);
      },
    },
  ];
}

/** What the reader of a table should know of a network. */
export function sourceOf({ width, source }: Subject): string {
  return `width ${width}: ${source}`;
}
