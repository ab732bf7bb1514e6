/**
 * TIFF: every page, grey, RGB or palette, of 1, 2, 4, 8 or 16 unsigned bits, in strips or tiles, pixel by
 * pixel or a plane a colour. Written here because the package that was used before (tiff 7.1.3) keeps tables
 * from one file to the next, reserves what a header claims, and does not read all of these kinds. Other kinds
 * are named and refused.
 */

import type { Raster } from '../raster.js';
import { checkIndices, claim, type Format, type Limits, Unsupported } from './format.js';
import { openTags, orientationIn, type TagFile } from './tags.js';
import { PALETTE, type Page, readPage, WHITE_IS_ZERO } from './tiffPage.js';
import { rowsOf, segmentsOf } from './tiffSegments.js';

/** How files start that may be longer than 4 GiB. */
const BIG = [
  [0x49, 0x49, 0x2b, 0x00],
  [0x4d, 0x4d, 0x00, 0x2b],
];

export const tiff: Format = {
  name: 'TIFF',
  magic: [[0x49, 0x49, 0x2a, 0x00], [0x4d, 0x4d, 0x00, 0x2a], ...BIG],
  decode(bytes, limits): Raster[] {
    if (BIG.some((start) => start.every((byte, i) => bytes[i] === byte)))
      throw new Unsupported('it is a BigTIFF');
    const file = openTags(bytes);
    const pages = pagesOf(file);
    claimAll(pages, limits);
    checkSharing(pages, bytes.length);
    return pages.map((page) => readRaster(bytes, page, file.little));
  },
};

function pagesOf(file: TagFile): Page[] {
  const seen = new Set<number>();
  const pages: Page[] = [];
  for (let at = file.first; at !== 0; ) {
    if (seen.has(at)) throw new Error('its pages form a circle');
    seen.add(at);
    const { tags, next } = file.directory(at);
    pages.push({ ...readPage(tags), orientation: orientationIn(tags) });
    at = next;
  }
  return pages;
}

/** Tiles may be larger than the picture, but not without end. */
const LARGEST_TILE = 2 ** 24;

/**
 * Rasters of all pages are held at once, and beside them the unpacked bytes and samples of one strip or tile.
 */
function claimAll(pages: readonly Page[], limits: Limits): void {
  const pixels = (page: Page) => page.width * page.height;
  const bytes = (page: Page) => page.samples * (page.bits === 16 ? 2 : 1);
  const total = pages.reduce((sum, page) => sum + pixels(page) * bytes(page), 0);
  for (const page of pages) {
    const part = page.columns * page.rows;
    if (part > Math.max(pixels(page), LARGEST_TILE))
      throw new Error(`it claims tiles of ${page.columns}x${page.rows} pixels`);
    claim(page, (total + 3 * part * bytes(page)) / pixels(page), limits);
  }
}

/** How often the same bytes may serve for pixels; equal tiles are sometimes stored once. */
const MOST_SHARING = 16;

function checkSharing(pages: readonly Page[], length: number): void {
  const stored = pages.reduce((sum, page) => sum + page.counts.reduce((a, b) => a + b, 0), 0);
  if (stored > MOST_SHARING * length) throw new Error('its strips overlap or lie beyond its end');
}

function readRaster(bytes: Uint8Array, page: Page, little: boolean): Raster {
  const { width, height, samples, bits } = page;
  const length = width * height * samples;
  const data = bits === 16 ? new Uint16Array(length) : new Uint8Array(length);
  for (const segment of segmentsOf(page)) {
    const rows = rowsOf(bytes, page, segment, little);
    const visible = Math.min(segment.columns, width - segment.left);
    for (let y = 0; y < segment.rows && segment.top + y < height; y++) {
      const from = y * segment.columns * segment.samples;
      const to = ((segment.top + y) * width + segment.left) * samples + segment.first;
      if (segment.samples === samples) data.set(rows.subarray(from, from + visible * samples), to);
      else for (let x = 0; x < visible; x++) data[to + x * samples] = rows[from + x];
    }
  }
  if (page.photometric === WHITE_IS_ZERO) invert(data, samples, 2 ** bits - 1);
  const raster = { format: 'TIFF', height, width, samples, bits, data, lossy: false };
  return { ...raster, orientation: page.orientation, ...coloursOf(page, data) };
}

/** Levels counted from black; the opacity stays. */
function invert(data: Uint8Array | Uint16Array, samples: number, largest: number): void {
  for (let i = 0; i < data.length; i += samples) data[i] = largest - data[i];
}

function coloursOf(page: Page, data: ArrayLike<number>): Pick<Raster, 'colour' | 'palette' | 'alpha'> {
  if (page.photometric === PALETTE) {
    if (!page.colourMap) throw new Error('its palette is missing');
    if (page.samples > 1) throw new Unsupported('it has a palette and an opacity');
    const palette = paletteOf(page.colourMap, 2 ** page.bits);
    checkIndices(data, palette.length / 3);
    return { colour: 'palette', palette };
  }
  const opacity = page.extraSamples.findIndex((kind) => kind === 1 || kind === 2);
  const alpha = page.samples - page.extraSamples.length + opacity;
  return {
    colour: page.samples > 2 ? 'rgb' : 'grey',
    ...(opacity >= 0 && alpha > 0 && { alpha, premultiplied: page.extraSamples[opacity] === 1 }),
  };
}

/** All reds, greens and blues of 16 bits to RGB of 8; many writers forget to bring their 8 bits to 16. */
function paletteOf(map: readonly number[], entries: number): Uint8Array {
  if (map.length !== 3 * entries) throw new Error(`its palette has ${map.length} values of ${3 * entries}`);
  const shift = map.some((value) => value > 255) ? 8 : 0;
  return Uint8Array.from(
    { length: 3 * entries },
    (_, i) => map[(i % 3) * entries + Math.floor(i / 3)] >> shift,
  );
}
