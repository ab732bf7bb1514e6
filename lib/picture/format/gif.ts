/**
 * GIF: a frame that fills the screen is a raster of indices; the frames after it are drawn over the ones
 * before, in colours. Bytes after the end and a missing end mark do no harm: a file is whole where all pixels
 * are there. How long frames are shown, and whether they vanish afterwards, is not looked at.
 */

import type { Raster } from '../raster.js';
import { checkIndices, checkRatio, claim, type Format, fromColours } from './format.js';
import { type Frame, type Gif, gifParts } from './gifParts.js';
import { MOST_LZW_RATIO, unpackLzw } from './lzw.js';

/** As many pixels of all frames together need not be paid for by bytes of the file. */
const FREE_PIXELS = 2 ** 24;
/** Indices as they are stored, in order, and without those that draw nothing. */
const BYTES_OF_INDICES = 3;
/** The screen, and a raster of it for each frame. */
const BYTES_OF_COLOURS = 8;

export const gif: Format = {
  name: 'GIF',
  magic: [
    [0x47, 0x49, 0x46, 0x38, 0x37, 0x61],
    [0x47, 0x49, 0x46, 0x38, 0x39, 0x61],
  ],
  decode(bytes, limits): Raster[] {
    const screen = gifParts(bytes);
    const { width, height, frames } = screen;
    const plain = frames.length === 1 && fills(screen, frames[0]);
    const bytesAPixel = plain ? BYTES_OF_INDICES : BYTES_OF_INDICES + BYTES_OF_COLOURS;
    claim({ width, height, pictures: Math.max(frames.length, 1) }, bytesAPixel, limits);
    checkRatio(width * height * frames.length - FREE_PIXELS, bytes.length, MOST_LZW_RATIO);
    const rgba = new Uint8Array(plain ? 0 : 4 * width * height);
    return frames.map((frame, index) => {
      const indices = indicesOf(frame);
      if (rgba.length > 0) draw(rgba, width, frame, indices);
      const raster = { format: 'GIF', height, width, bits: 8, lossy: false, orientation: 1 } as const;
      return index === 0 && fills(screen, frame)
        ? { ...raster, samples: 1, data: indices, colour: 'palette', ...coloursOf(frame) }
        : { ...raster, ...fromColours(rgba.slice(), 4) };
    });
  },
};

function fills({ width, height }: Gif, frame: Frame | undefined): boolean {
  return frame?.width === width && frame.height === height;
}

/** The palette, and where an index is transparent the opacities. */
function coloursOf({ palette, transparent }: Frame): Pick<Raster, 'palette' | 'paletteAlpha'> {
  const entries = palette.length / 3;
  if (transparent === undefined || transparent >= entries) return { palette };
  return { palette, paletteAlpha: new Uint8Array(entries).fill(255).fill(0, transparent, transparent + 1) };
}

/** The indices [h,w] of a frame, its rows in order. */
function indicesOf({
  width,
  height,
  literalBits,
  data,
  interlaced,
  palette,
  transparent,
}: Frame): Uint8Array {
  const pixels = width * height;
  checkRatio(pixels, data.length, MOST_LZW_RATIO);
  const indices = unpackLzw(data, { literalBits, lowestFirst: true, early: false }, pixels);
  if (indices.length < pixels) throw new Error(`it holds ${indices.length} of ${pixels} pixels`);
  const others = transparent === undefined ? indices : indices.filter((index) => index !== transparent);
  checkIndices(others, palette.length / 3);
  return interlaced ? inOrder(indices, width, height) : indices;
}

/** First row and step of the passes of an interlaced frame. */
const PASSES = [
  [0, 8],
  [4, 8],
  [2, 4],
  [1, 2],
];

function inOrder(stored: Uint8Array, width: number, height: number): Uint8Array {
  const ordered = new Uint8Array(stored.length);
  let from = 0;
  for (const [first, step] of PASSES) {
    for (let y = first; y < height; y += step, from += width)
      ordered.set(stored.subarray(from, from + width), y * width);
  }
  return ordered;
}

/** Draws a frame on the screen [H,W,4]. */
function draw(rgba: Uint8Array, screenWidth: number, frame: Frame, indices: Uint8Array): void {
  const { left, top, width, height, palette, transparent } = frame;
  for (let y = 0, from = 0; y < height; y++) {
    for (let x = 0; x < width; x++, from++) {
      const index = indices[from];
      if (index === transparent) continue;
      const to = 4 * ((top + y) * screenWidth + left + x);
      for (let c = 0; c < 3; c++) rgba[to + c] = palette[3 * index + c];
      rgba[to + 3] = 255;
    }
  }
}
