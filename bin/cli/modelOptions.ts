/** Model files on the command line, and running whichever kind of network they hold. */

import { type Command, Option } from 'commander';
import { type SpikingModel, toSpikingModel, toUnet, withNotes } from '../../lib/convert/spikingModel.js';
import { DEFAULT_STEPS, stepsOf } from '../../lib/convert/usualSteps.js';
import { DataError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { availableMemory } from '../../lib/core/systemMemory.js';
import type { Kernels } from '../../lib/engine/contract.js';
import { delayedLatency } from '../../lib/engine/delayed.js';
import { NotFiniteError } from '../../lib/engine/finite.js';
import { forwardBytes, imageBytes } from '../../lib/engine/memory.js';
import { type Run, unetRun } from '../../lib/engine/predict.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { tracedDumpBytes } from '../../lib/engine/recording.js';
import { runsLayerByLayer } from '../../lib/engine/simulateNetwork.js';
import {
  MODES,
  type Mode,
  type Simulation,
  type StepRecord,
  type Sums,
} from '../../lib/engine/simulation.js';
import { delayedBytes, simulationBytes, stepByStepBytes } from '../../lib/engine/simulationMemory.js';
import { type MemoryLimit, tiledRun } from '../../lib/engine/tiles.js';
import { decodeModel, type Model, NO_CHECKSUM } from '../../lib/model/model.js';
import { mostMembranes } from '../../lib/neuron/spikingNetwork.js';
import { modelPath } from '../../lib/node/bundled.js';
import { readBytes } from '../../lib/node/files.js';
import { addPotentialOption, count, oneOf, stepCount } from './parse.js';
import { remark } from './pipe.js';
import { addProfileOptions, type ChoiceName, type ProfileOptions } from './profile.js';

/** Option --memory. */
export interface MemoryOptions {
  readonly memory: number;
}

/** Less than the 4 GiB of WebAssembly, in MiB. */
const MOST_MEMORY = 3072;

/** The MiB that a picture may take where nobody says: half of what the system leaves, for the rest is not counted. */
function defaultMemory(): number {
  return Math.max(1, Math.min(MOST_MEMORY, Math.floor(availableMemory() / 2 ** 21)));
}

export interface SimulationOptions extends ProfileOptions {
  readonly steps?: number;
  readonly mode: Mode;
  /** Only of stages that have the option --timing. */
  readonly timing?: 'same' | 'delayed';
  readonly vInit?: number | 'half';
}

export interface LoadedModel {
  readonly model: Model;
  /** SHA-256 of the file, which its descendants carry as `parent`. */
  readonly hash: string;
}

/** Option --unet. */
export interface UnetOption {
  readonly unet: boolean;
}

/** Reads a model, a file (a checkpoint will do) or a bundled one, as it is; DataError names what is wrong with it. */
export function readModel(path: string): LoadedModel {
  const bytes = readBytes(modelPath(path));
  const { model, checked } = decodeModel(bytes, path);
  if (!checked) remark(`${path}: ${NO_CHECKSUM}`);
  return { model, hash: sha256(bytes) };
}

/** For stages that run either kind of network; `conflicts` are the options that mean nothing to a U-Net. */
export function addUnetOption(command: Command, conflicts = ['steps', 'mode', 'vInit']): void {
  const about = 'the U-Net of a model that holds both (default: its spiking network)';
  command.addOption(new Option('--unet', about).default(false).conflicts(conflicts));
}

/** A model to be run: of a file that holds both the spiking network, or where `unet` says so the U-Net. */
export function loadModel(path: string, unet = false): LoadedModel {
  const { model, hash } = readModel(path);
  if (model.stage !== 'both' && !unet) return { model, hash };
  return { model: unet ? toUnet(model, path) : toSpikingModel(model, path), hash };
}

/** `choices` are those of the profile that matter to the stage; all stages start from V = 0 in `official`. */
export function addSimulationOptions(command: Command, ...choices: readonly ChoiceName[]): void {
  command
    .option(
      '--steps <T>',
      `time steps (default: those the model was made for, or ${DEFAULT_STEPS})`,
      stepCount,
    )
    .option(
      '--mode <mode>',
      `currents from ${MODES.join(', ')}: same bits, other speed`,
      oneOf(...MODES),
      'auto',
    );
  addPotentialOption(command);
  addProfileOptions(command, ...choices);
}

/** The option --timing, for stages that run networks. */
export function addTimingOption(command: Command): void {
  const help =
    'same: a layer reads what is fired in the same step; delayed: it fires after it has seen all steps ' +
    '(fewer spikes, T steps of latency a layer)';
  command.option('--timing <name>', help, oneOf('same', 'delayed'), 'same');
}

/** A model as a spiking network, with what the options change in it; `read` makes it one to be run, or trained. */
export function spikingModel(
  model: Model,
  options: SimulationOptions,
  source: string,
  read = toSpikingModel,
) {
  const stored = read(model, source);
  const vInit = options.vInit ?? (options.profile === 'official' ? 0 : undefined);
  const spiking: SpikingModel = vInit === undefined ? stored : withNotes(stored, { initialPotential: vInit });
  return { spiking, steps: options.steps ?? stepsOf(stored.conversion) };
}

/** The option --memory, for stages that can run large pictures in tiles. */
export function addMemoryOption(command: Command): void {
  const help = 'MiB that a picture may take; larger ones are run in overlapping tiles, with the same results';
  command.option('--memory <MiB>', help, count, defaultMemory());
}

export interface Runnable {
  readonly run: Run;
  /** 0 for a U-Net. */
  readonly steps: number;
  /** Steps from the picture to the output: T, and with delayed timing T times the layers of neurons. */
  readonly latency: number;
  readonly limit: MemoryLimit;
  /** The network as the options have changed it, where it is a spiking one. */
  readonly spiking?: SpikingModel;
}

/**
 * How to run a model of either stage, in tiles where a picture is large. `onSimulation` sees what is to be kept of
 * what a spiking network does, and `onStep` every step: then the steps are run one by one.
 */
export function runOf(
  kernels: Kernels,
  model: Model,
  options: SimulationOptions & MemoryOptions,
  source: string,
  keep: readonly Sums[],
  onSimulation?: (simulation: Simulation) => void,
  onStep?: (record: StepRecord) => void,
): Runnable {
  const { layers } = model;
  const { channels, classes } = model.configuration;
  const bytes = options.memory * 2 ** 20;
  const tiled = (run: Run, steps: number, bytesOf: MemoryLimit['bytesOf']): Runnable => {
    const around = (height: number, width: number) => imageBytes(channels, classes, height, width);
    const limit = { bytes, bytesOf, around };
    return { run: tiledRun(naming(source, run), layers, limit), steps, latency: steps, limit };
  };
  if (model.stage === 'ann') {
    return tiled(unetRun(kernels, model), 0, (height, width) => forwardBytes(layers, height, width));
  }
  const { spiking, steps } = spikingModel(model, options, source);
  const { mode, timing = 'same' } = options;
  const simulation = { steps, mode, timing, keep, ...(onStep && { onStep }) };
  const run = spikingRun(kernels, spiking, model.configuration.task, simulation, onSimulation);
  const membranes = mostMembranes(spiking);
  const sums = keep.length;
  const traced = onStep !== undefined;
  const bytesOf: MemoryLimit['bytesOf'] = (height, width) => {
    const trace = traced ? 2 * tracedDumpBytes(layers, height, width, steps, membranes) : 0; // and its file
    if (timing === 'delayed') return trace + delayedBytes(layers, height, width, sums, membranes);
    if (runsLayerByLayer(kernels, spiking, simulation))
      return simulationBytes(layers, height, width, steps, sums, membranes);
    return trace + stepByStepBytes(layers, height, width, sums, membranes);
  };
  const latency = timing === 'delayed' ? delayedLatency(layers, steps) : steps;
  return { ...tiled(run, steps, bytesOf), latency, spiking };
}

/** A run whose outputs that are no numbers are told with the file of the network. */
function naming(source: string, run: Run): Run {
  return (...image) => {
    try {
      return run(...image);
    } catch (error) {
      throw error instanceof NotFiniteError ? new DataError(`${source}: ${error.message}`) : error;
    }
  };
}

/** How long a network fired, for a line of text. */
export function describeSteps(steps: number, latency: number): string {
  const count = steps === 1 ? '1 step' : `${steps} steps`;
  return `${count}${latency > steps ? ` (latency ${latency} steps)` : ''}`;
}
