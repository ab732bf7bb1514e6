/**
 * Does the pictures of a command together with all processes that have the same folder: each takes batches by
 * claims, and sees by records what the others have done. All of them end when every picture has a reply.
 *
 *     command.json         what is done (sharedCommand.ts)
 *     claims/00003         a batch that a process is at, or was (claim.ts)
 *     done/00003.json      a batch that is done (batchRecord.ts)
 */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder, namesIn } from '../../lib/node/files.js';
import { type Batch, batchesOf } from './batches.js';
import { type Reply, readRecord, recordName, writeRecord } from './batchRecord.js';
import { type Outcome, Worker } from './batchWork.js';
import type { Claim } from './claim.js';
import { type ClaimWatch, watchClaims } from './claimWatch.js';
import { type Picture, requireUnchanged } from './picture.js';

/** Between two looks at what other processes do, when there is nothing else to do. */
const LOOK_SECONDS = 1;

export interface SharedWork {
  readonly folder: string;
  /** Of the command: records with another one are refused. */
  readonly key: string;
  readonly pictures: readonly Picture[];
  /** What a child is told of a picture. */
  taskOf(index: number): unknown;
  /** The arguments of a child: it answers each task (`serveTasks`). */
  readonly child: readonly string[];
  /** Children at a time. */
  readonly jobs: number;
  /** Throws for a reply after which nothing else needs to be done. */
  check(outcome: Outcome): void;
  /** What is missing of a result that a record tells of; its batch is then done again. */
  missing(ok: unknown): string | undefined;
  /** How many pictures have a reply, the first time with those that had one before. */
  onProgress(done: number): void;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** The outcomes of all pictures, in their order; undefined if this program was asked to stop. */
export async function shareWork(work: SharedWork): Promise<readonly Outcome[] | undefined> {
  process.setMaxListeners(process.getMaxListeners() + work.jobs); // every child listens to signals
  const share = new Share(work);
  const workers = Array.from({ length: work.jobs }, () => new Worker(work.child, work.signal, work.log));
  const stop = () => Promise.all(workers.map((worker) => worker.stop()));
  work.signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(workers.map((worker) => share.workWith(worker)));
  } finally {
    share.end();
    await stop();
  }
  return work.signal.aborted ? undefined : share.outcomes();
}

/** `open`: nobody has it, as far as we know. */
type State = 'open' | 'ours' | 'elsewhere' | 'done' | 'crashed';

class Share {
  readonly #work: SharedWork;
  readonly #batches: readonly Batch[];
  readonly #states: State[];
  readonly #outcomes: (Outcome | undefined)[];
  /** How many there are. */
  #known = 0;
  readonly #claims: ClaimWatch;
  /** Claims that this process has now. */
  readonly #held = new Set<Claim>();
  /** Batches whose records tell of results that are gone. */
  readonly #void = new Set<Batch>();
  /** Set when a worker failed: the others take no more. */
  #ended = false;

  constructor(work: SharedWork) {
    this.#work = work;
    this.#batches = batchesOf(work.pictures.length);
    this.#states = this.#batches.map(() => 'open');
    this.#outcomes = work.pictures.map(() => undefined);
    this.#claims = watchClaims((line) => work.log(line));
    makeFolder(join(work.folder, 'done'));
    this.#look();
    work.onProgress(this.#known);
  }

  /** Takes batches for one worker until all are done, here or elsewhere. */
  async workWith(worker: Worker): Promise<void> {
    for (let taken = await this.#next(); taken; taken = await this.#next()) {
      const [batch, claim] = taken;
      const pictures = this.#work.pictures.slice(batch.first, batch.end);
      const tasks = pictures.map((_, k) => this.#work.taskOf(batch.first + k));
      const names = pictures.map(({ name, files }) => files[0] ?? name);
      const outcomes = await worker.do(tasks, names, (outcome, k) => {
        this.#work.check(outcome);
        this.#set(batch.first + k, outcome);
        this.#work.onProgress(this.#known);
      });
      if (outcomes && !this.#ended) this.#finish(batch, claim, outcomes);
      this.#release(claim);
    }
  }

  /** Gives up all claims; nothing is recorded any more. */
  end(): void {
    this.#ended = true;
    for (const claim of this.#held) this.#release(claim);
  }

  /** Called when every batch is done. */
  outcomes(): readonly Outcome[] {
    this.#look(); // at what crashed here, and was done elsewhere
    return this.#outcomes as readonly Outcome[];
  }

  /** A batch that nobody else has, with our claim; undefined when there is none left to wait for. */
  async #next(): Promise<readonly [Batch, Claim] | undefined> {
    while (!this.#work.signal.aborted && !this.#ended) {
      this.#look();
      this.#work.onProgress(this.#known);
      const taken = this.#take('open') ?? this.#take('elsewhere');
      if (taken) return taken;
      if (!this.#states.includes('elsewhere')) return undefined;
      await pause(1000 * LOOK_SECONDS, undefined, { signal: this.#work.signal }).catch(() => {});
    }
    return undefined;
  }

  #take(state: State): readonly [Batch, Claim] | undefined {
    for (const batch of this.#batches) {
      if (this.#states[batch.number] !== state) continue;
      const folder = join(this.#work.folder, 'claims', recordName(batch).replace('.json', ''));
      const claim = this.#claims.take(folder, () => {});
      this.#states[batch.number] = claim ? 'ours' : 'elsewhere';
      if (!claim) continue;
      this.#held.add(claim);
      if (!this.#read(batch)) return [batch, claim];
      this.#release(claim); // its owner ended since we looked
    }
    return undefined;
  }

  /** Notes what is done: of batches that others have, and of those whose pictures crashed here. */
  #look(): void {
    const recorded = new Set(namesIn(join(this.#work.folder, 'done')));
    for (const batch of this.#batches) {
      if (!recorded.has(recordName(batch)) || ['ours', 'done'].includes(this.#states[batch.number])) continue;
      if (this.#states[batch.number] !== 'open' || !this.#void.has(batch)) this.#read(batch);
    }
  }

  /** Takes over the record of a batch; false if there is none, or none that is good any more. */
  #read(batch: Batch): boolean {
    const replies = readRecord(join(this.#work.folder, 'done'), this.#work.key, batch);
    const missing = replies && firstMissing(replies, this.#work);
    if (missing !== undefined && !this.#void.has(batch)) this.#work.log(`${missing}: is gone; once more`);
    if (missing !== undefined) this.#void.add(batch);
    if (!replies || missing !== undefined) return false;
    for (const reply of replies) this.#work.check(reply);
    for (const [k, reply] of replies.entries()) this.#set(batch.first + k, reply);
    this.#states[batch.number] = 'done';
    return true;
  }

  #finish(batch: Batch, claim: Claim, outcomes: readonly Outcome[]): void {
    const replies = outcomes.flatMap((outcome) => ('crashed' in outcome ? [] : outcome));
    if (!claim.holds()) {
      // Another process took it over while we were suspended, and records it.
      for (const k of outcomes.keys()) this.#set(batch.first + k, undefined);
      this.#states[batch.number] = 'elsewhere';
      return;
    }
    for (const picture of this.#work.pictures.slice(batch.first, batch.end)) requireUnchanged(picture);
    const isWhole = replies.length === outcomes.length;
    if (isWhole) writeRecord(join(this.#work.folder, 'done'), this.#work.key, batch, replies);
    this.#states[batch.number] = isWhole ? 'done' : 'crashed';
  }

  #release(claim: Claim): void {
    this.#held.delete(claim);
    claim.release();
  }

  #set(index: number, outcome: Outcome | undefined): void {
    const before = this.#outcomes[index];
    this.#outcomes[index] = outcome;
    this.#known += Number(outcome !== undefined) - Number(before !== undefined);
  }
}

function firstMissing(replies: readonly Reply[], { missing }: SharedWork): string | undefined {
  for (const reply of replies) {
    const gone = 'ok' in reply ? missing(reply.ok) : undefined;
    if (gone !== undefined) return gone;
  }
  return undefined;
}
