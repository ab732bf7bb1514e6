/**
 * A run folder: `config.json` (every option, resolved), `metrics.jsonl` (a line for each epoch),
 * `samples/*.png`, and `checkpoints/{last,best}.safetensors`. All of them carry the id of the run, and while
 * a training runs in the folder it has an owner (runLock.ts). They hold no dates: the same seed gives the
 * same bytes. Event files for TensorBoard (eventFile.ts) hold dates, and nothing reads them back.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError, UsageError } from '../../core/error.js';
import { sha256 } from '../../core/sha256.js';
import { parseJson } from '../../format/json.js';
import type { EpochRecord } from '../../train/loop.js';
import { makeFolder, readBytes, removeFile, removeLeftovers, writeFileAtomic } from '../files.js';
import { type Clock, type EventFile, newEventFile, removeEventFiles } from './eventFile.js';
import { decodeHistory, decodeRecords, encodeHistory } from './history.js';
import { lockRun, type RunLock } from './runLock.js';

/** Every option of a run, and `samples`: a hash of what it is trained on. */
export type RunConfig = Readonly<Record<string, unknown>>;

export interface RunRequest {
  readonly directory: string;
  readonly config: RunConfig;
  /** Tells what the run starts from: a hash of the model. */
  readonly start: string;
  readonly resume: boolean;
  /** For event files; by default that of the system. */
  readonly clock?: Clock;
  /** Takes a line for the user. */
  remark(line: string): void;
}

export interface RunFolder {
  readonly last: string;
  readonly best: string;
  /** Identifies the run: equal for runs that end with the same bits. */
  readonly id: string;
  /** Writes the history of the epochs so far. */
  writeMetrics(records: readonly EpochRecord[]): void;
  /** The records of a run that is to be resumed, up to an epoch; DataError where they are not all there. */
  readMetrics(epochs: number): EpochRecord[];
  /** Writes the sample picture of an epoch, a PNG file. */
  writeSample(epoch: number, png: Uint8Array): void;
  /** An event file for a session (newEventFile). */
  newEventFile(expired?: number): EventFile;
  /** DataError where a model, by its notes, is of another run. */
  requireOwn(path: string, notes: Readonly<Record<string, string>>): void;
  /**
   * Must be called now and then: shows that the owner lives; an Error if the folder is gone or no longer
   * ours.
   */
  beat(): void;
  /** Releases the folder. */
  close(): void;
  remark(line: string): void;
}

/**
 * Options of a run that may differ when it is resumed: they change how long it runs, not what it computes.
 */
const FREE_TO_CHANGE = new Set([
  ...['saveEvery', 'resume', 'out', 'data', 'quiet', 'json', 'threads', 'engine', 'memory'],
  ...['patience', 'epochs', 'run'], // a run can be extended; of `epochs` see requireSameConfig
]);

const savedConfig = z.looseObject({
  run: z.string().optional(),
  epochs: z.number().int().min(1).optional(),
  samples: z.string().optional(),
});

/** Digits of an id. */
const ID = 16;
/** Names of temporary files as earlier versions chose them. */
const LEFTOVER = /^(config\.json|metrics\.jsonl|(last|best)\.safetensors|.*\.png)\..*\.tmp$/;

/**
 * Opens a run folder and becomes its owner. A new run needs an empty place (UsageError if there is a run
 * already and `resume` is not set); a resumed one must have the options and the samples that it was started
 * with, but may have more epochs (UsageError names what differs).
 */
export function openRunFolder(request: RunRequest): RunFolder {
  const { directory, resume } = request;
  if (resume && !existsSync(join(directory, 'config.json'))) {
    throw new UsageError(`resume: there is no run in ${directory}`);
  }
  makeFolder(directory);
  const lock = lockRun(directory, request.remark);
  try {
    return openLocked(request, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Whether a folder holds a run that can only be resumed: a checkpoint, or epochs that were measured. */
export function holdsRun(directory: string): boolean {
  const { begun, epochs } = whatIsIn(pathsIn(directory));
  return begun || epochs > 0;
}

function pathsIn(directory: string) {
  const at = (...parts: string[]) => join(directory, ...parts);
  const [last, best] = ['last', 'best'].map((name) => at('checkpoints', `${name}.safetensors`));
  return { config: at('config.json'), metrics: at('metrics.jsonl'), last, best };
}

/** Whether there is a checkpoint to go on from, and how many lines of metrics. */
function whatIsIn({ config, metrics, last }: ReturnType<typeof pathsIn>) {
  const epochs = textOf(metrics).split('\n').filter(Boolean).length;
  return { begun: existsSync(config) && existsSync(last), epochs };
}

function openLocked(request: RunRequest, lock: RunLock): RunFolder {
  const { directory, config, start, resume, remark, clock } = request;
  const [checkpoints, samples] = ['checkpoints', 'samples'].map((name) => join(directory, name));
  const { last, best, ...paths } = pathsIn(directory);
  const { begun, epochs } = whatIsIn({ last, best, ...paths });
  if ((begun || epochs > 0) && !resume) {
    throw new UsageError(`out ${directory}: holds a run already; resume it or choose another folder`);
  }
  // In its first epoch a run may be stopped just before the checkpoint is written: then it begins again.
  if (!begun && epochs > 1) {
    throw new DataError(`${last}: is missing: without it the run in ${directory} cannot go on`);
  }
  const saved = resume ? readConfig(paths.config) : undefined;
  if (saved) requireSameConfig(saved, config, remark);
  if (begun && saved?.run === undefined) {
    remark(`${directory}: begun by an older version: whether its files are of one run cannot be checked`);
  }
  const id = (begun && saved?.run) || newId(config, start);
  for (const folder of [directory, checkpoints, samples]) {
    makeFolder(folder);
    removeLeftovers(folder, (name) => LEFTOVER.test(name));
  }
  if (!begun) {
    for (const old of [paths.metrics, best]) removeFile(old);
    removeEventFiles(directory);
  }
  writeFileAtomic(paths.config, `${JSON.stringify({ ...config, run: id }, null, 2)}\n`);
  return {
    ...{ last, best, id, remark, beat: lock.beat, close: lock.release },
    writeMetrics: (records) => {
      lock.beat(); // or a folder that was deleted would be made again
      writeFileAtomic(paths.metrics, encodeHistory(records, id));
    },
    readMetrics: (epochs) => decodeHistory(textOf(paths.metrics), paths.metrics, id, epochs),
    writeSample: (epoch, png) =>
      writeFileAtomic(join(samples, `epoch-${String(epoch).padStart(3, '0')}.png`), png),
    newEventFile: (expired) => newEventFile(directory, expired, clock),
    requireOwn: (path, { run = id }) => {
      if (run === id) return;
      throw new DataError(`${path}: is of the run ${run}, config.json of ${id}: take all files from one run`);
    },
  };
}

/** The epochs of a run so far, for readers; DataError where the folder holds no run, or a damaged one. */
export function readEpochs(directory: string): EpochRecord[] {
  const [config, metrics] = ['config.json', 'metrics.jsonl'].map((name) => join(directory, name));
  const { run = '' } = parseJson(savedConfig, new TextDecoder().decode(readBytes(config)), config);
  return decodeRecords(new TextDecoder().decode(readBytes(metrics)), metrics, run);
}

function readConfig(path: string): z.infer<typeof savedConfig> {
  return parseJson(savedConfig, textOf(path), path);
}

function textOf(path: string): string {
  return existsSync(path) ? new TextDecoder().decode(readBytes(path)) : '';
}

function newId(config: RunConfig, start: string): string {
  const { epochs } = config;
  const options = Object.entries(config).filter(([key]) => !FREE_TO_CHANGE.has(key));
  const text = JSON.stringify([start, epochs, options.sort(([a], [b]) => (a < b ? -1 : 1))]);
  return sha256(text).slice(0, ID);
}

function requireSameConfig(
  saved: z.infer<typeof savedConfig>,
  config: RunConfig,
  remark: RunRequest['remark'],
): void {
  if (saved.samples !== undefined && saved.samples !== config.samples) {
    requireSameOptions(saved, config); // a cause that can be named comes first
    throw new UsageError('resume: the data hold other images or labels than the run was started with');
  }
  requireSameOptions(saved, config);
  const { epochs: before } = saved;
  const now = Number(config.epochs);
  if (before === undefined || now === before) return;
  if (now < before) {
    throw new UsageError(
      `resume: epochs is ${now}, but the run was started with ${before}: it can be prolonged only`,
    );
  }
  remark(
    `prolonged from ${before} epochs to ${now}: from here on its learning rates are those of ${now} epochs`,
  );
}

function requireSameOptions(saved: RunConfig, config: RunConfig): void {
  for (const key of new Set([...Object.keys(saved), ...Object.keys(config)])) {
    if (FREE_TO_CHANGE.has(key) || key === 'samples') continue;
    const [before, now] = [JSON.stringify(saved[key]), JSON.stringify(config[key])];
    if (before !== now)
      throw new UsageError(`resume: ${key} is ${now}, but the run was started with ${before}`);
  }
}
