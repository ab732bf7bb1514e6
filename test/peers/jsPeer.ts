/** The part that all JavaScript peers share: read the job, warm up, time, print the answer. */

import { readFileSync, writeFileSync } from 'node:fs';
import { decodeModel, type Model } from '../../lib/model/model.js';
import {
  bytesOf,
  floatsOf,
  magnitude,
  type PeerAnswer,
  type PeerJob,
  type PeerWork,
  ramp,
} from './peerJob.js';

/** A library that has loaded. */
export interface JsPeer {
  readonly version: string;
  /** Threads that it really uses. */
  readonly threads: number;
  /** A 3x3 convolution of `input` [S,S,C]; weights are [C,C,3,3] in PyTorch's order, the bias is 0. */
  conv(input: Float32Array, weight: Float32Array, size: number, channels: number): Promise<JsCall>;
  /** A U-Net on `input` [H,W,C]. */
  forward(input: Float32Array, model: Model, height: number, width: number): Promise<JsCall>;
  /** The same with weights and signals of 8 bits, where the library can do that. */
  bytes?(input: Float32Array, model: Model, height: number, width: number): Promise<JsCall>;
}

export interface JsCall {
  run(): void | Promise<void>;
  /** The result of one more run, [H,W,C]. */
  output(): Promise<Float32Array>;
}

/**
 * Their WebAssembly is compiled in two stages too: the fast code comes when a function has run for a while.
 */
const WARM_UP_SECONDS = 1;

/** Loads the library from a folder and sets its number of threads. */
export type LoadPeer = (modules: string, threads: number) => Promise<JsPeer>;

/** Does the job whose file is named on the command line; the process is that of the peer alone. */
export async function runJsPeer(load: LoadPeer): Promise<void> {
  const job = JSON.parse(readFileSync(process.argv[2], 'utf8')) as PeerJob;
  const peer = await load(job.modules ?? '.', job.threads);
  const results: PeerAnswer['results'] = [];
  for (const work of job.works) {
    const call = await prepare(peer, work, job);
    const output = await call.output();
    if (job.output !== undefined) writeFileSync(job.output, bytesOf(output));
    results.push({ seconds: await time(call, job), checksum: { output: magnitude(output) } });
  }
  const answer: PeerAnswer = { version: peer.version, threads: peer.threads, results };
  // The library's workers would keep the process alive.
  process.stdout.write(`\n${JSON.stringify(answer)}\n`, () => process.exit());
}

function prepare(peer: JsPeer, work: PeerWork, job: PeerJob): Promise<JsCall> {
  if (work.work === 'conv') {
    const { channels, size } = work;
    const weight = ramp(channels * channels * 9).map((value) => value - 0.5);
    return peer.conv(ramp(size * size * channels), weight, size, channels);
  }
  const run = work.work === 'forward' || work.work === 'bytes' ? peer[work.work] : undefined;
  if (!run) throw new Error(`work ${work.work}: it can do conv, forward and perhaps bytes`);
  const { model } = decodeModel(readFileSync(job.model!), job.model!);
  return run(floatsOf(readFileSync(job.image!)), model, work.height, work.width);
}

async function time(call: JsCall, job: PeerJob): Promise<number[]> {
  const secondsSince = (start: number) => (performance.now() - start) / 1000;
  const start = performance.now();
  while (secondsSince(start) < WARM_UP_SECONDS) await call.run();
  const seconds: number[] = [];
  const begin = performance.now();
  while (seconds.length === 0 || (seconds.length < job.repeats && secondsSince(begin) < job.budgetSeconds)) {
    const before = performance.now();
    await call.run();
    seconds.push(secondsSince(before));
  }
  return seconds;
}
