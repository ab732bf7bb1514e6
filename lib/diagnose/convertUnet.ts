/**
 * From a U-Net to a spiking network in one call: measures on images what the plan needs, and converts. It is
 * here and not in lib/convert because thresholds by layer are chosen by their loss. checkConversion.ts tells
 * how good a conversion is.
 */

import { type CalibrationInput, type CleanImage, calibrationInputs } from '../convert/calibration.js';
import { compensated } from '../convert/compensated.js';
import { type ConversionPlan, convertModel, USUAL_PERCENTILE } from '../convert/conversion.js';
import {
  CONVERSION,
  lambdaFloorFor,
  type Plan,
  type PlanOptions,
  planOf,
} from '../convert/convertOptions.js';
import { measureMseLambdas } from '../convert/mse.js';
import { type ConvertedModel, toUnet, withBits } from '../convert/spikingModel.js';
import { type Measured, measureActivations } from '../convert/statistics.js';
import { stepsOf } from '../convert/usualSteps.js';
import { USUAL_SEED } from '../core/rng.js';
import { withEngine } from '../engine/choose.js';
import type { Engine } from '../engine/door.js';
import { layersToChoose, requireBits } from '../integer/bitWidths.js';
import { hashOfModel, type Model } from '../model/model.js';
import { type AutoBits, chooseBits } from './autoBits.js';
import { type AutoConversion, convertAutomatically } from './autoThresholds.js';
import { cellCount } from './layerTable.js';
import { lossOfOutputs, spikingOutputs, unetOutputs } from './outputLoss.js';

/** Images that thresholds are chosen on, spread evenly over those that lambdas are measured on. */
const IMAGES = 4;

/** Images that compensated rounding compares currents on, likewise. */
const COMPARED_IMAGES = 16;

/** Called with the part of the work, and how much of it is done. */
export type OnProgress = (
  what: 'measuring' | 'counting' | 'layers' | 'rounding' | 'bits',
  done: number,
  total: number,
) => void;

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
  readonly auto?: AutoConversion & Trial;
  /** How the bits of its weights were chosen, if they were. */
  readonly autoBits?: AutoBits & Trial;
}

/** What something was chosen by. */
export interface Trial {
  readonly tolerance: number;
  readonly images: number;
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
  { automatic, mse, tolerance: given, bits, bitsOf, membraneBits, rounding, ...plan }: Plan,
  onProgress: OnProgress = () => {},
): Converted {
  if (typeof bits === 'number') requireBits({ bits, bitsOf, membraneBits }, unet.layers);
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
  const tolerance = given ?? CONVERSION.tolerance[unet.configuration.task];
  const images = spread(inputs, IMAGES);
  const work: Work = { engine, unet, measured, images, tolerance, steps: plan.intendedSteps ?? 1 };
  const complete = { ...plan, channelLambdas };
  const auto = automatic
    ? chooseThresholds(work, complete, counter('layers', cellCount(unet, images.length)))
    : undefined;
  const plain = auto?.spiking ?? convertModel(unet, measured, complete);
  const by = { tolerance, images: images.length };
  const known = { silent: measured.silent(lowest), ...(auto && { auto: { ...auto, ...by } }) };
  if (bits === undefined) return { ...known, spiking: plain };
  if (bits !== 'auto') {
    const nearest = withBits(plain, { bits, bitsOf, membraneBits }); // refuses what does not fit
    if (rounding === 'nearest') return { ...known, spiking: nearest };
    const read = spread(inputs, COMPARED_IMAGES);
    const onLayer = counter('rounding', layersToChoose(plain.layers).length);
    const round = compensated(engine, plain, read, { steps: stepsOf(plain.conversion), onLayer });
    return { ...known, spiking: withBits(plain, { bits, bitsOf, membraneBits }, round) };
  }
  const autoBits = chooseWeights(work, complete, plain, membraneBits, (done, total) =>
    onProgress('bits', done, total),
  );
  return { ...known, spiking: autoBits.spiking, autoBits: { ...autoBits, ...by } };
}

/** What is chosen is measured on these images. */
interface Work {
  readonly engine: Engine;
  readonly unet: Model;
  readonly measured: Measured;
  readonly images: readonly CalibrationInput[];
  readonly tolerance: number;
  /** T */
  readonly steps: number;
}

function chooseThresholds(
  { engine, unet, measured, images, ...by }: Work,
  plan: ConversionPlan,
  onCell: (done: number) => void,
): AutoConversion {
  const given = Object.entries(plan.thresholdsOf ?? {});
  const fixed = new Map(given.map(([name, volts]) => [name, volts.length]));
  return convertAutomatically(engine, unet, measured, images, plan, { ...by, fixed, onCell });
}

/** Bits of weights with which a network in whole numbers does what `plain` does. */
function chooseWeights(
  { engine, unet, measured, images, steps, tolerance }: Work,
  plan: ConversionPlan,
  plain: ConvertedModel,
  membraneBits: number | undefined,
  onLayer: (done: number, total: number) => void,
): AutoBits {
  const { thresholds, thresholdsOf } = plain.conversion;
  const floor = (bits: number) => plan.lambdaFloor ?? lambdaFloorFor(bits, 'nearest');
  const exact = unetOutputs(engine, unet, images);
  const distance = (spiking: ConvertedModel) =>
    lossOfOutputs(unet.configuration, images, exact, spikingOutputs(engine, spiking, images, steps));
  const inFloat32 = distance(plain);
  return chooseBits({
    ...{ tolerance, membraneBits, onLayer },
    converted: (bits) =>
      convertModel(unet, measured, { ...plan, thresholds, thresholdsOf, lambdaFloor: floor(bits) }),
    lossOf: (whole) => distance(whole) - inFloat32,
  });
}

/** `count` of the items, evenly spread. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, i) => items[Math.floor(((i + 0.5) * items.length) / count)]);
}
