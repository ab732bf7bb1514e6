/**
 * What a layer fires at one moment as one picture: its channels side by side, brighter where more is fired.
 */

import type { Size } from '../../../../lib/op/op.js';
import type { Pixels, Tiles } from '../messages.js';

/** Pixels; wider or higher pictures take long to draw and are not seen better. */
const WIDEST = 1200;
const GAP = 1;
/** From silence to all that a neuron can fire: dark blue, purple, orange, pale yellow. */
const RAMP = [
  [16, 18, 40],
  [120, 40, 110],
  [235, 110, 50],
  [255, 245, 180],
] as const;
/** Of the lines between channels. */
const LINE = [90, 92, 110] as const;

/** How the channels of a layer are laid out: about as wide as high. */
export function tilesOf({ channels, height: rows, width: columns }: Size): Tiles {
  const across = Math.min(channels, Math.max(1, Math.round(Math.sqrt((channels * rows) / columns))));
  const down = Math.ceil(channels / across);
  const shrink = Math.max(1, Math.ceil(Math.max(across * columns, down * rows) / WIDEST));
  return { channels, rows, columns, across, shrink };
}

/** Values [rows,columns,channels], 0 to `most`, as pixels. */
export function mapOf(values: Float32Array, tiles: Tiles, most: number): Pixels {
  const { channels, rows, columns, across, shrink } = tiles;
  const [tileWidth, tileHeight] = [Math.ceil(columns / shrink), Math.ceil(rows / shrink)];
  const width = across * (tileWidth + GAP) - GAP;
  const height = Math.ceil(channels / across) * (tileHeight + GAP) - GAP;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let p = 0; p < width * height; p++) data.set([...LINE, 255], 4 * p);
  const colours = Array.from({ length: 256 }, (_, level) => colourOf(level / 255));
  for (let c = 0; c < channels; c++) {
    const [left, top] = [(c % across) * (tileWidth + GAP), Math.floor(c / across) * (tileHeight + GAP)];
    for (let y = 0; y < tileHeight; y++)
      for (let x = 0; x < tileWidth; x++) {
        const value = largest(values, tiles, { channel: c, top: y * shrink, left: x * shrink });
        const level = Math.round(255 * Math.min(1, Math.max(0, value / most)));
        data.set(colours[level], 4 * ((top + y) * width + left + x));
      }
  }
  return { width, height, data };
}

/** The largest of the values that one pixel shows. */
function largest(
  values: Float32Array,
  { channels, rows, columns, shrink }: Tiles,
  { channel, top, left }: { readonly channel: number; readonly top: number; readonly left: number },
): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let y = top; y < Math.min(rows, top + shrink); y++)
    for (let x = left; x < Math.min(columns, left + shrink); x++)
      most = Math.max(most, values[(y * columns + x) * channels + channel]);
  return most;
}

/** A square root shows single small spikes. */
function colourOf(share: number): number[] {
  const at = Math.sqrt(share) * (RAMP.length - 1);
  const k = Math.min(RAMP.length - 2, Math.floor(at));
  return [0, 1, 2].map((c) => Math.round(RAMP[k][c] + (at - k) * (RAMP[k + 1][c] - RAMP[k][c]))).concat(255);
}
