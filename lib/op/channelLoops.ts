/**
 * Loops over tensors [pixels,C] with numbers of float64 for each channel [C], which batch normalisation
 * consists of (neuron/batchNormalisation.ts). Sums are float64, in the order of the pixels; tensors are
 * rounded to float32 once.
 */

export interface ChannelLoops {
  /** sums += x. */
  addValues(sums: Float64Array, values: Float32Array): void;
  /** sums += (x - mean)^2. */
  addSquares(sums: Float64Array, values: Float32Array, mean: Float64Array): void;
  /** sums += g (x - mean). */
  addProducts(sums: Float64Array, gradients: Float32Array, values: Float32Array, mean: Float64Array): void;
  /** out = slope (x - mean) + shift. */
  scale(out: Float32Array, values: Float32Array, of: Scale): void;
  /** g = slope (g - shift - pull (x - mean)), in the place of the gradients. */
  scaleBack(gradients: Float32Array, values: Float32Array, of: ScaleBack): void;
}

export interface Scale {
  readonly slope: Float64Array;
  readonly mean: Float64Array;
  readonly shift: Float64Array;
}

export interface ScaleBack extends Scale {
  readonly pull: Float64Array;
}

/** Calls back with the index of each value and with that of its channel. */
function eachValue(length: number, channels: number, see: (i: number, c: number) => void): void {
  for (let i = 0; i < length; i += channels) for (let c = 0; c < channels; c++) see(i + c, c);
}

/** The definition. */
export const channelLoops: ChannelLoops = {
  addValues(sums, values) {
    eachValue(values.length, sums.length, (i, c) => {
      sums[c] += values[i];
    });
  },
  addSquares(sums, values, mean) {
    eachValue(values.length, sums.length, (i, c) => {
      sums[c] += (values[i] - mean[c]) * (values[i] - mean[c]);
    });
  },
  addProducts(sums, gradients, values, mean) {
    eachValue(values.length, sums.length, (i, c) => {
      sums[c] += gradients[i] * (values[i] - mean[c]);
    });
  },
  scale(out, values, { slope, mean, shift }) {
    eachValue(values.length, mean.length, (i, c) => {
      out[i] = slope[c] * (values[i] - mean[c]) + shift[c];
    });
  },
  scaleBack(gradients, values, { slope, mean, shift, pull }) {
    eachValue(values.length, mean.length, (i, c) => {
      gradients[i] = slope[c] * (gradients[i] - shift[c] - pull[c] * (values[i] - mean[c]));
    });
  },
};
