/**
 * Transposed convolution with a 3x3 kernel, stride 2, padding 1, output padding 1 (it doubles height and
 * width): the forward pass and its two gradients. Through tap (ky, kx) input pixel (iy, ix) meets output pixel
 * (2 iy - 1 + ky, 2 ix - 1 + kx). The forward pass gathers: an output pixel in an even row meets one input row
 * (ky = 1), one in an odd row meets two (ky = 0 and 2); columns alike. It is not meant to be fast.
 */

import type { ConvTransposeDims } from '../contract.js';
import { addScaledRow, exchangeChannels, fillRow, sumRows } from './rowSums.js';

const KERNEL = 3;

/** out [2H,2W,O] = bias [O] + input [H,W,I] * weight [ky,kx,I,O]; each sum runs over (ky, kx, ci). */
export function convTranspose2dForward(
  out: Float32Array,
  input: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  dims: ConvTransposeDims,
): void {
  const { height, width, channelsIn, channelsOut } = dims;
  for (let oy = 0; oy < 2 * height; oy++) {
    for (let ox = 0; ox < 2 * width; ox++) {
      const o = (oy * 2 * width + ox) * channelsOut;
      fillRow(out, o, bias, 0, channelsOut);
      for (let ky = (oy + 1) % 2; ky < KERNEL; ky += 2) {
        const iy = (oy + 1 - ky) / 2;
        if (iy >= height) continue;
        for (let kx = (ox + 1) % 2; kx < KERNEL; kx += 2) {
          const ix = (ox + 1 - kx) / 2;
          if (ix >= width) continue;
          const i = (iy * width + ix) * channelsIn;
          const w = (ky * KERNEL + kx) * channelsIn * channelsOut;
          for (let ci = 0; ci < channelsIn; ci++) {
            const value = input[i + ci];
            if (value !== 0) addScaledRow(out, o, value, weight, w + ci * channelsOut, channelsOut);
          }
        }
      }
    }
  }
}

/** gradInput [H,W,I] from gradOut [2H,2W,O]; each sum runs over (ky, kx, co). */
export function convTranspose2dBackwardInput(
  gradInput: Float32Array,
  gradOut: Float32Array,
  weight: Float32Array,
  dims: ConvTransposeDims,
): void {
  const { height, width, channelsIn, channelsOut } = dims;
  const byOutput = exchangeChannels(weight, KERNEL * KERNEL, channelsIn, channelsOut);
  gradInput.fill(0);
  for (let iy = 0; iy < height; iy++) {
    for (let ix = 0; ix < width; ix++) {
      const i = (iy * width + ix) * channelsIn;
      for (let ky = 0; ky < KERNEL; ky++) {
        const oy = 2 * iy - 1 + ky;
        if (oy < 0) continue;
        for (let kx = 0; kx < KERNEL; kx++) {
          const ox = 2 * ix - 1 + kx;
          if (ox < 0) continue;
          const o = (oy * 2 * width + ox) * channelsOut;
          const w = (ky * KERNEL + kx) * channelsOut * channelsIn;
          for (let co = 0; co < channelsOut; co++) {
            const value = gradOut[o + co];
            if (value !== 0) addScaledRow(gradInput, i, value, byOutput, w + co * channelsIn, channelsIn);
          }
        }
      }
    }
  }
}

/**
 * gradWeight [ky,kx,I,O] and gradBias [O]; the sums of the weights run over the input pixels, those of the
 * bias over the output pixels, row by row.
 */
export function convTranspose2dBackwardWeight(
  gradWeight: Float32Array,
  gradBias: Float32Array,
  gradOut: Float32Array,
  input: Float32Array,
  dims: ConvTransposeDims,
): void {
  const { height, width, channelsIn, channelsOut } = dims;
  sumRows(gradBias, gradOut);
  gradWeight.fill(0);
  for (let iy = 0; iy < height; iy++) {
    for (let ix = 0; ix < width; ix++) {
      const i = (iy * width + ix) * channelsIn;
      for (let ky = 0; ky < KERNEL; ky++) {
        const oy = 2 * iy - 1 + ky;
        if (oy < 0) continue;
        for (let kx = 0; kx < KERNEL; kx++) {
          const ox = 2 * ix - 1 + kx;
          if (ox < 0) continue;
          const o = (oy * 2 * width + ox) * channelsOut;
          const w = (ky * KERNEL + kx) * channelsIn * channelsOut;
          for (let ci = 0; ci < channelsIn; ci++) {
            const value = input[i + ci];
            if (value !== 0) addScaledRow(gradWeight, w + ci * channelsOut, value, gradOut, o, channelsOut);
          }
        }
      }
    }
  }
}
