/** The bench as a list of tasks: what is measured, group by group, each with a label for the progress bar. */

import type { Image } from '../../lib/picture/image.js';
import { convolutionSets, eventSets, type Together } from './convolutionRows.js';
import { door, type Engine, withReference } from './engine.js';
import { type Exchange, withExchange } from './exchange.js';
import { type Limits, measure } from './measure.js';
import { networkWorks } from './networkTimes.js';
import { type Peer, type PeerOptions, peers } from './peers.js';
import { pixelwiseWorks } from './pixelwiseRows.js';
import { type Group, type Row, rowsOf } from './rows.js';
import { measureAxis, scalingAxes } from './scaling.js';
import { type SharedWork, sharedConvolution, sharedNetworkWorks } from './sharedWork.js';
import { sideBySide } from './sideBySide.js';
import { type GivenModel, makeSubject, type Subject } from './subject.js';

export interface PlanOptions extends PeerOptions {
  readonly only: readonly Group[];
  readonly widths: readonly number[];
  readonly size: number;
  readonly steps: number;
  readonly seed: number;
  readonly models: readonly GivenModel[];
  readonly picture: Image;
  readonly engines: readonly Engine[];
  readonly limits: Limits;
}

export interface Task {
  readonly label: string;
  run(): Iterable<Row>;
}

export interface Note {
  readonly group: Group;
  readonly text: string;
}

/** Networks are made when the first task needs them; `note` hears what the reader of a group should know. */
export function planBench(options: PlanOptions, note: (note: Note) => void): Task[] {
  const subjects = subjectsOf(options);
  const plans: Record<Group, () => Task[]> = {
    kernels: () => [
      ...convolutionSets(options.size).map((set) => kernelTask('kernels', set, 'forward', options)),
      ...pixelwiseWorks(options.size).map((work) => kernelTask('kernels', [work], 'forward', options)),
    ],
    events: () => eventSets(options.size).map((set) => kernelTask('events', set, 'dense', options)),
    network: () => options.widths.map((width) => networkTask(width, subjects, options, note)),
    scaling: () => scalingTasks(subjects, options, note),
    peers: () => peers.flatMap((peer) => peerTasks(peer, subjects, options, note)),
  };
  return options.only.flatMap((group) => plans[group]());
}

type Subjects = (width: number) => Subject;

/** Networks by width, made once: it takes seconds for wide ones. */
function subjectsOf({ models, picture, engines, seed }: PlanOptions): Subjects {
  const made = new Map<number, Subject>();
  const engine = door(engines.at(-1)!);
  return (width) => {
    const subject = made.get(width) ?? makeSubject(width, models, picture, engine, seed);
    made.set(width, subject);
    return subject;
  };
}

/** `first` is what the first kernel of a set is called when others are compared with it. */
function kernelTask(
  group: 'kernels' | 'events',
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

/** Everything a peer can do, or a note on how to install it. */
function peerTasks(peer: Peer, subjects: Subjects, options: PlanOptions, note: (note: Note) => void): Task[] {
  const command = peer.find(options);
  if (!command) {
    note({ group: 'peers', text: `${peer.name} is not installed: ${peer.install(options)}` });
    return [];
  }
  if (!peer.threaded && options.engines.length > 1) {
    note({ group: 'peers', text: `${peer.name} has no threads in Node: compared on one` });
  }
  const engines = options.engines.filter(({ threads }) => threads === 1 || peer.threaded);
  const task = (label: string, works: () => SharedWork[]): Task => ({
    label: `${peer.name}: ${label}`,
    run: () =>
      withExchange((exchange) => {
        const shared = works().filter(({ theirs }) => peer.works.includes(theirs.work));
        const pairs = shared.flatMap((work) => engines.map((engine) => [work, engine] as const));
        const compare = sideBySideWith(peer, command, exchange, options, note);
        return pairs.flatMap(([work, engine]) => compare(work, engine));
      }),
  });
  return [
    task('convolution', () => [sharedConvolution(options.size)]),
    ...options.widths.map((width) =>
      task(`network of width ${width}`, () => {
        note({ group: 'peers', text: sourceOf(subjects(width)) });
        return sharedNetworkWorks(subjects(width), options.size, options.steps);
      }),
    ),
  ];
}

/** A peer that fails is a remark, not the end: what was measured before it stays. */
function sideBySideWith(
  peer: Peer,
  command: readonly string[],
  exchange: Exchange,
  options: PlanOptions,
  note: (note: Note) => void,
) {
  return (work: SharedWork, engine: Engine): readonly Row[] => {
    try {
      const { rows, warning } = sideBySide(work, engine, peer, command, exchange, options);
      if (warning !== undefined) note({ group: 'peers', text: warning });
      return rows;
    } catch (error) {
      note({ group: 'peers', text: `${work.ours.name}: ${(error as Error).message}` });
      return [];
    }
  };
}

function sourceOf({ width, source }: Subject): string {
  return `width ${width}: ${source}`;
}
