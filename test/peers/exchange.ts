/** The folder in which a peer finds its job, the model and the picture, and leaves its result. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subject } from '../../bin/bench/subject.js';
import { encodeModel } from '../../lib/model/model.js';
import { bytesOf, floatsOf, type PeerJob, type PeerWork } from './peerJob.js';

export interface Exchange {
  /** Writes the files of a job and returns the path of its description. */
  writeJob(job: Omit<PeerJob, 'works'>, work: PeerWork, subject: Subject | undefined): string;
  /** What a peer that writes its result has written. */
  result(): Float32Array | undefined;
}

/** Lends a folder to `use` and removes it afterwards. */
export function withExchange<T>(use: (exchange: Exchange) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'spiking-unet-bench-'));
  const at = (name: string) => join(folder, name);
  const written = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(at(name), bytes);
    return at(name);
  };
  const models = new Map<unknown, string>(); // by model: those of 64 channels are large

  const writeJob: Exchange['writeJob'] = (job, work, subject) => {
    rmSync(at('result'), { force: true });
    const files = subject && work.work !== 'conv' ? describe(subject, work) : {};
    return written('job.json', JSON.stringify({ ...job, ...files, works: [work], output: at('result') }));
  };

  const describe = (subject: Subject, work: Exclude<PeerWork, { work: 'conv' }>): Partial<PeerJob> => {
    const model = work.work === 'simulate' || work.work === 'asf' ? subject.spiking : subject.unet;
    const path = models.get(model) ?? written(`model${models.size}.safetensors`, encodeModel(model));
    models.set(model, path);
    const { image: input, target } = subject.example(work.height);
    const [image, label] = [written('image', bytesOf(input.data)), written('label', Uint8Array.from(target))];
    return { model: path, image, label };
  };

  try {
    const result = () => (existsSync(at('result')) ? floatsOf(readFileSync(at('result'))) : undefined);
    return use({ writeJob, result });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
