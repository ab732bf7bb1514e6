/**
 * The claim of a job: a file `claim.json` in its folder, which only one process can create. It says who is at
 * the job, and holds a number that its owner raises every few seconds to show that it lives. Others that find
 * it leave the job alone.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createFile, makeFolder, removeFile, textOf } from '../../lib/node/files.js';
import { ownerSchema, self } from '../../lib/node/owner.js';

export const CLAIM = 'claim.json';
const BEAT_SECONDS = 5;
/** So that all beats have the same length, and one is written over the other. */
const DIGITS = 12;

const schema = ownerSchema.extend({
  /** Tells this claim from all others. */
  id: z.string(),
  /** Raised by its owner. */
  beat: z.number(),
  /** When it was taken, by the clock of the disk; for people, and not there yet in the first moment. */
  since: z.string().optional(),
});
export type ClaimText = z.infer<typeof schema>;

export interface Claim {
  readonly id: string;
  /** Whether it is still there and ours. */
  holds(): boolean;
  release(): void;
}

/** What releases the claims of this process. */
const held = new Set<() => void>();

function releaseAll(): void {
  for (const release of held) release();
}

export const claimPath = (folder: string): string => join(folder, CLAIM);

/** What a claim says; undefined if it is none, or is just being written. */
export function parseClaim(text: string | undefined): ClaimText | undefined {
  try {
    return text === undefined ? undefined : schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/**
 * Takes the job of a folder, which is made if need be; undefined if it is taken. `onLost` is called once if
 * another process takes it over, or if somebody deletes it.
 */
export function takeClaim(folder: string, onLost: () => void): Claim | undefined {
  makeFolder(folder);
  const path = claimPath(folder);
  const claim: ClaimText = { ...self(), id: randomUUID(), beat: 0 };
  if (!createFile(path, textOfClaim(claim))) return undefined;
  const since = statSync(path, { throwIfNoEntry: false })?.mtime.toISOString();
  let beat = 1;
  beatOnce(path, { ...claim, since, beat });
  const timer = setInterval(() => {
    beat++;
    if (beatOnce(path, { ...claim, since, beat })) return;
    clearInterval(timer);
    onLost();
  }, 1000 * BEAT_SECONDS).unref();
  const holds = () => parseClaim(textOf(path))?.id === claim.id;
  const release = () => {
    clearInterval(timer);
    held.delete(release);
    if (held.size === 0) process.removeListener('exit', releaseAll);
    if (holds()) removeFile(path);
  };
  if (held.size === 0) process.once('exit', releaseAll);
  held.add(release);
  return { id: claim.id, holds, release };
}

/**
 * Writes a beat over the last one; false if the claim is gone or another's. It is read and written through
 * one handle, so that a claim that another process puts in its place meanwhile is never written to.
 */
function beatOnce(path: string, claim: ClaimText): boolean {
  let file: number | undefined;
  try {
    file = openSync(path, 'r+');
    if (parseClaim(readFileSync(file, 'utf8'))?.id !== claim.id) return false;
    writeSync(file, textOfClaim(claim), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT'; // another fault is only a missed beat
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function textOfClaim({ beat, ...claim }: ClaimText): string {
  return `${JSON.stringify(claim).slice(0, -1)},"beat":${String(beat).padStart(DIGITS)}}\n`;
}
