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
  /** Bits of weights as whole numbers, as `convert --bits` takes them; default: float32. */
  readonly weights?: string;
  /** How weights become whole numbers; default: each to the nearest. */
  readonly rounding?: 'compensated';
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
      /** Converted only, or fine-tuned for the same T. */
      readonly kind: 'converted' | 'finetuned';
      readonly conversion: Conversion;
      readonly steps: number;
      /** Whether membranes start at half of the smallest threshold, not at 0. */
      readonly half?: boolean;
      /** How it is fine-tuned; left out: with ASF-BP. */
      readonly method?: 'bptt';
    }
  /** A U-Net with N-bit activations, made from a one-step conversion. */
  | { readonly kind: 'quantised'; readonly conversion: OneStep }
  | ({ readonly kind: 'direct' } & Direct)
);

/** A spiking network that was never a U-Net ("DT"), with the neuron, surrogate and reset of its authors. */
export interface Direct {
  readonly architecture: 'unet' | 'spiking-fcn';
  readonly neuron: string;
  readonly normalisation: 'none' | 'tdbn' | 'bn' | 'bntt';
  readonly steps: number;
}

/** The paper's own: connection-wise, multi-threshold. */
export const PAPER: PlainConversion = { norm: 'connection', neuron: 'mt' };

/**
 * Thresholds that Theorem 3.1 gives for activations from 0
 * to 1, where a percentile of 99.9 puts nearly all of them.
 */
export const THEOREM: PlainConversion = { ...PAPER, thresholds: [0.5, 0.25, 0.125, 0.0625] };

export const oneStep = (bits: number, more: Omit<OneStep, 'preset' | 'bits'> = {}): OneStep => ({
  preset: 'one-step',
  bits,
  ...more,
});

export const unet = (experiment: string): Cell => ({ experiment, kind: 'unet' });

export const spiking = (
  kind: 'converted' | 'finetuned',
  experiment: string,
  steps: number,
  conversion: Conversion = PAPER,
  half = false,
): Cell => ({ experiment, kind, conversion, steps, half });

/**
 * The paper's direct training of a U-Net: which normalisation its authors' networks have where the paper says
 * none.
 */
export const direct = (
  experiment: string,
  neuron: string,
  normalisation: Direct['normalisation'],
  steps: number,
): Cell => ({ experiment, kind: 'direct', architecture: 'unet', neuron, normalisation, steps });

/** A folder name for direct training, such as `direct-ml-tdbn-T10`. */
export function directName({ architecture, neuron, normalisation, steps }: Direct): string {
  const network = architecture === 'unet' ? '' : `${architecture}-`;
  return `direct-${network}${neuron}${normalisation === 'none' ? '' : `-${normalisation}`}-T${steps}`;
}

/** A folder name for a conversion, such as `mt-connection`, `mt_2_1-connection` or `one-step-4`. */
export function conversionName(conversion: Conversion): string {
  if ('preset' in conversion) {
    const { preset, bits, draw, weights, rounding } = conversion;
    const drawn = draw ? [`i${draw.images}`, `s${draw.seed}`] : [];
    const whole = weights ? [`int${weights.replaceAll(',', '-')}`] : [];
    return [preset, bits, ...drawn, ...whole, ...(rounding ? [rounding] : [])].join('-');
  }
  const { norm, neuron, thresholds } = conversion;
  return `${[neuron, ...(thresholds ?? [])].join('_')}-${norm}`;
}

/** A name for a cell, such as `drive/mt-connection/finetuned-T10`: --cells searches these names. */
export function cellName(cell: Cell): string {
  const { experiment, kind } = cell;
  if (kind === 'unet') return `${experiment}/unet`;
  if (kind === 'direct') return `${experiment}/${directName(cell)}`;
  if (kind === 'quantised') return `${experiment}/${conversionName(cell.conversion)}/quantised`;
  return `${experiment}/${conversionName(cell.conversion)}/${kind}-${stepsName(cell)}`;
}

/** A name for how long it runs, from where, and how it was fine-tuned, such as `T10` or `T2-half-bptt`. */
export function stepsName({
  steps,
  half,
  method,
}: Cell & { readonly kind: 'converted' | 'finetuned' }): string {
  return `T${steps}${half ? '-half' : ''}${method ? `-${method}` : ''}`;
}
