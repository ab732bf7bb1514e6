/** `convert --check`: where a conversion lost accuracy, as a table. */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import { stepsOf } from '../../lib/convert/usualSteps.js';
import { type Check, checkConversion, runsOf } from '../../lib/diagnose/checkConversion.js';
import { spread } from '../../lib/diagnose/convertUnet.js';
import { scoreName, USUAL_SIGMA } from '../../lib/measure/evaluateTask.js';
import type { Model } from '../../lib/model/model.js';
import type { Context } from '../cli/stage.js';
import { table } from '../cli/table.js';
import type { CalibrationSet } from './calibrationSet.js';

/** Images that are run, spread evenly over those that lambdas were measured on. */
const IMAGES = 2;

export interface CheckReport extends Check {
  readonly images: number;
  readonly steps: number;
  readonly metric: string;
}

export function check(
  unet: Model,
  spiking: SpikingModel,
  { samples }: CalibrationSet,
  given: { readonly steps?: number; readonly seed: number },
  { engine, progress }: Context,
): CheckReport {
  const images = spread(samples, IMAGES);
  const steps = given.steps ?? stepsOf(spiking.conversion);
  const onRun = progress('checking', runsOf(unet)).update;
  const options = { steps, sigma: USUAL_SIGMA, seed: given.seed, onRun };
  const result = checkConversion(engine, { unet, spiking }, images, options);
  return { ...result, images: images.length, steps, metric: scoreName(unet) };
}

/** The columns of the table: the scores are of one layer that spikes alone, and of what is exact up to it. */
export function checkHeader(metric: string): string[] {
  return [
    'layer',
    'error of flow',
    'clipped',
    'silent channels',
    'spikes a neuron',
    `${metric}: only it spikes`,
    'exact up to it',
  ];
}

export function checkText({ layers, unet, spiking, against, images, steps, metric }: CheckReport): string {
  const score = (value: number) => value.toFixed(metric === 'PSNR' ? 2 : 4);
  const percent = (share: number) => `${(100 * share).toFixed(share < 0.001 && share > 0 ? 3 : 2)} %`;
  const rows = layers.map((layer) => [
    layer.signal,
    percent(layer.error),
    percent(layer.clipped),
    layer.silent === 0 ? '' : `${layer.silent} of ${layer.channels}`,
    layer.spikes.toFixed(2),
    score(layer.alone),
    score(layer.exactUpTo),
  ]);
  return `${table(checkHeader(metric), rows)}
${metric} on ${images} images against ${against}, T=${steps}: U-Net ${score(unet)}, spiking ${score(spiking)}`;
}
