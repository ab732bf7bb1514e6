/**
 * How a model is run: a U-Net by one forward pass, a spiking network for T steps, by default those it was
 * made for.
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
  /** T; default: what the network was made for. A U-Net has none. */
  readonly steps?: number | undefined;
  /**
   * Where membranes start: in volts, or half of each layer's smallest threshold. Default: as the model
   * says.
   */
  readonly initialPotential?: number | 'half' | undefined;
  /** Of a model that holds both: the U-Net in the place of the spiking network. Default: false. */
  readonly unet?: boolean;
  /** Knows the model's neuron; default: the neurons of this package. */
  readonly neurons?: Neurons;
}

/** A model that can be run: of a file that holds both, one of them. */
export interface ModelToRun {
  readonly model: Model;
  /** T where nobody says otherwise; 0 of a U-Net. */
  readonly steps: number;
  /** The run of its program for T steps, or none of a U-Net. */
  runOf(program: Program, steps: number | undefined): Run;
}

/**
 * The network that a model is, or of one that holds both the one that is asked for. DataError where the
 * model does not say what it should, UsageError for options that cannot mean anything; both begin with
 * `source`.
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
