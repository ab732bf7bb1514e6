/**
 * What TensorBoard shows of a run: event files in its folder, by number of updates. Every session writes its
 * own file, because the last record of one that was killed may be cut off; TensorBoard reads the files of a
 * folder in the order of their names, and drops what the restart in a later one says has expired. These files
 * alone hold dates, and nothing reads them back.
 */

import { hostname } from 'node:os';
import { join } from 'node:path';
import { restartRecord, type Shown, summaryRecord, versionRecord } from '../../format/tfEvents.js';
import { type EpochRecord, type Progress, type TrainingOptions, updatesOf } from '../../train/loop.js';
import { appendFile, namesIn, removeFile } from '../files.js';

/** Seconds since 1970. */
export type Clock = () => number;

export interface EventFile {
  /** Adds values after so many updates; an Error names the file and the cause if it cannot be written. */
  show(updates: number, shown: readonly Shown[]): void;
}

/** Ten digits of seconds, so that the order of the names is that of the times. */
const NAME = /^events\.out\.tfevents\.(\d{10})\./;
const DIGITS = 10;

const systemClock: Clock = () => (performance.timeOrigin + performance.now()) / 1000;

/**
 * The file of a session, which is made when something is shown. `expired`: the first step of earlier files
 * that this session shows again.
 */
export function newEventFile(directory: string, expired?: number, clock: Clock = systemClock): EventFile {
  let path: string | undefined;
  return {
    show: (updates, shown) => {
      const time = clock();
      const records = [summaryRecord(time, updates, shown)];
      if (path === undefined) {
        path = nextPath(directory, time);
        if (expired !== undefined) records.unshift(restartRecord(time, expired));
        records.unshift(versionRecord(time));
      }
      appendFile(path, Buffer.concat(records));
    },
  };
}

/** A name behind those of the folder, even if the clock was set back. */
function nextPath(directory: string, time: number): string {
  const taken = eventFilesIn(directory).map((name) => Number(NAME.exec(name)?.[1]));
  const seconds = Math.max(Math.floor(time), ...taken.map((other) => other + 1));
  return join(directory, `events.out.tfevents.${String(seconds).padStart(DIGITS, '0')}.${hostname()}`);
}

/** Removes the event files of a folder. */
export function removeEventFiles(directory: string): void {
  for (const name of eventFilesIn(directory)) removeFile(join(directory, name));
}

function eventFilesIn(directory: string): string[] {
  return namesIn(directory).filter((name) => NAME.test(name));
}

/**
 * The first step that is shown again by a run that goes on from `progress`: the next update; or, if only the
 * validation of an epoch is left to do, the last update, because that validation may have been shown already.
 */
export function firstRepeated(progress: Progress, options: Pick<TrainingOptions, 'updatesPerEpoch'>): number {
  const done = updatesOf(progress, options);
  return progress.update === options.updatesPerEpoch ? done : done + 1;
}

/** The numbers of an epoch by their names in TensorBoard; what has no value is not shown. */
export function scalarsOf({ loss, learningRate, validation }: EpochRecord): Shown[] {
  return numbersIn({ 'loss/epoch': loss, learningRate, validation }, '');
}

/** Members that are numbers, and those of members: validation/fov/f1. */
function numbersIn(values: object, prefix: string): Shown[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (typeof value === 'number') return { tag: prefix + name, value };
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? numbersIn(value, `${prefix}${name}/`) : [];
  });
}
