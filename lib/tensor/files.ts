/**
 * Reading and writing whole files. A file is written under a temporary name and renamed when it is complete, so
 * whatever interrupts the program, the old file or the new one is there, never half of one. What is no file (a
 * device, a pipe) cannot be replaced like that and is written to directly.
 */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { DataError } from './error.js';

/** What the operating system's codes mean to the person at the terminal. */
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

/** Replaces a file as a whole, making its folder where there is none; an Error names the file and the cause. */
export function writeFileAtomic(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const temporary = `${path}.${process.pid}.tmp`;
  makeFolder(dirname(path));
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

/** Whether something is there that is neither a file nor a folder: /dev/null would be replaced by a file. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** Writes a file and waits until the disk has it. */
function writeThrough(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes a file if it is there; why the writing failed is to be told, not why the removing did. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
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
