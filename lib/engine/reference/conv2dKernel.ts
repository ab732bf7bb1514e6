/**
 * Convolution with a 1x1 or 3x3 kernel, stride 1, zero padding: the forward pass and its two gradients.
 * Written to be read: the loops stand in the order of the sums (contract.ts), and the innermost step adds one
 * input value times its row of weights to all output channels at once. Zero inputs, about half of all values
 * after a ReLU, are left out. It is not meant to be fast.
 */

import type { ConvDims } from '../contract.js';
import { addScaledRow, exchangeChannels, fillRow, sumRows } from './rowSums.js';

/** out [H,W,O] = bias [O] + input [H,W,I] * weight [ky,kx,I,O]; each sum runs over (ky, kx, ci). */
export function conv2dForward(
  out: Float32Array,
  input: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  dims: ConvDims,
): void {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y * width + x) * channelsOut;
      fillRow(out, o, bias, 0, channelsOut);
      for (let ky = 0; ky < kernel; ky++) {
        const iy = y + ky - pad;
        if (iy < 0 || iy >= height) continue;
        for (let kx = 0; kx < kernel; kx++) {
          const ix = x + kx - pad;
          if (ix < 0 || ix >= width) continue;
          const i = (iy * width + ix) * channelsIn;
          const w = (ky * kernel + kx) * channelsIn * channelsOut;
          for (let ci = 0; ci < channelsIn; ci++) {
            const value = input[i + ci];
            if (value !== 0) addScaledRow(out, o, value, weight, w + ci * channelsOut, channelsOut);
          }
        }
      }
    }
  }
}

/**
 * gradInput [H,W,I] from gradOut [H,W,O]; each sum runs over (ky, kx, co).
 * Input pixel (y, x) reached output pixel (y - ky + pad, x - kx + pad) through tap (ky, kx).
 */
export function conv2dBackwardInput(
  gradInput: Float32Array,
  gradOut: Float32Array,
  weight: Float32Array,
  dims: ConvDims,
): void {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  const byOutput = exchangeChannels(weight, kernel * kernel, channelsIn, channelsOut);
  gradInput.fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channelsIn;
      for (let ky = 0; ky < kernel; ky++) {
        const oy = y - ky + pad;
        if (oy < 0 || oy >= height) continue;
        for (let kx = 0; kx < kernel; kx++) {
          const ox = x - kx + pad;
          if (ox < 0 || ox >= width) continue;
          const o = (oy * width + ox) * channelsOut;
          const w = (ky * kernel + kx) * channelsOut * channelsIn;
          for (let co = 0; co < channelsOut; co++) {
            const value = gradOut[o + co];
            if (value !== 0) addScaledRow(gradInput, i, value, byOutput, w + co * channelsIn, channelsIn);
          }
        }
      }
    }
  }
}

/** gradWeight [ky,kx,I,O] and gradBias [O]; each sum runs over the output pixels, row by row. */
export function conv2dBackwardWeight(
  gradWeight: Float32Array,
  gradBias: Float32Array,
  gradOut: Float32Array,
  input: Float32Array,
  dims: ConvDims,
): void {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  sumRows(gradBias, gradOut);
  gradWeight.fill(0);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y * width + x) * channelsOut;
      for (let ky = 0; ky < kernel; ky++) {
        const iy = y + ky - pad;
        if (iy < 0 || iy >= height) continue;
        for (let kx = 0; kx < kernel; kx++) {
          const ix = x + kx - pad;
          if (ix < 0 || ix >= width) continue;
          const i = (iy * width + ix) * channelsIn;
          const w = (ky * kernel + kx) * channelsIn * channelsOut;
          for (let ci = 0; ci < channelsIn; ci++) {
            const value = input[i + ci];
            if (value !== 0) addScaledRow(gradWeight, w + ci * channelsOut, value, gradOut, o, channelsOut);
          }
        }
      }
    }
  }
}
