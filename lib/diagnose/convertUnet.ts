/**
 * From a U-Net to a spiking network in one call: measures on images what the plan needs, and converts. It is
 * here and not in lib/convert because thresholds by layer are chosen by their loss. checkConversion.ts tells
 * how good a conversion is.
 */

import { type CalibrationInput, type CleanImage, calibrationInputs } from '../convert/calibration.js';
import { convertModel, USUAL_PERCENTILE } from '../convert/conversion.js';
import { CONVERSION, type Plan, type PlanOptions, planOf } from '../convert/convertOptions.js';
import { measureMseLambdas } from '../convert/mse.js';
import { type ConvertedModel, toUnet, withBits } from '../convert/spikingModel.js';
import { measureActivations } from '../convert/statistics.js';
import { USUAL_SEED } from '../core/rng.js';
import { withEngine } from '../engine/choose.js';
import type { Engine } from '../engine/door.js';
import { hashOfModel, type Model } from '../model/model.js';
import { type AutoConversion, convertAutomatically } from './autoThresholds.js';
import { cellCount } from './layerTable.js';

/** Images that thresholds are chosen on, spread evenly over those that lambdas are measured on. */
const IMAGES = 4;

/** Called with the part of the work, and how much of it is done. */
export type OnProgress = (what: 'measuring' | 'counting' | 'layers', done: number, total: number) => void;

export interface ConvertOptions extends PlanOptions {
  /** Whether the images of a denoiser are noisy already, so that no noise is added; default: false. */
  readonly noisy?: boolean;
  /** Seed of the noise that is added to a denoiser's images; default: 1. */
  readonly seed?: number;
  /** Default: a new one, on one thread. The result does not depend on it. */
  readonly engine?: Engine;
  readonly onProgress?: OnProgress;
}

export interface Converted {
  readonly spiking: ConvertedModel;
  /** Signals that are 0 on the calibration images but for a few values. */
  readonly silent: readonly string[];
  /** How its thresholds were chosen, if they were. */
  readonly auto?: AutoConversion & { readonly tolerance: number; readonly images: number };
}

/**
 * Converts a trained U-Net into a spiking network (section 3.3): lambdas are measured on `images`, each
 * `input` [H,W,C] of any size, in 0..1 and preprocessed as for training; those of a denoiser are clean,
 * and get noise as in training.
 * @throws DataError where the model is no U-Net, there is no image, or one does not fit; UsageError for
 * options that cannot mean anything
 */
export function convert(
  unet: Model,
  images: readonly CleanImage[],
  { noisy = false, seed = USUAL_SEED, engine, onProgress, ...options }: ConvertOptions = {},
): Converted {
  const plan = planOf(options);
  const plain = toUnet(unet, 'the model');
  const { task } = plain.configuration;
  const known = { ...plain, notes: { ...plain.notes, parent: hashOfModel(unet) } };
  const inputs = calibrationInputs(images, noisy ? 'segment' : task, seed);
  return withEngine(engine, (engine) => convertByPlan(engine, known, inputs, plan, onProgress));
}

/** Converts by a plan that has been checked, on images that already have their noise. */
export function convertByPlan(
  engine: Engine,
  unet: Model,
  inputs: readonly CalibrationInput[],
  { automatic, mse, tolerance, bits, ...plan }: Plan,
  onProgress: OnProgress = () => {},
): Converted {
  const counter = (what: Parameters<OnProgress>[0], total: number) => {
    onProgress(what, 0, total);
    return (done: number) => onProgress(what, done, total);
  };
  const lowest = plan.percentile ?? USUAL_PERCENTILE;
  const measured = measureActivations(engine, unet, inputs, {
    lowest,
    channels: plan.normalisation === 'channel',
    onImage: counter('measuring', inputs.length),
  });
  const channelLambdas = mse
    ? measureMseLambdas(engine, unet, inputs, measured, counter('counting', inputs.length))
    : undefined;
  const complete = { ...plan, channelLambdas };
  const silent = measured.silent(lowest);
  const finish = (spiking: ConvertedModel) => (bits === undefined ? spiking : withBits(spiking, bits));
  if (!automatic) return { spiking: finish(convertModel(unet, measured, complete)), silent };
  const images = spread(inputs, IMAGES);
  const chosen = {
    tolerance: tolerance ?? CONVERSION.tolerance[unet.configuration.task],
    steps: plan.intendedSteps ?? 1,
    fixed: new Map(Object.entries(plan.thresholdsOf ?? {}).map(([name, volts]) => [name, volts.length])),
    onCell: counter('layers', cellCount(unet, images.length)),
  };
  const auto = convertAutomatically(engine, unet, measured, images, complete, chosen);
  return {
    spiking: finish(auto.spiking),
    silent,
    auto: { ...auto, tolerance: chosen.tolerance, images: images.length },
  };
}

/** `count` of the items, evenly spread. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]);
}
