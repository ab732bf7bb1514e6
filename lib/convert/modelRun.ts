/**
 * How a model is run: a U-Net by one forward pass, a spiking network for T steps (default: what it was made
 * for).
 */

import { UsageError } from '../core/error.js';
import { type Run, unetRun } from '../engine/predict.js';
import type { Program } from '../engine/program.js';
import { spikingRun } from '../engine/readout.js';
import type { SimulationOptions } from '../engine/simulate/simulation.js';
import type { Model } from '../model/model.js';
import { type Neurons, neurons } from '../neuron/index.js';
import { toSpikingModel, toUnet, withNotes } from './spikingModel.js';
import { stepsOf } from './usualSteps.js';

export interface ModelRunOptions extends Pick<SimulationOptions, 'mode' | 'timing'> {
  /** T; default: what the network was made for. A U-Net has no steps. */
  readonly steps?: number | undefined;
  /** Where membranes start, in volts, or half of each layer's smallest threshold; default: the model's. */
  readonly initialPotential?: number | 'half' | undefined;
  /** Of a model that holds both networks, take the U-Net and not the spiking network; default: false. */
  readonly unet?: boolean;
  /** The table that has the model's neuron; default: the neurons of this package. */
  readonly neurons?: Neurons;
}

/** A model that can be run: of a file that holds both, one of them. */
export interface ModelToRun {
  readonly model: Model;
  /** The default T; 0 for a U-Net. */
  readonly steps: number;
  /** The run of its program for T steps; a U-Net is run without steps. */
  runOf(program: Program, steps: number | undefined): Run;
}

/**
 * The network of a model that is to be run; of a model that holds both networks, the one that `unet` chooses.
 * DataError where metadata is missing or wrong, UsageError for options that cannot mean anything; both
 * messages begin with `source`.
 */
export function readToRun(
  stored: Model,
  source: string,
  { steps, unet = false, initialPotential, neurons: table = neurons, ...simulated }: ModelRunOptions = {},
): ModelToRun {
  const { task } = stored.configuration;
  if (stored.stage === 'ann' || unet) {
    requireNone(source, { steps, initialPotential, ...simulated });
    return {
      ...{ model: toUnet(stored, source, table), steps: 0 },
      runOf: (program, steps) => {
        requireNone(source, { steps });
        return unetRun(program);
      },
    };
  }
  const read = toSpikingModel(stored, source, table);
  const model = initialPotential === undefined ? read : withNotes(read, { initialPotential });
  const usual = steps ?? stepsOf(model.conversion);
  return {
    ...{ model, steps: usual },
    runOf: (program, steps = usual) => spikingRun(program, task, { ...simulated, steps }),
  };
}

function requireNone(source: string, options: object): void {
  const given = Object.entries(options).find(([, value]) => value !== undefined);
  if (given) throw new UsageError(`${source}: a U-Net has no ${given[0]}: leave it out`);
}
