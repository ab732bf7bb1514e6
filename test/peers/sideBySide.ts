/**
 * Times our work and a peer's in turns, on the same inputs, weights and threads, and compares their results.
 */

import { resolve } from 'node:path';
import { type Engine, within } from '../../bin/bench/engine.js';
import { type Call, type Limits, summarise, takeTurns, warmUp, withAll } from '../../bin/bench/measure.js';
import { type Row, rowOf } from '../../bin/bench/rows.js';
import type { Exchange } from './exchange.js';
import { magnitude, type PeerAnswer } from './peerJob.js';
import { type Peer, runPeer } from './peers.js';
import type { SharedWork } from './sharedWork.js';

/** Each round starts the peer's process again. */
const ROUNDS = 2;

/** The rows of a comparison, and what is wrong with it where the results are not the same. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly warning?: string;
}

/**
 * Who is measured with what: our engine, and a peer that is
 * started by a command and told its job in a folder.
 */
export interface Sides {
  readonly engine: Engine;
  readonly peer: Peer;
  readonly command: readonly string[];
  readonly exchange: Exchange;
}

/** Both in turns, ours first. */
export function sideBySide(
  shared: SharedWork,
  { engine, peer, command, exchange }: Sides,
  { peers, limits }: { readonly peers: string; readonly limits: Limits },
): Outcome {
  const { ours, theirs, instead, subject, tolerance } = shared;
  const inTurns = ([call]: Call[]) => {
    const first = call();
    const expected = typeof first === 'number' ? first : Float32Array.from(first);
    const count = warmUp(call, limits);
    const share: Limits = {
      repeats: Math.ceil(limits.repeats / ROUNDS),
      budgetSeconds: limits.budgetSeconds / ROUNDS,
      fewest: Math.min(limits.fewest, 2),
    };
    const [mine, others]: number[][] = [[], []];
    let answer: PeerAnswer | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      mine.push(...takeTurns([call], [count], share)[0]);
      const { repeats, budgetSeconds } = share;
      const job = {
        threads: engine.threads,
        repeats: repeats * count,
        budgetSeconds,
        modules: resolve(peers),
      };
      answer = runPeer(peer.name, command, exchange.writeJob(job, theirs, subject));
      others.push(...answer.results[0].seconds);
    }
    const version = `${peer.name} ${answer!.torch ?? answer!.version}`;
    const by = instead === undefined ? version : `${version} (${instead})`;
    const [own, other] = [summarise(mine), summarise(others)];
    const difference = differenceOf(expected, answer!, exchange);
    const row = {
      ...rowOf('peers', ours, engine.name, engine.threads, own),
      ratio: other.median / own.median,
    };
    const to = `${by}, results ${difference ? difference.toExponential(0) : 0} apart`;
    const rows = [{ ...row, to }, rowOf('peers', ours, by, answer!.threads, other)];
    if (difference <= tolerance) return { rows };
    const apart = difference.toExponential(1);
    return { rows, warning: `${ours.name}: ${by} is ${apart} away from our result, expected ${tolerance}` };
  };
  return within([engine], ours.frozen, () => withAll([ours.prepare(engine)], inTurns));
}

/** Of the values where the peer wrote them, relative to the largest; else of their sum, or of the loss. */
function differenceOf(expected: Float32Array | number, answer: PeerAnswer, exchange: Exchange): number {
  const { output = Number.NaN, loss = Number.NaN } = answer.results[0].checksum;
  if (typeof expected === 'number') return Math.abs(loss - expected) / Math.abs(expected);
  const written = exchange.result();
  if (!written) return Math.abs(output - magnitude(expected)) / magnitude(expected);
  if (written.length !== expected.length) return Number.POSITIVE_INFINITY;
  let [apart, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    apart = Math.max(apart, Math.abs(written[i] - expected[i]));
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return apart / largest;
}
