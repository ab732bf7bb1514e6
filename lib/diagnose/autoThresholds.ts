/** Thresholds by layer: a conversion with as few spikes as a tolerance allows, chosen without labels. */

import type { CalibrationInput } from '../convert/calibration.js';
import { type ConversionPlan, convertModel, lambdaChoice } from '../convert/conversion.js';
import type { ConvertedModel } from '../convert/spikingModel.js';
import type { Measured } from '../convert/statistics.js';
import { UsageError } from '../core/error.js';
import type { Engine } from '../engine/door.js';
import type { Model } from '../model/model.js';
import { neuronParameters } from '../neuron/index.js';
import { optimalThresholds } from '../paper/thresholds.js';
import { type Assignment, type Choice, firstWithin, thresholdPath } from './chooseThresholds.js';
import { type LayerCosts, MOST, measureLayers } from './layerTable.js';
import { lossOfOutputs, spikingOutputs, unetOutputs } from './outputLoss.js';

/** A layer of the network that was chosen. */
export interface ChosenLayer {
  readonly signal: string;
  readonly thresholds: number;
  /** Spikes per image, as measured with all other layers exact. */
  readonly spikes: number;
  /**
   * What one threshold fewer would change: squared error at the output (1: that of the whole network) and
   * spikes per image.
   */
  readonly oneFewer: { readonly error: number; readonly spikes: number } | undefined;
}

export interface AutoConversion extends Choice {
  readonly spiking: ConvertedModel;
  readonly layers: readonly ChosenLayer[];
}

/** The tolerance: the share of pixels whose class may differ, or dB of PSNR that may be lost. */
export interface AutoOptions {
  readonly tolerance: number;
  readonly steps: number;
  /** Layers whose thresholds are given. */
  readonly fixed: Assignment;
  /** Called with the number of cells done, of `cellCount`. */
  readonly onCell?: (done: number) => void;
}

/** Converts a U-Net as planned, with thresholds by layer; UsageError for neurons that have only one. */
export function convertAutomatically(
  engine: Engine,
  unet: Model,
  measured: Measured,
  images: readonly CalibrationInput[],
  plan: ConversionPlan,
  { tolerance, steps, fixed, onCell }: AutoOptions,
): AutoConversion {
  const { neuron } = plan;
  const { most } = neuron.parameters.thresholds;
  if (most < MOST) throw new UsageError(`thresholds auto: neuron ${neuron.name} has ${most} only`);
  const kindOf = (count: number) => {
    const thresholds = optimalThresholds(count);
    const start = plan.initialPotential === 'half' ? neuron.half(thresholds) : plan.initialPotential;
    const given = { ...plan, ...plan.own, spikeValues: undefined, thresholds, initialPotential: start };
    return { neuron, parameters: neuronParameters(neuron, given) };
  };
  const lambdas = lambdaChoice(unet, measured, plan);
  const table = measureLayers(engine, unet, images, { kindOf, lambdas, steps }, onCell);
  const converted = (assignment: Assignment) =>
    convertModel(unet, measured, { ...plan, ...thresholdsOf(assignment) });
  const exact = unetOutputs(engine, unet, images);
  const lossOf = (spiking: ConvertedModel) =>
    lossOfOutputs(unet.configuration, images, exact, spikingOutputs(engine, spiking, images, steps));
  const choice = firstWithin(thresholdPath(table, fixed), tolerance, (assignment) =>
    lossOf(converted(assignment)),
  );
  const layers = describe(table, choice.assignment, images.length);
  return { ...choice, spiking: converted(choice.assignment), layers };
}

/** An assignment in the form of a plan: the number of most layers, and those of the others. */
function thresholdsOf(assignment: Assignment): Pick<ConversionPlan, 'thresholds' | 'thresholdsOf'> {
  const counts = [...assignment.values()];
  const layersWith = (count: number) => counts.filter((other) => other === count).length;
  const usual = counts.reduce((best, count) => (layersWith(count) > layersWith(best) ? count : best));
  const others = [...assignment].filter(([, count]) => count !== usual);
  return {
    thresholds: optimalThresholds(usual),
    thresholdsOf:
      others.length > 0
        ? Object.fromEntries(others.map(([signal, count]) => [signal, optimalThresholds(count)]))
        : undefined,
  };
}

function describe(table: readonly LayerCosts[], assignment: Assignment, images: number): ChosenLayer[] {
  const chosen = table.map(({ signal, costs }) => {
    const at = costs.findIndex(({ thresholds }) => thresholds === assignment.get(signal));
    return { signal, cost: costs[at], fewer: costs[at - 1] };
  });
  const total = chosen.reduce((sum, { cost }) => sum + (cost?.error ?? 0), 0);
  return chosen.map(({ signal, cost, fewer }) => ({
    signal,
    thresholds: assignment.get(signal)!,
    spikes: (cost?.spikes ?? 0) / images,
    oneFewer: fewer &&
      cost && { error: (fewer.error - cost.error) / total, spikes: (fewer.spikes - cost.spikes) / images },
  }));
}
