/**
 * Pictures and results as ndarrays, for other packages that use them (get-pixels, save-pixels, ndarray-ops
 * and others), and back. A view shares the memory of its picture; a picture that is made from a view is a
 * copy, for any strides. Inside the package arrays have one layout, [H,W,C] without gaps.
 */

import ndarray, { type NdArray } from 'ndarray';
import ops from 'ndarray-ops';
import { DataError } from '../core/error.js';
import { checkLength } from '../core/shape.js';
import { type Image, makeImage } from '../picture/image.js';

/** The pixels of a picture as a view [H,W,C], 0..255, on the same memory. */
export function viewImage({ data, height, width, channels }: Image): NdArray<Uint8Array> {
  return ndarray(data, [height, width, channels]);
}

/**
 * A picture of a view [H,W], [H,W,1] or [H,W,3] of levels 0..255, which are rounded and clipped: for example
 * a crop, a flip or every second pixel of another picture.
 * @throws DataError where the view has another shape
 */
export function imageOfView(view: NdArray): Image {
  const [height, width, channels = 1] = view.shape;
  if (view.shape.length < 2 || view.shape.length > 3 || (channels !== 1 && channels !== 3))
    throw new DataError(`view: got shape [${view.shape}], expected [height,width], [.. ,1] or [.. ,3]`);
  const levels = ndarray(new Float64Array(height * width * channels), view.shape);
  ops.assign(levels, view);
  return makeImage(height, width, channels, Uint8Array.from(Uint8ClampedArray.from(levels.data)));
}

/**
 * A result of a network as a view of a shape, on the same memory, such as `probability` as [H,W,K].
 * @throws DataError where the length does not fit the shape
 */
export function viewTensor<Values extends Float32Array | Uint8Array>(
  data: Values,
  shape: readonly number[],
): NdArray<Values> {
  checkLength('tensor', data, shape);
  return ndarray(data, [...shape]);
}
