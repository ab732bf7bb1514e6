/** The options of a conversion as a plan: each as given, or else as the preset has it. */

import { UsageError } from '../core/error.js';
import { type BitWidths, requireWeightBits } from '../integer/bitWidths.js';
import { findNeuron } from '../neuron/index.js';
import type { Neuron } from '../neuron/neuron.js';
import { PAPER_SCALES, type ScaleChoices } from '../official/scaleChoices.js';
import { optimalThresholds } from '../paper/thresholds.js';
import type { ConversionPlan } from './conversion.js';
import { findPreset } from './presets.js';

/**
 * In volts from high to low, or how many: then 0.5 .. 2^-N (Theorem 3.1). For a neuron with one threshold a
 * number means volts.
 */
export type Thresholds = number | readonly number[];

/** What to decide before a U-Net is converted; what is left out is as the preset, or the neuron, has it. */
export interface PlanOptions extends Partial<ScaleChoices> {
  /** `paper` (default) or `one-step`: see `presets`. */
  readonly preset?: string;
  /** Default: the paper's multi-threshold neuron. */
  readonly neuron?: Neuron;
  /** Of all layers that `thresholdsOf` does not name; `auto`: as few spikes as `tolerance` allows. */
  readonly thresholds?: Thresholds | 'auto' | undefined;
  /** Of single layers, by the name of their signal (relu16, pooling1, ..). */
  readonly thresholdsOf?: Readonly<Record<string, Thresholds>> | undefined;
  /**
   * Other parameters of the neuron by name: leak, reset, spikeValues, and those that only this neuron has.
   */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** In volts, or half of each layer's smallest threshold. */
  readonly initialPotential?: number | 'half' | undefined;
  /** Whether poolings have neurons (the paper; default), or pass on the mean of the spikes that they read. */
  readonly poolings?: 'neurons' | 'exact';
  /** connection (Eq. 8), layer (Eq. 7) or channel. */
  readonly normalisation?: string | undefined;
  /** Of the activations, above 0 and up to 100: it becomes lambda. */
  readonly percentile?: number | undefined;
  /** How the lambdas of channels are chosen: by percentile (default), or for the least squared error. */
  readonly lambda?: 'percentile' | 'mse';
  /**
   * Bits of weights in whole numbers, sign included: membranes and sums are then whole numbers, too
   * (lib/integer); `auto`: as few as `tolerance` allows, by layer. Left out: float32.
   */
  readonly bits?: number | 'auto' | undefined;
  /** Of single layers, by name (conv17, ..). */
  readonly bitsOf?: BitWidths['bitsOf'];
  /** Of membranes in whole numbers, which saturate; default: 32. */
  readonly membraneBits?: number | undefined;
  /**
   * How weights become whole numbers: each to the `nearest` (default), or `compensated`, so that they make up
   * for each other's errors on the images (compensated.ts).
   */
  readonly rounding?: RoundingName | undefined;
  /**
   * No lambda of a channel is smaller than this part, 0..1, of the largest one of its layer: default 0, and
   * with `bits` that of `lambdaFloorFor`.
   */
  readonly lambdaFloor?: number | undefined;
  /**
   * For thresholds `auto`: share of the pixels whose class may differ from the U-Net's, or dB of loss; for
   * bits `auto` so many more than of the network in float32.
   */
  readonly tolerance?: number | undefined;
}

export const ROUNDINGS = ['nearest', 'compensated'] as const;
export type RoundingName = (typeof ROUNDINGS)[number];

/** The defaults of options that the preset does not set. */
export const CONVERSION = {
  preset: 'paper',
  neuron: 'mt',
  rounding: 'nearest',
  poolings: 'neurons',
  lambda: 'percentile',
  /** By task. */
  tolerance: { segment: 0.002, denoise: 0.03 },
} as const;

export interface Plan extends ConversionPlan {
  /**
   * Whether the thresholds of layers that are not named are to be chosen; those of the plan are then ignored.
   */
  readonly automatic: boolean;
  readonly tolerance: number | undefined;
  readonly bits: number | 'auto' | undefined;
  readonly bitsOf: BitWidths['bitsOf'];
  readonly membraneBits: number | undefined;
  readonly rounding: RoundingName;
  /** Whether lambdas of least squared error are to be chosen. */
  readonly mse: boolean;
}

/** The plan of a conversion; UsageError for options that cannot mean anything, alone or together. */
export function planOf(options: PlanOptions): Plan {
  const { poolings = CONVERSION.poolings, lambda = CONVERSION.lambda, tolerance } = options;
  const { bits, bitsOf, membraneBits, rounding = CONVERSION.rounding } = options;
  const preset = findPreset(options.preset ?? CONVERSION.preset);
  const neuron = options.neuron ?? findNeuron(CONVERSION.neuron);
  // A preset's number is a count, not volts: a neuron with one threshold keeps its own.
  const single = neuron.parameters.thresholds.most === 1;
  const common = options.thresholds ?? (single ? undefined : preset.thresholds);
  const others = Object.entries(options.thresholdsOf ?? {});
  const plan: Plan = {
    ...{ neuron, own: options.parameters, poolings, tolerance, mse: lambda === 'mse' },
    ...{ bits, bitsOf, membraneBits, rounding },
    lambdaFloor:
      options.lambdaFloor ?? (typeof bits === 'number' ? lambdaFloorFor(bits, rounding) : undefined),
    layerInput: options.layerInput ?? PAPER_SCALES.layerInput,
    slices: options.slices ?? PAPER_SCALES.slices,
    automatic: common === 'auto',
    thresholds:
      common === undefined || common === 'auto'
        ? neuron.parameters.thresholds.defaults
        : voltsOf(common, neuron),
    thresholdsOf:
      others.length > 0
        ? Object.fromEntries(others.map(([name, thresholds]) => [name, voltsOf(thresholds, neuron)]))
        : undefined,
    initialPotential: options.initialPotential ?? preset.initialPotential,
    normalisation: options.normalisation ?? preset.normalisation,
    percentile: options.percentile ?? preset.percentile,
    intendedSteps: preset.steps,
  };
  refuse(plan, options);
  return plan;
}

/** Thresholds of a neuron in volts, from high to low; UsageError for a number that counts none. */
export function voltsOf(thresholds: Thresholds, neuron: Neuron): readonly number[] {
  if (typeof thresholds !== 'number') return thresholds;
  const { most } = neuron.parameters.thresholds;
  if (most === 1) return [thresholds];
  if (!(Number.isInteger(thresholds) && thresholds >= 1 && thresholds <= MOST_THRESHOLDS))
    throw new UsageError(
      `thresholds ${thresholds}: expected how many, or a list of volts such as [${thresholds}]`,
    );
  return optimalThresholds(thresholds);
}

/**
 * The smaller the lambda of a channel is beside the others of its layer, the larger its weights, and the
 * coarser its whole numbers: with 8 bits no lambda is below a quarter of the largest, with 10 below an
 * eighth. Compensated, coarse ones cost less: a sixteenth, a thirty-second (docs/integer.md).
 */
export function lambdaFloorFor(bits: number, rounding: RoundingName): number {
  const widest = rounding === 'compensated' ? 0 : 4;
  return Math.min(1, 2 ** ((widest - bits) / 2));
}

/** Far more than any neuron takes; the neuron itself checks its own limit. */
export const MOST_THRESHOLDS = 65_536;

function refuse(plan: Plan, { lambdaFloor, rounding }: PlanOptions): void {
  const {
    mse,
    normalisation,
    tolerance,
    automatic,
    own,
    thresholdsOf,
    bits,
    bitsOf,
    membraneBits,
    poolings,
  } = plan;
  if (bits !== undefined && poolings === 'exact')
    throw new UsageError('bits: poolings exact pass on real numbers: leave one of them out', 'bits');
  if (lambdaFloor !== undefined && !(lambdaFloor >= 0 && lambdaFloor <= 1))
    throw new UsageError(`lambdaFloor ${lambdaFloor}: expected a part, from 0 to 1`, 'lambdaFloor');
  if (lambdaFloor !== undefined && normalisation !== 'channel')
    throw new UsageError(
      'lambdaFloor: of the lambdas of channels: take normalisation channel',
      'lambdaFloor',
    );
  if (mse && normalisation !== 'channel')
    throw new UsageError('lambda mse: chooses the lambdas of channels: take normalisation channel', 'lambda');
  requireWeightBits(bits, membraneBits);
  if (rounding !== undefined && typeof bits !== 'number')
    throw new UsageError(
      'rounding: is for a number of bits, such as 8: add one (bits auto tries many, each to the nearest)',
      'rounding',
    );
  if (bitsOf && typeof bits !== 'number')
    throw new UsageError('bits: those of single layers need a number for the others, such as 8', 'bits');
  if (tolerance !== undefined && !automatic && bits !== 'auto')
    throw new UsageError(
      'tolerance: belongs to thresholds auto or bits auto: leave it out, or add one of them',
      'tolerance',
    );
  if (tolerance !== undefined && !(tolerance >= 0))
    throw new UsageError(`tolerance ${tolerance}: expected a number of at least 0`, 'tolerance');
  if (own?.spikeValues && (thresholdsOf || automatic))
    throw new UsageError(
      'spikeValues: belong to thresholds that all layers share: leave them out',
      'spikeValues',
    );
}
