/**
 * Padding to a size that the network can halve four times, and cropping back, with their gradients. Rows and
 * columns are added at the bottom and at the right by reflection without repeating the border (PyTorch's and
 * numpy's "reflect"); an image smaller than the padding is reflected again and again.
 */

/** What to pad: input [H,W,C], result [paddedHeight,paddedWidth,C]. */
export interface PaddingDims {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly paddedHeight: number;
  readonly paddedWidth: number;
}

/** The next multiple of `step` that is not below `extent`. */
export function roundUp(extent: number, step: number): number {
  return Math.ceil(extent / step) * step;
}

/** Where index i >= 0 lands in 0..extent-1 when it bounces off both ends. */
export function reflectIndex(i: number, extent: number): number {
  if (extent === 1) return 0;
  const period = 2 * (extent - 1);
  const phase = i % period;
  return phase < extent ? phase : period - phase;
}

/** out [paddedHeight,paddedWidth,C] from input [H,W,C]. */
export function padReflectForward<A extends Float32Array | Uint8Array>(
  out: A,
  input: A,
  dims: PaddingDims,
): void {
  forEachPaddedPixel(dims, (o, i) => {
    for (let c = 0; c < dims.channels; c++) out[o + c] = input[i + c];
  });
}

/**
 * gradInput [H,W,C]: each pixel gets the sum over its reflections, in row-major order of the padded pixels.
 */
export function padReflectBackward(gradInput: Float32Array, gradOut: Float32Array, dims: PaddingDims): void {
  gradInput.fill(0);
  forEachPaddedPixel(dims, (o, i) => {
    for (let c = 0; c < dims.channels; c++) gradInput[i + c] = gradInput[i + c] + gradOut[o + c];
  });
}

/** out [H,W,C]: the upper left part of input [paddedHeight,paddedWidth,C]. */
export function cropForward<A extends Float32Array | Uint8Array>(out: A, input: A, dims: PaddingDims): void {
  const row = dims.width * dims.channels;
  const paddedRow = dims.paddedWidth * dims.channels;
  for (let y = 0; y < dims.height; y++) out.set(input.subarray(y * paddedRow, y * paddedRow + row), y * row);
}

/** gradInput [paddedHeight,paddedWidth,C] from gradOut [H,W,C]: what was cropped away receives 0. */
export function cropBackward(gradInput: Float32Array, gradOut: Float32Array, dims: PaddingDims): void {
  const row = dims.width * dims.channels;
  const paddedRow = dims.paddedWidth * dims.channels;
  gradInput.fill(0);
  for (let y = 0; y < dims.height; y++)
    gradInput.set(gradOut.subarray(y * row, (y + 1) * row), y * paddedRow);
}

function forEachPaddedPixel(dims: PaddingDims, visit: (padded: number, source: number) => void): void {
  const { height, width, channels, paddedHeight, paddedWidth } = dims;
  for (let y = 0; y < paddedHeight; y++) {
    for (let x = 0; x < paddedWidth; x++) {
      const source = reflectIndex(y, height) * width + reflectIndex(x, width);
      visit((y * paddedWidth + x) * channels, source * channels);
    }
  }
}
