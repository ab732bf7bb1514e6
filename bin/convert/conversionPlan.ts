/** The options of `convert` as a plan: each as it is given, or else the preset's. */

import type { ConversionPlan } from '../../lib/convert/conversion.js';
import { UsageError } from '../../lib/core/error.js';
import { findNeuron, neurons } from '../../lib/neuron/index.js';
import type { Neuron } from '../../lib/neuron/neuron.js';
import { type ProfileOptions, resolveProfile } from '../cli/profile.js';
import { givenParameters } from './neuronOptions.js';
import { presets } from './presets.js';
import { resolveThresholds, type ThresholdOption, thresholdOption } from './thresholdOption.js';

export interface PlanOptions extends ProfileOptions {
  readonly preset: string;
  readonly norm?: string;
  readonly percentile?: number;
  readonly lambda: 'percentile' | 'mse';
  readonly neuron: string;
  readonly thresholds?: ThresholdOption;
  readonly tolerance?: number;
  readonly vInit?: number | 'half';
  readonly poolings: 'neurons' | 'exact';
}

export interface Plan extends ConversionPlan {
  /** Thresholds of the layers that are not named are to be chosen; those of the plan are of no account. */
  readonly automatic: boolean;
  /** Lambdas are to be chosen that lose least. */
  readonly mse: boolean;
}

/** UsageError for options that cannot mean anything together. */
export function planOf(options: PlanOptions): Plan {
  const preset = presets[options.preset];
  const neuron = findNeuron(options.neuron);
  const own = givenParameters({ ...options }, neuron, neurons);
  const { layerInput, slices } = resolveProfile(options);
  const given = thresholdsOf(options, neuron);
  const automatic = given.common === 'auto';
  const { thresholds, thresholdsOf: others } = resolveThresholds(
    automatic ? { ...given, common: undefined } : given,
    neuron,
  );
  const plan: Plan = {
    ...{ neuron, own, poolings: options.poolings, layerInput, slices, automatic },
    mse: options.lambda === 'mse',
    thresholds: thresholds ?? neuron.parameters.thresholds.defaults,
    thresholdsOf: Object.keys(others).length > 0 ? others : undefined,
    initialPotential: options.vInit ?? preset.vInit,
    normalisation: options.norm ?? preset.norm,
    percentile: options.percentile ?? preset.percentile,
    intendedSteps: preset.steps,
  };
  refuse(plan, options);
  return plan;
}

/** What --thresholds says, and for what it leaves out the preset. */
function thresholdsOf({ thresholds, preset }: PlanOptions, neuron: Neuron): ThresholdOption {
  const single = neuron.parameters.thresholds.most === 1; // of which a number is its volts: it keeps its own
  const usual = single ? undefined : presets[preset].thresholds;
  const common = thresholds?.common ?? (usual === undefined ? undefined : thresholdOption(usual).common);
  return { byLayer: thresholds?.byLayer ?? new Map(), common };
}

function refuse(plan: Plan, { tolerance }: PlanOptions): void {
  if (plan.mse && plan.normalisation !== 'channel')
    throw new UsageError('--lambda mse: chooses the lambdas of channels: add --norm channel');
  if (tolerance !== undefined && !plan.automatic)
    throw new UsageError('--tolerance: belongs to --thresholds auto: leave it out, or add that');
  if (plan.own?.spikeValues && (plan.thresholdsOf || plan.automatic))
    throw new UsageError('--spike-values: belong to thresholds that all layers share: leave them out');
}
