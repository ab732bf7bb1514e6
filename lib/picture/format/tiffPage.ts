/**
 * What a page of a TIFF says about its pixels, with the defaults
 * of the TIFF 6.0 specification; other kinds are refused.
 */

import { Unsupported } from './format.js';
import type { Tags } from './tags.js';

export interface Page {
  readonly width: number;
  readonly height: number;
  readonly bits: 1 | 2 | 4 | 8 | 16;
  /** Values a pixel. */
  readonly samples: number;
  readonly compression: number;
  readonly photometric: number;
  /** The values of a colour lie in a plane of their own. */
  readonly planar: boolean;
  /** Each value is the difference to the one before it in its row. */
  readonly differences: boolean;
  /** Bytes start with their lowest bit. */
  readonly reversed: boolean;
  /**
   * What the samples after the colours are: 0 nothing in particular, 1 or 2 the opacity (1: multiplied in).
   */
  readonly extraSamples: readonly number[];
  readonly colourMap?: readonly number[];
  readonly tiled: boolean;
  /** Columns and rows of a strip or tile as it is stored. */
  readonly columns: number;
  readonly rows: number;
  /** Where each strip or tile is, and how many bytes it has. */
  readonly offsets: readonly number[];
  readonly counts: readonly number[];
  readonly orientation: number;
}

export const WHITE_IS_ZERO = 0;
export const PALETTE = 3;
const RGB = 2;
const PLANES = 2;
const REVERSED = 2;
const HORIZONTAL = 2;
const UNSIGNED = 1;
const UNDEFINED = 4;
const MOST_SAMPLES = 4;
export const NONE = 1;

/** Compressions that are read, and those that are only known by name. */
const COMPRESSIONS: Readonly<Record<number, string>> = {
  [NONE]: '',
  5: '',
  8: '',
  32946: '',
  32773: '',
  2: 'CCITT (fax)',
  3: 'CCITT (fax)',
  4: 'CCITT (fax)',
  6: 'JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
};

/** LZW and Deflate; with others the tag for differences has no meaning, and libtiff ignores it. */
const DICTIONARIES = [5, 8, 32946];

const PHOTOMETRICS: Readonly<Record<number, string>> = {
  4: 'transparency masks',
  5: 'CMYK colours',
  6: 'YCbCr colours',
  8: 'CIE L*a*b* colours',
  32803: 'raw colours of a camera',
};

/**
 * Everything but the orientation. Error where the page
 * contradicts itself, Unsupported where its kind is not read.
 */
export function readPage(tags: Tags): Omit<Page, 'orientation'> {
  const one = (tag: number, otherwise: number) => tags(tag)?.[0] ?? otherwise;
  const [width, height] = [one(256, 0), one(257, 0)];
  const samples = one(277, 1);
  const bits = depthOf(tags(258) ?? [1], tags(339) ?? [UNSIGNED]);
  const compression = one(259, NONE);
  const name = COMPRESSIONS[compression];
  if (name !== '') throw new Unsupported(`its pixels are compressed by ${name ?? `method ${compression}`}`);
  const photometric = photometricOf(tags(262)?.[0], samples);
  const predictor = DICTIONARIES.includes(compression) ? one(317, 1) : 1;
  if (predictor > HORIZONTAL || (predictor === HORIZONTAL && bits < 8))
    throw new Unsupported(`it stores differences of kind ${predictor} of ${bits} bits`);
  const colourMap = tags(320);
  return {
    width,
    height,
    bits,
    samples,
    compression,
    photometric,
    planar: samples > 1 && one(284, 1) === PLANES,
    differences: predictor === HORIZONTAL,
    reversed: one(266, 1) === REVERSED,
    extraSamples: tags(338) ?? [],
    ...(colourMap && { colourMap }),
    ...layoutOf(tags, width, height),
  };
}

function depthOf(depths: readonly number[], formats: readonly number[]): Page['bits'] {
  const [bits] = depths;
  const format = formats.find((kind) => kind !== UNSIGNED && kind !== UNDEFINED) ?? UNSIGNED;
  if (![1, 2, 4, 8, 16].includes(bits) || format !== UNSIGNED || depths.some((depth) => depth !== bits))
    throw new Unsupported(`its samples have ${[...new Set(depths)].join(' and ')} bits in format ${format}`);
  return bits as Page['bits'];
}

function photometricOf(photometric: number | undefined, samples: number): number {
  if (photometric === undefined) throw new Error('it does not say what its levels mean');
  if (photometric > PALETTE)
    throw new Unsupported(`it has ${PHOTOMETRICS[photometric] ?? `colours of kind ${photometric}`}`);
  if (!(samples >= 1 && samples <= MOST_SAMPLES)) throw new Unsupported(`it has ${samples} samples a pixel`);
  if (photometric === RGB && samples < 3) throw new Error(`it has ${samples} samples a pixel of RGB`);
  return photometric;
}

function layoutOf(
  tags: Tags,
  width: number,
  height: number,
): Pick<Page, 'tiled' | 'columns' | 'rows' | 'offsets' | 'counts'> {
  const [columns, rows] = [tags(322)?.[0], tags(323)?.[0]];
  const tiled = columns !== undefined && rows !== undefined;
  const offsets = (tiled ? tags(324) : undefined) ?? tags(273) ?? [];
  const counts = (tiled ? tags(325) : undefined) ?? tags(279) ?? [];
  if (tiled) return { tiled, columns, rows, offsets, counts };
  return { tiled, columns: width, rows: Math.min(tags(278)?.[0] ?? height, height), offsets, counts };
}
