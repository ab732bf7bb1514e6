/**
 * Pictures and a network for tests of `--jobs`, and commands whose children tell what they do: they load
 * `spy.cjs`, which notes the pictures that they read, and crashes or hangs at some if the test says so.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { encodeModel } from '../../lib/model/model.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { randomModel } from '../support/networks.js';
import { environment } from './command.js';

export const SIDE = 16;
/** 36 pictures are 18 batches. */
export const PICTURES = 36;

const root = t.testdir();
export const at = (...parts: string[]) => join(root, ...parts);
export const model = at('ann.safetensors');
writeFileSync(model, encodeModel(randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 })));
for (let k = 0; k < PICTURES; k++) {
  const { picture, label } = drawSample(1, k, 'eye', 1, SIDE);
  writePng(at('data', 'images', `${k}.png`), picture);
  const data = label!.map((id) => Number(id === 1));
  writePng(at('data', 'labels', `${k}.png`), { height: SIDE, width: SIDE, channels: 1, data });
}
/**
 * CRASH holds how often to crash at a picture, HANG where to hang. Listeners to signals would hear nothing in
 * a process that hangs.
 */
writeFileSync(
  at('spy.cjs'),
  `const fs = require('node:fs');
  const { LOG, CRASH = '{}', HANG } = process.env;
  if (process.argv.includes('--part-of') && LOG) {
    const read = fs.readFileSync;
    fs.readFileSync = (path, ...rest) => {
      const name = /images.(\\d+)\\.png$/.exec(String(path))?.[1];
      if (name === undefined) return read(path, ...rest);
      fs.appendFileSync(LOG, name + '\\n');
      const times = read(LOG, 'utf8').split('\\n').filter((line) => line === name).length;
      if (times <= (JSON.parse(CRASH)[name] ?? 0)) process.kill(process.pid, 'SIGKILL');
      if (name === HANG) {
        for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal);
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
      }
      return read(path, ...rest);
    };
    require('node:module').syncBuiltinESMExports();
  }`,
);

export const runArgs = (out: string, ...more: string[]) => [
  ...['run', '--model', model, '--image', at('data', 'images'), '--out', at(out), '--threads', '2'],
  ...more,
];
export const evaluateArgs = (...more: string[]) => [
  ...['evaluate', '--model', model, '--dataset', 'folder', '--data', at('data'), '--split', 'all'],
  ...more,
];

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Starts a command whose children note in the file `log` what they read. `env` keeps tap from adding itself
 * to every process, which would take longer than the work.
 */
export function start(log: string, args: readonly string[], spy: Readonly<Record<string, string>> = {}) {
  const env = { ...environment, LOG: at(`${log}.log`), ...spy };
  const node = ['NODE_OPTIONS=', process.execPath, '--require', at('spy.cjs'), 'dist/bin/spiking-unet.js'];
  const child = spawn('env', [...node, ...args], { env });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += text));
  child.stderr.on('data', (text) => (err += text));
  const ended = new Promise<Ended>((end) => child.once('close', (code) => end({ code, out, err })));
  return { process: child, ended };
}

export const linesOf = (log: string) =>
  existsSync(at(`${log}.log`))
    ? readFileSync(at(`${log}.log`), 'utf8')
        .trim()
        .split('\n')
        .map(Number)
    : [];
export const sortedLines = (log: string) => linesOf(log).sort((a, b) => a - b);
export const everyPicture = Array.from({ length: PICTURES }, (_, k) => k);
export const waitFor = async (isThere: () => boolean, { process: child }: { process: ChildProcess }) => {
  while (!isThere() && child.exitCode === null) await sleep(10);
};
export const recordsIn = (...folder: string[]) =>
  existsSync(at(...folder, 'done')) ? readdirSync(at(...folder, 'done')) : [];
export const claimsIn = (...folder: string[]) =>
  readdirSync(at(...folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('claim.json'),
  );

/** The answers in a folder, by name. */
export const answersIn = (out: string) =>
  readdirSync(at(out))
    .filter((name) => name !== 'shared')
    .sort()
    .map((name) => [name, readFileSync(at(out, name), 'base64')]);
