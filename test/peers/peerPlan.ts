/**
 * The bench beside other libraries as a list of tasks: peer
 * by peer, a convolution and the networks of each width.
 */

import type { Engine } from '../../bin/bench/engine.js';
import {
  type BenchOptions,
  type Note,
  type Subjects,
  sourceOf,
  subjectsOf,
  type Task,
} from '../../bin/bench/plan.js';
import type { Row } from '../../bin/bench/rows.js';
import { type Exchange, withExchange } from './exchange.js';
import { type Peer, type PeerOptions, peers } from './peers.js';
import { type SharedWork, sharedConvolution, sharedNetworkWorks } from './sharedWork.js';
import { sideBySide } from './sideBySide.js';

type Options = BenchOptions & PeerOptions;

/** `note` hears which peers are missing, and what else the reader of the table should know. */
export function planPeers(bench: BenchOptions, where: PeerOptions, note: (note: Note) => void): Task[] {
  const options = { ...bench, ...where };
  const subjects = subjectsOf(bench);
  return peers.flatMap((peer) => peerTasks(peer, subjects, options, note));
}

/** Everything a peer can do, or a note on how to install it. */
function peerTasks(peer: Peer, subjects: Subjects, options: Options, note: (note: Note) => void): Task[] {
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
  options: Options,
  note: (note: Note) => void,
) {
  return (work: SharedWork, engine: Engine): readonly Row[] => {
    try {
      const { rows, warning } = sideBySide(work, { engine, peer, command, exchange }, options);
      if (warning !== undefined) note({ group: 'peers', text: warning });
      return rows;
    } catch (error) {
      note({ group: 'peers', text: `${work.ours.name}: ${(error as Error).message}` });
      return [];
    }
  };
}
