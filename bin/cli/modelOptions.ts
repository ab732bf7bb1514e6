/** Model files on the command line, and the options of stages that run them (runnable.ts). */

import { type Command, Option } from 'commander';
import { type SpikingModel, toSpikingModel, toUnet, withNotes } from '../../lib/convert/spikingModel.js';
import { DEFAULT_STEPS, stepsOf } from '../../lib/convert/usualSteps.js';
import { sha256 } from '../../lib/core/sha256.js';
import { MODES, type Mode } from '../../lib/engine/simulate/simulation.js';
import { decodeModel, type Model, NO_CHECKSUM } from '../../lib/model/model.js';
import { modelPath } from '../../lib/node/bundled.js';
import { readBytes } from '../../lib/node/files.js';
import { availableMemory } from '../../lib/node/systemMemory.js';
import { addPotentialOption, count, oneOf, stepCount } from './parse.js';
import { remark } from './pipe.js';
import { addProfileOptions, type ChoiceName, type ProfileOptions } from './profile.js';

/** Option --memory. */
export interface MemoryOptions {
  readonly memory: number;
}

/** Less than the 4 GiB of WebAssembly, in MiB. */
const MOST_MEMORY = 3072;

/** The default for the MiB that a picture may take: half of what is free, since not all memory is counted. */
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
  /** SHA-256 of the file; models that are made from it hold it as `parent`. */
  readonly hash: string;
}

/** Option --unet. */
export interface UnetOption {
  readonly unet: boolean;
}

/** Reads a model as it is, from a file (a checkpoint too) or a bundled one; DataError for a damaged file. */
export function readModel(path: string): LoadedModel {
  const bytes = readBytes(modelPath(path));
  const { model, checked } = decodeModel(bytes, path);
  if (!checked) remark(`${path}: ${NO_CHECKSUM}`);
  return { model, hash: sha256(bytes) };
}

/** For stages that run either kind of network; `conflicts` are the options that a U-Net does not have. */
export function addUnetOption(command: Command, conflicts = ['steps', 'mode', 'vInit']): void {
  const about = 'the U-Net of a model that holds both (default: its spiking network)';
  command.addOption(new Option('--unet', about).default(false).conflicts(conflicts));
}

/** A model to be run: of a file that holds both networks the spiking one, or with `unet` the U-Net. */
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

/** A model as a spiking network, changed as the options say; `read` prepares it for running or training. */
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

/** The steps and the latency of a run, for a line of text. */
export function describeSteps(steps: number, latency: number): string {
  const count = steps === 1 ? '1 step' : `${steps} steps`;
  return `${count}${latency > steps ? ` (latency ${latency} steps)` : ''}`;
}
