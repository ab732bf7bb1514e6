/**
 * A run folder: `config.json` (every option, resolved), `metrics.jsonl` (a line an epoch), `samples/*.png`, and
 * `checkpoints/{last,best}.safetensors`. It holds no dates: the same seed gives the same bytes.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DataError, UsageError } from '../tensor/error.js';
import { makeFolder, readBytes, writeFileAtomic } from '../tensor/files.js';
import type { EpochRecord } from './loop.js';

export interface RunFolder {
  readonly last: string;
  readonly best: string;
  /** Writes the history of the epochs so far. */
  writeMetrics(records: readonly EpochRecord[]): void;
  /** The records of a run that is to be resumed, up to an epoch. */
  readMetrics(epochs: number): EpochRecord[];
  /** Path of a sample picture; its folder exists. */
  samplePath(name: string): string;
}

/** Options of a run that may differ when it is resumed: they change how long it runs, not what it computes. */
const FREE_TO_CHANGE = new Set(['saveEvery', 'resume', 'out', 'data', 'quiet', 'json', 'threads', 'engine']);

/**
 * Opens a run folder. A new run needs an empty place (UsageError if there is a run already and `resume` is not
 * set); a resumed one must have the options it was started with (UsageError names the one that differs).
 */
export function openRunFolder(
  directory: string,
  config: Record<string, unknown>,
  resume: boolean,
): RunFolder {
  const paths = {
    config: join(directory, 'config.json'),
    metrics: join(directory, 'metrics.jsonl'),
    last: join(directory, 'checkpoints', 'last.safetensors'),
    best: join(directory, 'checkpoints', 'best.safetensors'),
  };
  const begun = existsSync(paths.config);
  if (begun && !resume && existsSync(paths.last)) {
    throw new UsageError(
      `--out ${directory}: holds a run already; continue it with --resume or choose another folder`,
    );
  }
  if (resume && !begun) throw new UsageError(`--resume: there is no run in ${directory}`);
  if (resume) requireSameConfig(paths.config, config);
  makeFolder(join(directory, 'checkpoints'));
  makeFolder(join(directory, 'samples'));
  writeFileAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`);
  return {
    last: paths.last,
    best: paths.best,
    writeMetrics: (records) => {
      writeFileAtomic(paths.metrics, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    },
    readMetrics: (epochs) => (existsSync(paths.metrics) ? readRecords(paths.metrics).slice(0, epochs) : []),
    samplePath: (name) => join(directory, 'samples', name),
  };
}

function requireSameConfig(path: string, config: Record<string, unknown>): void {
  const saved = parseJson(new TextDecoder().decode(readBytes(path)), path) as Record<string, unknown>;
  for (const key of new Set([...Object.keys(saved), ...Object.keys(config)])) {
    if (FREE_TO_CHANGE.has(key)) continue;
    const [before, now] = [JSON.stringify(saved[key]), JSON.stringify(config[key])];
    if (before !== now)
      throw new UsageError(`--resume: ${key} is ${now}, but the run was started with ${before}`);
  }
}

function readRecords(path: string): EpochRecord[] {
  const lines = new TextDecoder().decode(readBytes(path)).split('\n').filter(Boolean);
  return lines.map((line) => parseJson(line, path) as EpochRecord);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DataError(`${path}: is not valid JSON`);
  }
}
