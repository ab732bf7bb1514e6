/**
 * 2x2 average pooling with stride 2 (the paper's replacement for max pooling, section 3.1), forward and
 * backward. Each mean is 0.25 * (((a + b) + c) + d) in the order (ky, kx); the factor is exact.
 */

import type { PoolDims } from '../contract.js';

/** out [H/2,W/2,C] from input [H,W,C]. */
export function avgPool2dForward(out: Float32Array, input: Float32Array, dims: PoolDims): void {
  const { height, width, channels } = dims;
  const row = width * channels;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const i = y * row + x * channels;
      const o = ((y * width) / 4 + x / 2) * channels;
      for (let c = i; c < i + channels; c++) {
        const upper = Math.fround(0 + input[c] + input[c + channels]); // 0 + -0 is +0
        const three = Math.fround(upper + input[c + row]);
        out[o + c - i] = 0.25 * Math.fround(three + input[c + row + channels]);
      }
    }
  }
}

/** gradInput [H,W,C] from gradOut [H/2,W/2,C]. */
export function avgPool2dBackward(gradInput: Float32Array, gradOut: Float32Array, dims: PoolDims): void {
  const { height, width, channels } = dims;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * channels;
      const o = ((y >> 1) * (width / 2) + (x >> 1)) * channels;
      for (let c = 0; c < channels; c++) gradInput[i + c] = 0.25 * gradOut[o + c];
    }
  }
}
