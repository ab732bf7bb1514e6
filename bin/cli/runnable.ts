/** Running the network that a model holds, of either kind, as the options say; large pictures in tiles. */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import { DataError } from '../../lib/core/error.js';
import type { FloatImage } from '../../lib/core/floatImage.js';
import type { Window } from '../../lib/core/window.js';
import type { Engine } from '../../lib/engine/door.js';
import { NotFiniteError } from '../../lib/engine/kernels/finite.js';
import { imageBytes } from '../../lib/engine/kernels/memory.js';
import type { Prediction, Run } from '../../lib/engine/predict.js';
import type { Program } from '../../lib/engine/program.js';
import { readOut } from '../../lib/engine/readout.js';
import { delayedLatency } from '../../lib/engine/simulate/delayed.js';
import { tracedDumpBytes } from '../../lib/engine/simulate/recording.js';
import type { SimulationOptions as Simulated, Simulation } from '../../lib/engine/simulate/simulation.js';
import { type MemoryLimit, tiledRun } from '../../lib/engine/tiles.js';
import type { Model } from '../../lib/model/model.js';
import { mostMembranes } from '../../lib/neuron/spikingNetwork.js';
import { type MemoryOptions, type SimulationOptions, spikingModel } from './modelOptions.js';

/** The prediction of a model for a picture, and the record of a spiking network's simulation. */
export interface Recorded extends Prediction {
  readonly simulation?: Simulation;
}

/** A model that is ready to run. */
export interface Runnable {
  /** Runs a padded picture, in tiles if it is large. */
  readonly run: Run;
  /** Runs a padded picture as a whole, and records what was asked for. */
  record(image: FloatImage): Recorded;
  readonly program: Program;
  /** 0 for a U-Net. */
  readonly steps: number;
  /** Steps from the picture to the output: T, and with delayed timing T times the layers of neurons. */
  readonly latency: number;
  readonly limit: MemoryLimit;
  /** The spiking network with the changes of the options; undefined for a U-Net. */
  readonly spiking?: SpikingModel;
}

/** What to record of a simulation; default: nothing. */
export type ToKeep = Pick<Simulated, 'keep' | 'trace'>;

interface Request {
  readonly model: Model;
  /** The file of the model. */
  readonly source: string;
  readonly options: SimulationOptions & MemoryOptions;
}

/** Prepares a model of either stage, calls `work` with it, and frees its memory. */
export function withModel<T>(
  engine: Engine,
  request: Request,
  work: (runnable: Runnable) => T,
  toKeep: ToKeep = {},
): T {
  const runnable = openModel(engine, request, toKeep);
  try {
    return work(runnable);
  } finally {
    runnable.program.dispose();
  }
}

/** Prepares a model that runs until the process ends. */
export function openModel(engine: Engine, request: Request, toKeep: ToKeep = {}): Runnable {
  return request.model.stage === 'ann' ? unet(engine, request) : spiking(engine, request, toKeep);
}

function unet(engine: Engine, request: Request): Runnable {
  const program = engine.prepare(request.model);
  const record = (image: FloatImage) => ({ output: program.run(image), spikes: 0 });
  return { program, steps: 0, latency: 0, ...tiled(request, record, program.bytesOf) };
}

function spiking(engine: Engine, request: Request, { keep = [], trace = false }: ToKeep): Runnable {
  const { model, options, source } = request;
  const { layers, configuration } = model;
  const { spiking, steps } = spikingModel(model, options, source);
  const { mode, timing = 'same' } = options;
  const simulated: Simulated = { steps, mode, timing, keep, trace };
  const program = engine.prepare(spiking);
  const record = (image: FloatImage, counted?: Window): Recorded => {
    const simulation = program.simulate(image, { ...simulated, counted });
    const output = readOut(configuration.task, simulation.output, steps);
    return { output, spikes: simulation.spikes, simulation };
  };
  const membranes = mostMembranes(spiking);
  const bytesOf = (height: number, width: number) => {
    const dump = tracedDumpBytes(layers, { height, width, steps, membranes });
    const traced = trace ? 2 * dump : 0; // and its file
    return traced + program.bytesOf(height, width, simulated);
  };
  const latency = timing === 'delayed' ? delayedLatency(layers, steps) : steps;
  return { program, steps, latency, spiking, ...tiled(request, record, bytesOf) };
}

/** A run in tiles, and the memory limit that sets their size. */
function tiled(
  { model, options, source }: Request,
  record: (image: FloatImage, counted?: Window) => Recorded,
  bytesOf: MemoryLimit['bytesOf'],
): Pick<Runnable, 'record' | 'run' | 'limit'> {
  const { channels, classes } = model.configuration;
  const around = (height: number, width: number) => imageBytes(channels, classes, height, width);
  const limit = { bytes: options.memory * 2 ** 20, bytesOf, around };
  const named: typeof record = (...image) => naming(source, () => record(...image));
  return { record: named, run: tiledRun(named, model.layers, limit), limit };
}

/** Adds the file of the network to errors about outputs that are not finite. */
function naming<T>(source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof NotFiniteError ? new DataError(`${source}: ${error.message}`) : error;
  }
}
