/**
 * Contrast limited adaptive histogram equalisation (Zuiderveld 1994) with the conventions of OpenCV's
 * createCLAHE, to the bit: the image is extended by reflection until the tiles divide it, each tile's
 * histogram is clipped and the excess shared out evenly, and each pixel blends (in float32) the tables of the
 * four tiles around it.
 */

import { reflectIndex } from '../core/padding.js';

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
  const tables = new Uint8Array(tilesX * tilesY * BINS);
  const histogram = new Uint32Array(BINS);
  for (let tile = 0; tile < tilesX * tilesY; tile++) {
    const [top, left] = [Math.floor(tile / tilesX) * tileHeight, (tile % tilesX) * tileWidth];
    histogram.fill(0);
    for (let y = top; y < top + tileHeight; y++) {
      const row = reflectIndex(y, height) * width;
      for (let x = left; x < left + tileWidth; x++) histogram[grey[row + reflectIndex(x, width)]] += 1;
    }
    clipHistogram(histogram, limit);
    fillTable(tables.subarray(tile * BINS, (tile + 1) * BINS), histogram, tileWidth * tileHeight);
  }
  const rows = tilePositions(height, tileHeight, tilesY);
  const columns = tilePositions(width, tileWidth, tilesX);
  return blendTables(grey, tables, tilesX, rows, columns);
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
  const stride = Math.floor(BINS / remainder);
  for (let bin = 0; bin < BINS && remainder > 0; bin += stride, remainder--) histogram[bin] += 1;
}

/** The cumulated histogram of a tile with that many `pixels`, as levels. */
function fillTable(table: Uint8Array, histogram: Uint32Array, pixels: number): void {
  const scale = Math.fround((BINS - 1) / pixels);
  let sum = 0;
  for (let level = 0; level < BINS; level++) {
    sum += histogram[level];
    table[level] = roundToByte(Math.fround(sum * scale));
  }
}

/** For each row (or column) the two tiles whose centres enclose it, and the weight of either, float32. */
interface TilePositions {
  readonly first: Int32Array;
  readonly second: Int32Array;
  readonly firstWeight: Float32Array;
  readonly secondWeight: Float32Array;
}

function tilePositions(extent: number, tileSize: number, tiles: number): TilePositions {
  const { fround } = Math;
  const first = new Int32Array(extent);
  const second = new Int32Array(extent);
  const firstWeight = new Float32Array(extent);
  const secondWeight = new Float32Array(extent);
  for (let i = 0; i < extent; i++) {
    const inTiles = fround(fround(i * fround(1 / tileSize)) - 0.5);
    const lower = Math.floor(inTiles);
    first[i] = Math.max(lower, 0);
    second[i] = Math.min(lower + 1, tiles - 1);
    secondWeight[i] = inTiles - lower;
    firstWeight[i] = 1 - secondWeight[i];
  }
  return { first, second, firstWeight, secondWeight };
}

/** Bilinear interpolation between the tables [tilesY,tilesX,BINS] of the nearest tiles, in float32. */
function blendTables(
  grey: Uint8Array,
  tables: Uint8Array,
  tilesX: number,
  rows: TilePositions,
  columns: TilePositions,
): Uint8Array {
  const { fround } = Math;
  const out = new Uint8Array(grey.length);
  const width = columns.first.length;
  for (let p = 0; p < grey.length; p++) {
    const [y, x] = [Math.floor(p / width), p % width];
    const level = grey[p];
    const [left, right] = [columns.first[x] * BINS + level, columns.second[x] * BINS + level];
    const [leftWeight, rightWeight] = [columns.firstWeight[x], columns.secondWeight[x]];
    const [upper, lower] = [rows.first[y] * tilesX * BINS, rows.second[y] * tilesX * BINS];
    const above = fround(
      fround(tables[upper + left] * leftWeight) + fround(tables[upper + right] * rightWeight),
    );
    const below = fround(
      fround(tables[lower + left] * leftWeight) + fround(tables[lower + right] * rightWeight),
    );
    out[p] = roundToByte(fround(fround(above * rows.firstWeight[y]) + fround(below * rows.secondWeight[y])));
  }
  return out;
}

/** Rounds to the nearest integer, halves to the even one; levels beyond 255 become 255. */
function roundToByte(value: number): number {
  const below = Math.floor(value);
  const fraction = value - below;
  const up = fraction > 0.5 || (fraction === 0.5 && below % 2 === 1);
  return Math.min(255, up ? below + 1 : below);
}
