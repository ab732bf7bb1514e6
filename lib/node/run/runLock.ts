/**
 * The owner of a run folder: while a training runs, a file `run.lock` says on which host and in which
 * process, and the time of its last change shows that the owner lives. A lock whose process is gone, or whose
 * host has been silent for long, is taken over. Users can delete the file to override all this.
 */

import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { UsageError } from '../../core/error.js';
import { createFile, processLives } from '../files.js';

const FILE = 'run.lock';
/**
 * A single update of a wide network, or the validation of a large picture, may take minutes without a beat.
 */
const SILENT_SECONDS = 15 * 60;
const BEAT_SECONDS = 10;

const ownerSchema = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  /** Only on Linux: process numbers have a meaning only within one namespace, and are reused. */
  namespace: z.string().optional(),
  born: z.string().optional(),
});
type Owner = z.infer<typeof ownerSchema>;

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
  const path = join(directory, FILE);
  const text = `${JSON.stringify(self())}\n`;
  while (!createFile(path, text)) {
    if (!existsSync(path)) continue; // released in between
    const found = textOf(path) ?? '';
    const owner = parseOwner(found);
    const reason = goneBecause(path, directory, owner);
    if (reason === undefined) throw new UsageError(refusal(directory, path, owner));
    if (moveAway(path, found)) {
      remark(`${directory}: taken over from ${nameOf(owner)}, which did not end in order: ${reason}`);
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
      const owner = nameOf(parseOwner(found));
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

/** Why an owner cannot be active any more; undefined if it may be. */
function goneBecause(path: string, directory: string, owner: Owner | undefined): string | undefined {
  const me = self();
  if (owner && owner.host === me.host && owner.namespace === me.namespace) {
    if (owner.pid === me.pid) return held.has(path) ? undefined : 'it had the number of this process';
    if (!processLives(owner.pid)) return 'there is no such process any more';
    const same = owner.born === undefined || owner.born === bornOf(owner.pid);
    return same ? undefined : 'another process has its number now';
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

/**
 * Removes a lock that is out of date; false where another process was quicker and the lock is now its own.
 */
function moveAway(path: string, outdated: string): boolean {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw new Error(`${path}: is out of date and cannot be removed: ${(error as Error).message}`);
  }
  const isOutdated = (textOf(aside) ?? '') === outdated;
  if (isOutdated) rmSync(aside, { recursive: true, force: true });
  else renameSync(aside, path);
  return isOutdated;
}

function refusal(directory: string, path: string, owner: Owner | undefined): string {
  return (
    `out ${directory}: ${nameOf(owner)} is training in it: wait for it or choose another folder ` +
    `(if you know that it is gone, delete ${path})`
  );
}

function nameOf(owner: Owner | undefined): string {
  return owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
}

function self(): Owner {
  const namespace = linkOf('/proc/self/ns/pid');
  const born = bornOf(process.pid);
  return { host: hostname(), pid: process.pid, ...(namespace && { namespace }), ...(born && { born }) };
}

/** Boot and clock tick in which a process started; undefined if the system does not say. */
function bornOf(pid: number): string | undefined {
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.trim();
  const stat = textOf(`/proc/${pid}/stat`);
  // The 22nd field; the 2nd is the program's name in brackets and may hold anything.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return boot && ticks && `${boot} ${ticks}`;
}

function parseOwner(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined; // being written, or not a lock of this program: only its age can tell
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
