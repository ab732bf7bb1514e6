/** What is known of the hosts that share a --runs: `hosts/HOST.json`, written by each about itself. */

import { statSync } from 'node:fs';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { DataError } from '../../lib/core/error.js';
import { engines } from '../../lib/engine/choose.js';
import { namesIn, readBytes, textOf, writeFileAtomic } from '../../lib/node/files.js';
import { packageVersion } from '../../lib/node/package.js';
import { seal, unseal } from '../cli/sealed.js';
import { fileNameOf } from './fileName.js';

const FOLDER = 'hosts';

const factsSchema = z.object({
  host: z.string(),
  /** Of the program. */
  version: z.string(),
  node: z.string(),
  /** Model, as the system names it. */
  processor: z.string(),
  platform: z.string(),
  /** Extensions of the instruction set, by the engines that run there. */
  engines: z.record(z.string(), z.array(z.string())),
});

const schema = z.extend(factsSchema, {
  checked: z.object({
    engine: z.string(),
    threads: z.number(),
    mode: z.string(),
    /** How many of `verify`'s results. */
    results: z.number(),
  }),
  /** SHA-256 of the names and hashes of all results that were checked. */
  digest: z.string(),
  /** Whether all results have the expected bits. */
  right: z.boolean(),
  /** Names of those that have not. */
  wrong: z.array(z.string()),
  /** ISO 8601, by the clock of the disk. */
  when: z.string(),
  /** SHA-256 of the other members. */
  sha256: z.string(),
});

export type Facts = z.infer<typeof factsSchema>;
export type HostFile = z.infer<typeof schema>;

/** This host as it is now. */
export function factsHere(): Facts {
  const here = Object.entries(engines).filter(([, engine]) => engine.missing() === undefined);
  return {
    host: hostname(),
    version: packageVersion(),
    node: process.version,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    engines: Object.fromEntries(here.map(([name, engine]) => [name, [...(engine.instructions?.() ?? [])]])),
  };
}

export const hostFilePath = (runs: string, host: string): string =>
  join(runs, FOLDER, `${fileNameOf(host)}.json`);

/** The file of this host; undefined if there is none, or if it is damaged and has to be made again. */
export function readOwn(runs: string): HostFile | undefined {
  const path = hostFilePath(runs, hostname());
  const text = textOf(path);
  try {
    return text === undefined ? undefined : parse(text, path);
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}

/** The paths of the files of other hosts. */
export function pathsOfOthers(runs: string): string[] {
  const own = hostFilePath(runs, hostname());
  return namesIn(join(runs, FOLDER))
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(runs, FOLDER, name))
    .filter((path) => path !== own)
    .sort();
}

/** The file of another host; DataError if it is damaged. */
export function readOther(path: string): HostFile {
  return parse(new TextDecoder().decode(readBytes(path)), path);
}

/** Replaces the file of a host, and returns what it says. It is written twice: the disk has the clock. */
export function writeHostFile(runs: string, given: Omit<HostFile, 'sha256' | 'when'>): HostFile {
  const path = hostFilePath(runs, given.host);
  const write = (when: string): HostFile => {
    const file = seal(schema, { ...given, when });
    writeFileAtomic(path, `${JSON.stringify(file, null, 2)}\n`);
    return file;
  };
  write('');
  return write(statSync(path).mtime.toISOString());
}

function parse(text: string, path: string): HostFile {
  return unseal(schema, text, path, 'delete it, and its host will make it again');
}
