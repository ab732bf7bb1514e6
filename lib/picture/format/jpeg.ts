/**
 * JPEG, baseline and progressive, with the levels that libjpeg gives. Written here because the decoder on npm
 * (jpeg-js) refuses valid restart intervals, takes 34 bytes a pixel and repeats coarse colours, and the one
 * that is kept (pdfjs-dist) does not run on Node 20. What three components mean is settled as libjpeg does
 * it, four (CMYK, YCCK) as Pillow.
 */

import type { Raster } from '../raster.js';
import { claim, type Format, fromColours, Unsupported } from './format.js';
import { checkCodes, type JpegParts, jpegParts } from './jpegParts.js';
import { clamp, enlargedRow, type Plane, planeOf } from './jpegPixels.js';
import { coefficientsOf, type Layout, layoutOf } from './jpegScan.js';
import { orientationOf } from './tags.js';

export const jpeg: Format = {
  name: 'JPEG',
  magic: [[0xff, 0xd8, 0xff]],
  decode(bytes, limits): Raster[] {
    const parts = jpegParts(bytes);
    const { height, width, components } = parts;
    if (components.length === 4 && parts.adobe === undefined)
      throw new Unsupported('it has four colours of unknown kind');
    const layout = layoutOf(parts);
    const blocks = layout.grids.map(({ columns, rows }) => columns * rows).reduce((a, b) => a + b);
    // coefficients of 2 bytes, levels, colours, and the raster
    claim(parts, (3 * 64 * blocks) / (width * height) + 2 * 3, limits);
    checkCodes(blocks, parts);
    const coefficients = coefficientsOf(parts, layout);
    const planes = coefficients.map((values, i) => {
      const first = parts.scans.find((scan) => scan.parts.some(({ component }) => component === i));
      return planeOf(values, first?.quantisation.get(components[i].quantisation), layout.grids[i]);
    });
    const raster = { format: 'JPEG', height, width, bits: 8, lossy: true } as const;
    return [{ ...raster, orientation: orientationOf(parts.exif), ...coloursOf(planes, parts, layout) }];
  },
};

type Levels = Pick<Raster, 'samples' | 'data' | 'colour'>;

function coloursOf(planes: readonly Plane[], parts: JpegParts, layout: Layout): Levels {
  const { width, height, components } = parts;
  const colours = components.length === 1 ? 1 : 3;
  const data = new Uint8Array(width * height * colours);
  const rows = planes.map(() => new Uint8Array(width));
  const convert = converterOf(parts);
  for (let y = 0; y < height; y++) {
    for (const [i, { across, down }] of components.entries())
      enlargedRow(planes[i], y, layout.across / across, layout.down / down, rows[i]);
    convert(rows, data.subarray(y * width * colours, (y + 1) * width * colours));
  }
  return colours === 1 ? { samples: 1, data, colour: 'grey' } : fromColours(data, 3);
}

/** Turns a row of each component into a row [W,C] of grey or RGB. */
type Converter = (rows: readonly Uint8Array[], out: Uint8Array) => void;

function converterOf(parts: JpegParts): Converter {
  switch (parts.components.length) {
    case 1:
      return ([levels], out) => out.set(levels);
    case 3:
      return isRgb(parts) ? interleave : fromYcc;
    default:
      return parts.adobe === 2 ? fromYcck : fromCmyk;
  }
}

/** Whether three components are RGB: Adobe's mark says so, or their names do; JFIF's mark says YCbCr. */
function isRgb({ jfif, adobe, components }: JpegParts): boolean {
  if (jfif) return false;
  if (adobe !== undefined) return adobe === 0;
  return String.fromCharCode(...components.map(({ id }) => id)) === 'RGB';
}

const interleave: Converter = ([red, green, blue], out) => {
  for (let x = 0; x < red.length; x++) out.set([red[x], green[x], blue[x]], 3 * x);
};

const fixed = (factor: number) => Math.round(factor * 2 ** 16);
const [RED_OF_CR, GREEN_OF_CB, GREEN_OF_CR, BLUE_OF_CB] = [1.402, 0.34414, 0.71414, 1.772].map(fixed);
const HALF = 2 ** 15;

/** ITU-R BT.601, full range, in 16-bit fixed point. */
const fromYcc: Converter = ([luma, blueness, redness], out) => {
  for (let x = 0, to = 0; x < luma.length; x++, to += 3) {
    const [cb, cr] = [blueness[x] - 128, redness[x] - 128];
    out[to] = clamp(luma[x] + ((RED_OF_CR * cr + HALF) >> 16));
    out[to + 1] = clamp(luma[x] + ((HALF - GREEN_OF_CB * cb - GREEN_OF_CR * cr) >> 16));
    out[to + 2] = clamp(luma[x] + ((BLUE_OF_CB * cb + HALF) >> 16));
  }
};

/** Adobe stores 255 - ink: the more, the lighter. */
const fromCmyk: Converter = ([cyan, magenta, yellow, black], out) => {
  interleave([cyan, magenta, yellow], out);
  for (let i = 0; i < out.length; i++) out[i] = Math.round((out[i] * black[Math.floor(i / 3)]) / 255);
};

/** The inks 255 - R, 255 - G, 255 - B as YCbCr, and black. */
const fromYcck: Converter = (rows, out) => {
  fromYcc(rows, out);
  for (let i = 0; i < out.length; i++)
    out[i] = Math.round(((255 - out[i]) * rows[3][Math.floor(i / 3)]) / 255);
};
