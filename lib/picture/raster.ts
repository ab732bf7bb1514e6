/**
 * A picture as its file stores it, and the one place where the 8-bit picture that networks see is made of
 * it. Labels are read from the raster: their numbers must not be scaled, blended, looked up or turned.
 */

import { type Image, makeImage } from './image.js';

export interface Raster {
  /** 'PNG', 'JPEG', .. */
  readonly format: string;
  readonly height: number;
  readonly width: number;
  /** Values a pixel: the colours, then the opacity or what else a file has. */
  readonly samples: number;
  /** Bits a sample. */
  readonly bits: 1 | 2 | 4 | 8 | 16;
  /**
   * [H,W,S] as stored, indices where there is a palette; 0 is black also where the file counts from white.
   */
  readonly data: Uint8Array | Uint16Array;
  readonly colour: 'grey' | 'rgb' | 'palette';
  /** RGB of each index, 8 bits. */
  readonly palette?: Uint8Array;
  /** Opacity of each index, 8 bits; none: all are opaque. */
  readonly paletteAlpha?: Uint8Array;
  /** Which sample is the opacity; none: all pixels are opaque. */
  readonly alpha?: number;
  /** The colours have been multiplied by the opacity. */
  readonly premultiplied?: boolean;
  /** Pixels of these colour samples are transparent (tRNS of a PNG without a palette). */
  readonly transparent?: readonly number[];
  /** Samples are not what was once written (JPEG). */
  readonly lossy: boolean;
  /** EXIF 1 .. 8: how the stored rows are to be turned; 1: as they lie. */
  readonly orientation: number;
}

/**
 * 8 bits a channel, grey or RGB, transparency on black,
 * upright. A palette of greys alone gives a grey picture.
 */
export function toImage(raster: Raster): Image {
  return upright(raster.colour === 'palette' ? lookUp(raster) : scale(raster), raster.orientation);
}

/** Levels of `bits` bits as levels of 8: level * 255 / (2^bits - 1), to the nearest. */
function levelsOf(bits: number): Uint8Array {
  const largest = 2 ** bits - 1;
  return Uint8Array.from({ length: largest + 1 }, (_, level) => Math.round((level * 255) / largest));
}

function lookUp({ height, width, data, palette, paletteAlpha }: Raster): Image {
  if (!palette) throw new Error('a palette picture without a palette');
  const channels = isGrey(data, palette) ? 1 : 3;
  const image = makeImage(height, width, channels);
  for (let p = 0; p < data.length; p++) {
    const index = data[p];
    const opacity = paletteAlpha?.[index] ?? 255;
    for (let c = 0; c < channels; c++)
      image.data[p * channels + c] = Math.round((palette[3 * index + c] * opacity) / 255);
  }
  return image;
}

/** Whether all colours that occur have R = G = B. */
function isGrey(indices: ArrayLike<number>, palette: Uint8Array): boolean {
  const coloured = (i: number) =>
    palette[3 * i] !== palette[3 * i + 1] || palette[3 * i] !== palette[3 * i + 2];
  for (let p = 0; p < indices.length; p++) if (coloured(indices[p])) return false;
  return true;
}

function scale(raster: Raster): Image {
  const { height, width, samples, bits, data, colour, alpha, premultiplied, transparent } = raster;
  const channels = colour === 'rgb' ? 3 : 1;
  const levels = levelsOf(bits);
  const image = makeImage(height, width, channels);
  const opacitySample = premultiplied ? undefined : alpha;
  for (let p = 0, at = 0; p < height * width; p++, at += samples) {
    if (transparent?.every((value, c) => data[at + c] === value)) continue; // black
    const opacity = opacitySample === undefined ? 255 : levels[data[at + opacitySample]];
    for (let c = 0; c < channels; c++)
      image.data[p * channels + c] = Math.round((levels[data[at + c]] * opacity) / 255);
  }
  return image;
}

/** Turns a picture as its EXIF orientation says (5 .. 8 swap rows and columns). */
function upright(image: Image, orientation: number): Image {
  if (orientation === 1) return image;
  const { height, width, channels, data } = image;
  const swapped = orientation >= 5;
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const turned = makeImage(swapped ? width : height, swapped ? height : width, channels);
  for (let y = 0, to = 0; y < turned.height; y++) {
    for (let x = 0; x < turned.width; x++, to += channels) {
      const [row, column] = swapped ? [x, y] : [y, x];
      const from = (fromBottom ? height - 1 - row : row) * width + (fromRight ? width - 1 - column : column);
      for (let c = 0; c < channels; c++) turned.data[to + c] = data[from * channels + c];
    }
  }
  return turned;
}
