/** Measures what a plan needs on the calibration images, and converts by it. */

import { convertModel, USUAL_PERCENTILE } from '../../lib/convert/conversion.js';
import { measureMseLambdas } from '../../lib/convert/mse.js';
import type { ConvertedModel } from '../../lib/convert/spikingModel.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { type AutoConversion, convertAutomatically } from '../../lib/diagnose/autoThresholds.js';
import { cellCount } from '../../lib/diagnose/layerTable.js';
import type { Model } from '../../lib/model/model.js';
import type { Context } from '../cli/stage.js';
import type { CalibrationSet } from './calibrationSet.js';
import type { Plan } from './conversionPlan.js';

/** Images that thresholds are chosen on, spread evenly over those that lambdas are measured on. */
const IMAGES = 4;
/** Share of the pixels whose class may differ, and dB that a denoiser may lose, where nobody says otherwise. */
const TOLERANCES = { segment: 0.002, denoise: 0.03 };

export interface Converted {
  readonly spiking: ConvertedModel;
  /** Signals that are 0 on the calibration images but for a few values. */
  readonly silent: readonly string[];
  /** Where its thresholds were chosen. */
  readonly auto?: AutoConversion & { readonly tolerance: number; readonly images: number };
}

export function convertByPlan(
  unet: Model,
  { inputs }: CalibrationSet,
  { automatic, mse, ...plan }: Plan,
  tolerance: number | undefined,
  { engine, progress }: Context,
): Converted {
  const bar = progress('measuring', inputs.length);
  const lowest = plan.percentile ?? USUAL_PERCENTILE;
  const byChannel = plan.normalisation === 'channel';
  const measured = measureActivations(engine, unet, inputs, {
    lowest,
    channels: byChannel,
    onImage: bar.update,
  });
  const counting = mse ? progress('counting', inputs.length) : undefined;
  const channelLambdas = counting && measureMseLambdas(engine, unet, inputs, measured, counting.update);
  const complete = { ...plan, channelLambdas };
  const silent = measured.silent(lowest);
  if (!automatic) return { spiking: convertModel(unet, measured, complete), silent };
  const images = spread(inputs, IMAGES);
  const chosen = {
    tolerance: tolerance ?? TOLERANCES[unet.configuration.task],
    steps: plan.intendedSteps ?? 1,
    fixed: new Map(Object.entries(plan.thresholdsOf ?? {}).map(([name, volts]) => [name, volts.length])),
    onCell: progress('layers', cellCount(unet, images.length)).update,
  };
  const auto = convertAutomatically(engine, unet, measured, images, complete, chosen);
  return {
    spiking: auto.spiking,
    silent,
    auto: { ...auto, tolerance: chosen.tolerance, images: images.length },
  };
}

/** So many items, evenly spread. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]);
}
