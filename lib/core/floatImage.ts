/** An image as a network reads it, with its size. Pictures of bytes are in picture/image.ts. */

import type { Window } from './window.js';

export interface FloatImage {
  /** [H,W,C], usually 0..1 */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** An image of zeros. */
export function newPlane(height: number, width: number, channels: number): FloatImage {
  return { data: new Float32Array(height * width * channels), height, width, channels };
}

/** Copies a window of one image to a window of the same size in another. */
export function copyWindow(target: FloatImage, to: Window, source: FloatImage, from: Window): void {
  const length = (from.right - from.left) * source.channels;
  for (let y = 0; y < from.bottom - from.top; y++) {
    const start = ((from.top + y) * source.width + from.left) * source.channels;
    const at = ((to.top + y) * target.width + to.left) * target.channels;
    target.data.set(source.data.subarray(start, start + length), at);
  }
}

/** A window of an image as an image. */
export function cutWindow(image: FloatImage, window: Window): FloatImage {
  const { top, bottom, left, right } = window;
  const part = newPlane(bottom - top, right - left, image.channels);
  copyWindow(part, { top: 0, bottom: part.height, left: 0, right: part.width }, image, window);
  return part;
}
