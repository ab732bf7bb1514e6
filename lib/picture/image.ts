/**
 * A picture as files hold it: 8 bits a channel, grey or RGB, [H,W,C] with the channels side by side. What
 * a network reads is made from it by preprocess.ts; here nothing is rounded, resized or colour-managed.
 */

import { checkLength } from '../core/shape.js';

export interface Image {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [H,W,C], 0..255 */
  readonly data: Uint8Array;
}

/** A black picture, or one with the given data; DataError where the length does not fit. */
export function makeImage(height: number, width: number, channels: 1 | 3, data?: Uint8Array): Image {
  const pixels = data ?? new Uint8Array(height * width * channels);
  checkLength('image', pixels, [height, width, channels]);
  return { height, width, channels, data: pixels };
}

/** Grey levels [H,W], 0..255, not rounded: .299 R + .587 G + .114 B (luma of ITU-R BT.601). */
export function toGrey({ channels, data }: Image): Float64Array {
  if (channels === 1) return new Float64Array(data);
  const grey = new Float64Array(data.length / 3);
  for (let p = 0; p < grey.length; p++) {
    grey[p] = 0.299 * data[3 * p] + 0.587 * data[3 * p + 1] + 0.114 * data[3 * p + 2];
  }
  return grey;
}

/** A picture as RGB; grey levels are repeated. */
export function toRgb(image: Image): Image {
  if (image.channels === 3) return image;
  const data = new Uint8Array(3 * image.data.length);
  for (let i = 0; i < data.length; i++) data[i] = image.data[Math.floor(i / 3)];
  return { ...image, channels: 3, data };
}

/** A square part of a picture. */
export function cropImage(image: Image, box: { top: number; left: number; side: number }): Image {
  const { width, channels, data } = image;
  const part = makeImage(box.side, box.side, channels);
  for (let y = 0; y < box.side; y++) {
    const start = ((box.top + y) * width + box.left) * channels;
    part.data.set(data.subarray(start, start + box.side * channels), y * box.side * channels);
  }
  return part;
}

/** A copy of an RGB picture with the outline of a square in it, `thickness` pixels thick. */
export function drawBox(
  image: Image,
  { top, left, side }: { top: number; left: number; side: number },
  colour: readonly [number, number, number],
  thickness = 1,
): Image {
  const data = image.data.slice();
  const dot = (y: number, x: number) => data.set(colour, 3 * (y * image.width + x));
  const onEdge = (i: number) => i < thickness || i >= side - thickness;
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) if (onEdge(y) || onEdge(x)) dot(top + y, left + x);
  }
  return { ...image, data };
}
