/**
 * The owner of a run folder: while a training runs, a file `run.lock` says on which host and in which
 * process, and the time of its last change shows that the owner lives. A lock whose process is gone, or whose
 * host has been silent for long, is taken over. Users can delete the file to override all this.
 */

import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../core/error.js';
import { createFile, textOf } from '../files.js';
import { moveAway } from '../moveAway.js';
import { goneBecause, isHere, type Owner, ownerName, ownerSchema, self } from '../owner.js';

export const RUN_LOCK = 'run.lock';
/**
 * A single update of a wide network, or the validation of a large picture, may take minutes without a beat.
 */
const SILENT_SECONDS = 15 * 60;
const BEAT_SECONDS = 10;

export interface RunLock {
  /** Shows that the owner lives; an Error if the folder was deleted or taken over by another owner. */
  beat(): void;
  /** Releases the folder; also done when the process ends. */
  release(): void;
}

/** Locks that this process holds, by path. */
const held = new Set<string>();

/** Becomes the owner of a folder that exists; UsageError if it has another owner, whom the message names. */
export function lockRun(directory: string, remark: (line: string) => void): RunLock {
  const path = join(directory, RUN_LOCK);
  const text = `${JSON.stringify(self())}\n`;
  while (!createFile(path, text)) {
    if (!existsSync(path)) continue; // released in between
    const found = textOf(path) ?? '';
    const owner = parseOwner(found);
    const reason = lostBecause(path, directory, owner);
    if (reason === undefined) throw new UsageError(refusal(directory, path, owner));
    if (moveAway(path, found)) {
      remark(`${directory}: taken over from ${ownerName(owner)}, which did not end in order: ${reason}`);
    }
  }
  held.add(path);
  return holdLock(directory, path, text);
}

function holdLock(directory: string, path: string, text: string): RunLock {
  const release = () => {
    process.removeListener('exit', release);
    held.delete(path);
    if (textOf(path) === text) rmSync(path, { force: true });
  };
  process.on('exit', release);
  let last = performance.now();
  const beat = () => {
    const found = textOf(path);
    if (found === undefined) {
      throw new Error(`${directory}: was deleted while a training ran in it; the training stops`);
    }
    if (found !== text) {
      const owner = ownerName(parseOwner(found));
      throw new Error(`${directory}: was taken over by ${owner}; the training that had it stops`);
    }
    if (performance.now() - last < 1000 * BEAT_SECONDS) return;
    last = performance.now();
    touch(path, text);
  };
  return { beat, release };
}

/**
 * Writes the same text again: that sets its time by the clock of the disk, and no process can read it half
 * written.
 */
function touch(path: string, text: string): void {
  try {
    const file = openSync(path, 'r+');
    writeSync(file, text, 0);
    closeSync(file);
  } catch {
    // a missed beat is not worth losing the training
  }
}

/** Who trains in a folder now; undefined if nobody does. */
export function runOwner(directory: string): string | undefined {
  const path = join(directory, RUN_LOCK);
  const text = textOf(path);
  if (text === undefined) return undefined;
  const owner = parseOwner(text);
  return lostBecause(path, directory, owner) === undefined ? ownerName(owner) : undefined;
}

/** Why an owner cannot be active any more; undefined if it may be. */
function lostBecause(path: string, directory: string, owner: Owner | undefined): string | undefined {
  if (owner && isHere(owner)) {
    if (owner.pid === process.pid) return held.has(path) ? undefined : 'it had the number of this process';
    return goneBecause(owner);
  }
  const seconds = silence(path, directory);
  if (seconds < SILENT_SECONDS) return undefined;
  return `nothing was heard of it for ${Math.floor(seconds / 60)} minutes`;
}

/** Seconds since a lock was last touched, by the clock of the disk that both hosts write to. */
function silence(path: string, directory: string): number {
  const probe = mkdtempSync(join(directory, '.now-'));
  const [then, now] = [path, probe].map((file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs);
  rmSync(probe, { recursive: true, force: true });
  return then === undefined || now === undefined ? 0 : (now - then) / 1000;
}

function refusal(directory: string, path: string, owner: Owner | undefined): string {
  return (
    `out ${directory}: ${ownerName(owner)} is training in it: wait for it or choose another folder ` +
    `(if you know that it is gone, delete ${path})`
  );
}

function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // being written, or not a lock of this program: only its age can tell
  }
}
