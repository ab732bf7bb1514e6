/** `run` on one picture: runs the network, writes the answer and, with --dump, a record of the run. */

import { UsageError } from '../../lib/core/error.js';
import type { FloatImage } from '../../lib/core/floatImage.js';
import { toMiB } from '../../lib/engine/kernels/memory.js';
import { cropOutput, paddedSize, padImage } from '../../lib/engine/predict.js';
import { planTiles, wholeBytes } from '../../lib/engine/tiles.js';
import type { Model } from '../../lib/model/model.js';
import { modelInput } from '../../lib/model/modelInput.js';
import { multipleOf } from '../../lib/net/graph.js';
import { mostMembranes } from '../../lib/neuron/spikingNetwork.js';
import type { Image } from '../../lib/picture/image.js';
import { writeAnswer } from './answers.js';
import { checkTraceSize, writeDump } from './dump.js';
import type { Input } from './inputs.js';
import type { MemoryOptions, SimulationOptions } from './modelOptions.js';
import type { Recorded, Runnable } from './runnable.js';
import type { Context } from './stage.js';

export interface PictureOptions extends SimulationOptions, MemoryOptions {
  readonly out: string;
  readonly dump?: string;
  readonly trace?: boolean;
  readonly probability: boolean;
}

/** What all pictures have in common. */
export interface Job {
  readonly model: Model;
  readonly runnable: Runnable;
  readonly options: PictureOptions;
  readonly context: Pick<Context, 'log'>;
}

/** The run of one picture, for the result. */
export interface PictureRun {
  readonly file: string;
  /** Paths. */
  readonly outputs: readonly string[];
  readonly spikes: number;
  readonly ms: number;
  readonly steps: number;
  readonly latency: number;
  /** MiB that it needs at once, and the tiles in which it was run, if that was too much. */
  readonly memory: {
    readonly mib: number;
    readonly tile?: { readonly height: number; readonly width: number } | undefined;
  };
}

export interface Failure {
  readonly file: string;
  readonly error: string;
}

/** What became of all pictures, in their order. */
export interface Ran {
  readonly images: readonly PictureRun[];
  readonly failures: readonly Failure[];
  readonly threads: number;
}

/** Runs a model on one picture; writes the results under its name and, with --dump, a record of the run. */
export function runPicture(job: Job, { file, read }: Input, name: string): PictureRun {
  const { model, runnable, options } = job;
  const picture = read();
  const { height, width } = picture;
  const { steps, latency } = runnable;
  if (options.trace) {
    const { paddedHeight, paddedWidth } = paddedSize(height, width, multipleOf(model.layers));
    const membranes = mostMembranes(runnable.spiking!);
    const footprint = { height: paddedHeight, width: paddedWidth, steps, membranes };
    checkTraceSize(options.dump!, model, footprint);
  }
  const memory = announceMemory(job, file, picture);
  const image = modelInput(model, picture);
  const start = performance.now();
  const padded = padImage(image, multipleOf(model.layers));
  const recorded = options.dump === undefined ? runnable.run(padded) : runnable.record(padded);
  const output = cropOutput(recorded.output, padded, picture);
  const ms = performance.now() - start;
  if (options.dump !== undefined) dump(options.dump, job, { picture, padded, recorded });
  const answer = { picture, input: image.data, output, steps };
  const outputs = writeAnswer(options.out, name, model, answer, options.probability);
  return { file, outputs, spikes: recorded.spikes, ms, steps, latency, memory };
}

/** The run of one picture, for --dump. */
interface Happened {
  readonly picture: Image;
  readonly padded: FloatImage;
  readonly recorded: Recorded;
}

/** Writes all that a network did on a picture. */
function dump(
  path: string,
  { model, runnable, options }: Job,
  { picture, padded, recorded }: Happened,
): void {
  const { spiking, steps } = runnable;
  const { height, width } = picture;
  const { simulation } = recorded;
  const output = simulation?.output ?? recorded.output;
  const { timing } = options;
  writeDump(path, model, { image: padded, output, simulation }, { height, width, steps, spiking, timing });
}

/** Logs how much memory a picture needs, and in which tiles it is run if that is too much. */
function announceMemory({ model, runnable, options, context }: Job, file: string, { height, width }: Image) {
  const { limit } = runnable;
  const { paddedHeight, paddedWidth } = paddedSize(height, width, multipleOf(model.layers));
  const tile = planTiles(model.layers, paddedHeight, paddedWidth, limit);
  const mib = toMiB(wholeBytes(limit, paddedHeight, paddedWidth));
  const tiles = tile ? ` at once: in tiles of ${tile.width}x${tile.height}` : '';
  context.log(`${file}: ${width}x${height} pixels need about ${mib} MiB${tiles}`);
  if (tile && options.dump !== undefined)
    throw new UsageError(`--dump: ${file} needs ${mib} MiB at once, more than --memory ${options.memory}`);
  return { mib, ...(tile && { tile }) };
}
