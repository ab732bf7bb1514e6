/**
 * Reading and writing whole files. A file is written under a temporary name and renamed when it is complete, so
 * whatever interrupts the program, the old file or the new one is there, never half of one.
 */

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
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
    const file = openSync(temporary, 'w');
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new Error(`${path}: cannot be written: ${meaning(error)}`);
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
