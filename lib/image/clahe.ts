/**
 * Contrast limited adaptive histogram equalisation (Zuiderveld 1994) with the conventions of OpenCV's
 * createCLAHE: the image is extended by reflection until the tiles divide it, each tile's histogram is clipped
 * and the excess shared out evenly, and each pixel blends the tables of the four tiles around it.
 */

import { reflectIndex } from '../kernel/reference/padding.js';

export interface ClaheOptions {
  /** Multiple of the mean count of a histogram bin at which bins are clipped. */
  readonly clipLimit: number;
  readonly tilesX: number;
  readonly tilesY: number;
}

const BINS = 256;

/** Equalises grey levels [H,W]. */
export function clahe(grey: Uint8Array, height: number, width: number, options: ClaheOptions): Uint8Array {
  const { clipLimit, tilesX, tilesY } = options;
  // Where one side is not divisible both are extended, by a whole tile where the other is: OpenCV does so.
  const whole = width % tilesX === 0 && height % tilesY === 0;
  const tileWidth = whole ? width / tilesX : Math.floor(width / tilesX) + 1;
  const tileHeight = whole ? height / tilesY : Math.floor(height / tilesY) + 1;
  const limit = Math.max(1, Math.floor((clipLimit * tileWidth * tileHeight) / BINS));
  const tables = Array.from({ length: tilesX * tilesY }, (_, tile) => {
    const [top, left] = [Math.floor(tile / tilesX) * tileHeight, (tile % tilesX) * tileWidth];
    const histogram = new Uint32Array(BINS);
    for (let y = top; y < top + tileHeight; y++) {
      const row = reflectIndex(y, height) * width;
      for (let x = left; x < left + tileWidth; x++) histogram[grey[row + reflectIndex(x, width)]] += 1;
    }
    clipHistogram(histogram, limit);
    return equalisationTable(histogram, tileWidth * tileHeight);
  });
  return blendTables(grey, height, width, tables, options, tileHeight, tileWidth);
}

/** Cuts the bins at `limit` and shares out what was cut: evenly, and the remainder at even distances. */
function clipHistogram(histogram: Uint32Array, limit: number): void {
  let excess = 0;
  for (let bin = 0; bin < BINS; bin++) {
    if (histogram[bin] <= limit) continue;
    excess += histogram[bin] - limit;
    histogram[bin] = limit;
  }
  const share = Math.floor(excess / BINS);
  let remainder = excess - share * BINS;
  for (let bin = 0; bin < BINS; bin++) histogram[bin] += share;
  if (remainder === 0) return;
  const stride = Math.max(1, Math.floor(BINS / remainder));
  for (let bin = 0; bin < BINS && remainder > 0; bin += stride, remainder--) histogram[bin] += 1;
}

function equalisationTable(histogram: Uint32Array, pixels: number): Uint8Array {
  const scale = Math.fround((BINS - 1) / pixels);
  const table = new Uint8Array(BINS);
  let sum = 0;
  for (let level = 0; level < BINS; level++) {
    sum += histogram[level];
    table[level] = roundToByte(Math.fround(sum * scale));
  }
  return table;
}

/** Bilinear interpolation between the tables of the nearest tile centres, in float32. */
function blendTables(
  grey: Uint8Array,
  height: number,
  width: number,
  tables: readonly Uint8Array[],
  { tilesX, tilesY }: ClaheOptions,
  tileHeight: number,
  tileWidth: number,
): Uint8Array {
  const { fround } = Math;
  const out = new Uint8Array(grey.length);
  const columns = Array.from({ length: width }, (_, x) => tilePosition(x, tileWidth, tilesX));
  for (let y = 0; y < height; y++) {
    const row = tilePosition(y, tileHeight, tilesY);
    for (let x = 0; x < width; x++) {
      const column = columns[x];
      const level = grey[y * width + x];
      const at = (tileY: number, tileX: number) => tables[tileY * tilesX + tileX][level];
      const mix = (tileY: number) =>
        fround(
          fround(at(tileY, column.first) * column.rest) + fround(at(tileY, column.second) * column.weight),
        );
      const value = fround(fround(mix(row.first) * row.rest) + fround(mix(row.second) * row.weight));
      out[y * width + x] = roundToByte(value);
    }
  }
  return out;
}

/** The two tiles whose centres enclose a position, and the weights of both. */
function tilePosition(position: number, tileSize: number, tiles: number) {
  const { fround } = Math;
  const inTiles = fround(fround(position * fround(1 / tileSize)) - 0.5);
  const lower = Math.floor(inTiles);
  const weight = fround(inTiles - lower);
  return {
    first: Math.max(lower, 0),
    second: Math.min(lower + 1, tiles - 1),
    weight,
    rest: fround(1 - weight),
  };
}

/** Rounds to the nearest integer, halves to the even one, and saturates. */
function roundToByte(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  const up = fraction > 0.5 || (fraction === 0.5 && below % 2 === 1);
  return Math.min(255, Math.max(0, up ? below + 1 : below));
}
