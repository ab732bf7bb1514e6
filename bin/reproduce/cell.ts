/** A cell of a table: a network of some kind, trained in some way, on one of the data sets. */

/** How a U-Net becomes a spiking network, choice by choice. */
export interface PlainConversion {
  readonly norm: 'connection' | 'layer' | 'channel';
  readonly neuron: string;
  /** Thresholds in volts, from high to low; default: the neuron's own. */
  readonly thresholds?: readonly number[];
}

/** The preset for T=1: thresholds 0.5 .. 2^-N, one lambda a channel. */
export interface OneStep {
  readonly preset: 'one-step';
  /** N, the number of thresholds. */
  readonly bits: number;
  /** How many images the conversion is measured on, drawn with this seed; default: the experiment's. */
  readonly draw?: Draw;
}

/** A random selection of the training images. */
export interface Draw {
  readonly images: number;
  readonly seed: number;
}

export type Conversion = PlainConversion | OneStep;

export type Cell = {
  /** A key of `experiments`. */
  readonly experiment: string;
} & (
  | { readonly kind: 'unet' }
  | {
      /** Converted only, or also fine-tuned with ASF-BP for the same T. */
      readonly kind: 'converted' | 'finetuned';
      readonly conversion: Conversion;
      readonly steps: number;
      /** Whether membranes start at half of the smallest threshold, not at 0. */
      readonly half?: boolean;
    }
  /** A U-Net with N-bit activations, made from a one-step conversion. */
  | { readonly kind: 'quantised'; readonly conversion: OneStep }
);

/** The paper's conversion: connection-wise, multi-threshold. */
export const PAPER: PlainConversion = { norm: 'connection', neuron: 'mt' };

/**
 * Thresholds that Theorem 3.1 gives for activations from 0
 * to 1, where a percentile of 99.9 puts nearly all of them.
 */
export const THEOREM: PlainConversion = { ...PAPER, thresholds: [0.5, 0.25, 0.125, 0.0625] };

export const oneStep = (bits: number, draw?: Draw): OneStep => ({
  preset: 'one-step',
  bits,
  ...(draw && { draw }),
});

export const unet = (experiment: string): Cell => ({ experiment, kind: 'unet' });

export const spiking = (
  kind: 'converted' | 'finetuned',
  experiment: string,
  steps: number,
  conversion: Conversion = PAPER,
  half = false,
): Cell => ({ experiment, kind, conversion, steps, half });

/** A folder name for a conversion, such as `mt-connection`, `mt_2_1-connection` or `one-step-4`. */
export function conversionName(conversion: Conversion): string {
  if ('preset' in conversion) {
    const { preset, bits, draw } = conversion;
    return `${preset}-${bits}${draw ? `-i${draw.images}-s${draw.seed}` : ''}`;
  }
  const { norm, neuron, thresholds } = conversion;
  return `${[neuron, ...(thresholds ?? [])].join('_')}-${norm}`;
}

/** A name for a cell, such as `drive/mt-connection/finetuned-T10`: --cells searches these names. */
export function cellName(cell: Cell): string {
  const { experiment, kind } = cell;
  if (kind === 'unet') return `${experiment}/unet`;
  if (kind === 'quantised') return `${experiment}/${conversionName(cell.conversion)}/quantised`;
  return `${experiment}/${conversionName(cell.conversion)}/${kind}-T${cell.steps}${cell.half ? '-half' : ''}`;
}
