/**
 * Structural similarity (Wang et al. 2004) with its original settings: an 11x11 Gaussian window of sigma 1.5,
 * K1 = 0.01, K2 = 0.03, grey levels 0..255, and only windows that lie inside the image. Float64.
 */

import { exp } from '../core/elementary.js';
import { UsageError } from '../core/error.js';
import { checkLength } from '../core/shape.js';

const WINDOW = 11;
const SIGMA = 1.5;
const C1 = 0.01 * 255 * (0.01 * 255);
const C2 = 0.03 * 255 * (0.03 * 255);

export interface SsimDims {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** The mean over all windows and channels of two images [H,W,C], 0..255; at most 1. */
export function ssim(image: ArrayLike<number>, truth: ArrayLike<number>, dims: SsimDims): number {
  const { height, width, channels } = dims;
  if (height < WINDOW || width < WINDOW) {
    throw new UsageError(`SSIM: the image is ${width}x${height}, expected at least ${WINDOW}x${WINDOW}`);
  }
  checkLength('image', image, [height, width, channels]);
  checkLength('truth', truth, [height, width, channels]);
  let sum = 0;
  for (let c = 0; c < channels; c++) {
    const plane = (from: ArrayLike<number>) =>
      Float64Array.from({ length: height * width }, (_, p) => from[p * channels + c]);
    sum += planeSsim(plane(image), plane(truth), height, width);
  }
  return sum / channels;
}

function planeSsim(x: Float64Array, y: Float64Array, height: number, width: number): number {
  const window = gaussianWindow();
  const mean = (of: (p: number) => number) =>
    windowMeans(
      Float64Array.from(x, (_, p) => of(p)),
      height,
      width,
      window,
    );
  const meanX = mean((p) => x[p]);
  const meanY = mean((p) => y[p]);
  const meanXX = mean((p) => x[p] * x[p]);
  const meanYY = mean((p) => y[p] * y[p]);
  const meanXY = mean((p) => x[p] * y[p]);
  let sum = 0;
  for (let p = 0; p < meanX.length; p++) {
    const [mx, my] = [meanX[p], meanY[p]];
    const varianceX = meanXX[p] - mx * mx;
    const varianceY = meanYY[p] - my * my;
    const covariance = meanXY[p] - mx * my;
    const luminance = (2 * mx * my + C1) / (mx * mx + my * my + C1);
    sum += (luminance * (2 * covariance + C2)) / (varianceX + varianceY + C2);
  }
  return sum / meanX.length;
}

function gaussianWindow(): Float64Array {
  const centre = (WINDOW - 1) / 2;
  const weights = Float64Array.from({ length: WINDOW }, (_, i) =>
    exp((-(i - centre) * (i - centre)) / (2 * SIGMA * SIGMA)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** Weighted means of all windows inside [H,W]: rows first, then columns; [H-10,W-10]. */
function windowMeans(
  values: Float64Array,
  height: number,
  width: number,
  window: Float64Array,
): Float64Array {
  const outWidth = width - WINDOW + 1;
  const outHeight = height - WINDOW + 1;
  const rows = new Float64Array(height * outWidth);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < outWidth; x++) {
      for (let k = 0; k < WINDOW; k++) rows[y * outWidth + x] += window[k] * values[y * width + x + k];
    }
  }
  const means = new Float64Array(outHeight * outWidth);
  for (let p = 0; p < means.length; p++) {
    for (let k = 0; k < WINDOW; k++) means[p] += window[k] * rows[p + k * outWidth];
  }
  return means;
}
