/**
 * Reading and writing whole files. A file is written under a temporary name and renamed when it is complete,
 * so if the program is interrupted, either the old file or the new one is there, never half of one. A device
 * or a pipe cannot be replaced like that and is written to directly. A process that is killed leaves its
 * temporary file; the next one that writes into the folder removes it.
 */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { DataError } from '../core/error.js';
import { sha256 } from '../core/sha256.js';

/** A part of the names of temporary files, which tells on which host they were made. */
const HOST = sha256(hostname()).slice(0, 8);
const TEMPORARY = /\.([0-9a-f]{8})-(\d+)\.tmp$/;
/** Folders in which this process has removed leftovers. */
const tidied = new Set<string>();

/** The meaning of the operating system's error codes, for users. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'larger than a file may be here',
  ENAMETOOLONG: 'the name is too long',
  EISDIR: 'is a folder, expected a file',
  ENOTDIR: 'a part of the path is a file, expected a folder',
  EEXIST: 'is a file, expected a folder',
};

/** The bytes of a file; DataError where it cannot be read. */
export function readBytes(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new DataError(`${path}: cannot be read: ${meaning(error)}`);
  }
}

/**
 * Replaces a file as a whole, making its folder where there is none; an Error names the file and the cause.
 */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const temporary = `${path}.${HOST}-${process.pid}.tmp`;
  const folder = dirname(path);
  makeFolder(folder);
  if (!tidied.has(folder)) removeLeftovers(folder);
  try {
    if (isSpecial(path)) {
      writeFileSync(path, bytes);
    } else {
      writeThrough(temporary, bytes);
      renameSync(temporary, path);
    }
  } catch (error) {
    removeQuietly(temporary);
    throw new Error(`${path}: cannot be written: ${meaning(error)}`);
  }
}

/**
 * Adds to the end of a file, making it where there is none; an Error names the file and the cause. If the
 * program is interrupted, a part may be there.
 */
export function appendFile(path: string, bytes: Uint8Array): void {
  try {
    const file = openSync(path, 'a');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(`${path}: cannot be written: ${meaning(error)}`);
  }
}

/** Creates a file; false if it exists already. An Error names the file and the cause. */
export function createFile(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Error(`${path}: cannot be written: ${meaning(error)}`);
  }
}

/**
 * Removes temporary files in a folder whose processes are gone. `isLeftover` recognises further ones, if the
 * caller knows that no other process writes there.
 */
export function removeLeftovers(folder: string, isLeftover: (name: string) => boolean = () => false): void {
  tidied.add(folder);
  for (const name of namesIn(folder)) {
    const [, host, pid] = TEMPORARY.exec(name) ?? [];
    // Nothing is being written now: a file with our number is from an earlier process.
    const isOurs = Number(pid) === process.pid;
    const gone = host === HOST && (isOurs || !processLives(Number(pid)));
    if (gone || isLeftover(name)) removeQuietly(join(folder, name));
  }
}

/** The names in a folder; none where it cannot be listed. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // one may write into a folder without being allowed to list it
  }
}

/** Whether a process with this number runs on this host. */
export function processLives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it lives, and belongs to another user
  }
}

/** Whether something is there that is neither a file nor a folder: /dev/null would be replaced by a file. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Writes a file and waits until it is on the disk. */
function writeThrough(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes a file if it is there; an Error names the file and the cause. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw new Error(`${path}: cannot be removed: ${meaning(error)}`);
  }
}

/** Removes a file if possible; the error to report is that of the writing, not that of the removal. */
function removeQuietly(path: string): void {
  try {
    removeFile(path);
  } catch {
    // what could not be made, such as a name that is too long, need not be removed
  }
}

/** Makes a folder and those above it; an Error names the folder and the cause. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new Error(`${path}: cannot be made: ${meaning(error)}`);
  }
}

function meaning(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && MEANINGS[code]) ?? message;
}

/** The text of a file; undefined where it cannot be read. */
export function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
