/** A cell of a table: a network of some kind, trained in some way, on one of the data sets. */

/** How a U-Net becomes a spiking network. */
export interface Conversion {
  readonly norm: 'connection' | 'layer';
  readonly neuron: string;
  /** From high to low; the neuron's own where left out. */
  readonly thresholds?: readonly number[];
}

export type Cell = {
  /** A key of `experiments`. */
  readonly experiment: string;
} & (
  | { readonly kind: 'unet' }
  | {
      /** Converted only, or fine-tuned with ASF-BP for the same T. */
      readonly kind: 'converted' | 'finetuned';
      readonly conversion: Conversion;
      readonly steps: number;
      /** Membranes start at half of the smallest threshold, not at 0. */
      readonly half?: boolean;
    }
);

/** The paper's own: connection-wise, multi-threshold. */
export const PAPER: Conversion = { norm: 'connection', neuron: 'mt' };

/** Thresholds that Theorem 3.1 gives for activations from 0 to 1, where a percentile of 99.9 puts nearly all of them. */
export const THEOREM: Conversion = { ...PAPER, thresholds: [0.5, 0.25, 0.125, 0.0625] };

export const unet = (experiment: string): Cell => ({ experiment, kind: 'unet' });

export const spiking = (
  kind: 'converted' | 'finetuned',
  experiment: string,
  steps: number,
  conversion = PAPER,
  half = false,
): Cell => ({ experiment, kind, conversion, steps, half });

/** A folder name for a conversion, such as `mt-connection` or `mt_2_1-connection`. */
export function conversionName({ norm, neuron, thresholds }: Conversion): string {
  return `${[neuron, ...(thresholds ?? [])].join('_')}-${norm}`;
}

/** A name for a cell, such as `drive/mt-connection/finetuned-T10`: what --cells looks for. */
export function cellName(cell: Cell): string {
  const { experiment, kind } = cell;
  if (kind === 'unet') return `${experiment}/unet`;
  return `${experiment}/${conversionName(cell.conversion)}/${kind}-T${cell.steps}${cell.half ? '-half' : ''}`;
}
