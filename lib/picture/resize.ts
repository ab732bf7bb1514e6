/**
 * Other sizes of pictures and labels. Pixel centres lie at
 * half-integers; what lies beyond the border is the border.
 */

import { type Image, makeImage } from './image.js';

/** Where the centre of pixel i of `to` lies among `from` pixels. */
const centre = (i: number, from: number, to: number) => ((i + 0.5) * from) / to - 0.5;

/** Bilinear, without smoothing beforehand, rounded to levels. */
export function resizeBilinear(image: Image, height: number, width: number): Image {
  const { channels, data } = image;
  const out = makeImage(height, width, channels);
  const columns = Array.from({ length: width }, (_, x) =>
    neighbours(centre(x, image.width, width), image.width),
  );
  for (let y = 0; y < height; y++) {
    const [top, bottom, down] = neighbours(centre(y, image.height, height), image.height);
    for (let x = 0; x < width; x++) {
      const [left, right, along] = columns[x];
      for (let c = 0; c < channels; c++) {
        const level = (row: number, column: number) => data[(row * image.width + column) * channels + c];
        const above = level(top, left) * (1 - along) + level(top, right) * along;
        const below = level(bottom, left) * (1 - along) + level(bottom, right) * along;
        out.data[(y * width + x) * channels + c] = Math.round(above * (1 - down) + below * down);
      }
    }
  }
  return out;
}

/** The two pixels around a place, and how far it is from the first towards the second, 0..1. */
function neighbours(place: number, extent: number): readonly [number, number, number] {
  const inside = Math.min(Math.max(place, 0), extent - 1);
  const first = Math.floor(inside);
  return [first, Math.min(first + 1, extent - 1), inside - first];
}

/** Class ids [H,W] at another size: that of the pixel in which each new centre lies. */
export function resizeNearest(
  label: Uint8Array,
  from: { readonly height: number; readonly width: number },
  height: number,
  width: number,
): Uint8Array {
  const nearest = (i: number, extent: number, to: number) => Math.floor(((i + 0.5) * extent) / to);
  const out = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const row = nearest(y, from.height, height) * from.width;
    for (let x = 0; x < width; x++) out[y * width + x] = label[row + nearest(x, from.width, width)];
  }
  return out;
}
