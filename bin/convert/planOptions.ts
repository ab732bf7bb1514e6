/** The options of `convert` as the library takes them (lib/convert/convertOptions.ts). */

import type { PlanOptions, RoundingName } from '../../lib/convert/convertOptions.js';
import { findNeuron, neurons } from '../../lib/neuron/index.js';
import type { BitsOption } from '../cli/bitsOption.js';
import { givenParameters } from '../cli/neuronOptions.js';
import { type ProfileOptions, resolveProfile } from '../cli/profile.js';
import type { ThresholdOption } from '../cli/thresholdOption.js';

export interface PlanCommand extends ProfileOptions {
  readonly preset: string;
  readonly norm?: string;
  readonly percentile?: number;
  readonly lambda: 'percentile' | 'mse';
  readonly neuron: string;
  readonly thresholds?: ThresholdOption;
  readonly tolerance?: number;
  readonly bits?: BitsOption;
  readonly membraneBits?: number;
  readonly rounding?: RoundingName;
  readonly lambdaFloor?: number;
  readonly vInit?: number | 'half';
  readonly poolings: 'neurons' | 'exact';
}

/** UsageError for parameters that the neuron does not have. */
export function planOptions(command: PlanCommand): PlanOptions {
  const { preset, percentile, lambda, thresholds, tolerance, poolings, bits, lambdaFloor, rounding } =
    command;
  const { layerInput, slices } = resolveProfile(command);
  const neuron = findNeuron(command.neuron);
  return {
    ...{ preset, neuron, percentile, lambda, tolerance, poolings, layerInput, slices },
    ...{ ...bits, membraneBits: command.membraneBits },
    ...{ lambdaFloor, rounding },
    parameters: givenParameters({ ...command }, neuron, neurons),
    thresholds: thresholds?.common,
    thresholdsOf: thresholds && Object.fromEntries(thresholds.byLayer),
    initialPotential: command.vInit,
    normalisation: command.norm,
  };
}
