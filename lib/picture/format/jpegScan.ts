/**
 * The coefficients of a JPEG: its scans, sequential (T.81, annex F) or progressive (annex G), are decoded
 * into one array a component. A scan of one component runs over the blocks of the picture, one of several
 * over units that hold some of each; a restart may come after any of them.
 */

import { BitReader, type CodeTable, codeTable } from './jpegIntervals.js';
import type { Component, JpegParts, Scan } from './jpegParts.js';

/** Where the k-th coefficient in zigzag order lies in a block [8,8]. */
export const ZIGZAG = Uint8Array.of(
  ...[
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21,
  ],
  ...[
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53,
    60, 61,
  ],
  ...[54, 47, 55, 62, 63],
);

/** How the blocks of a component lie. */
export interface Grid {
  /** Pixels of the component. */
  readonly width: number;
  readonly height: number;
  /** Blocks that hold them. */
  readonly columns: number;
  readonly rows: number;
  /** Blocks as they are stored: whole units. */
  readonly storedColumns: number;
  readonly storedRows: number;
}

export interface Layout {
  /** Blocks of a unit, across and down, of the component that has most. */
  readonly across: number;
  readonly down: number;
  readonly unitColumns: number;
  readonly unitRows: number;
  readonly grids: readonly Grid[];
}

export function layoutOf({
  width,
  height,
  components,
}: Pick<JpegParts, 'width' | 'height' | 'components'>): Layout {
  const across = Math.max(...components.map((component) => component.across));
  const down = Math.max(...components.map((component) => component.down));
  const [unitColumns, unitRows] = [Math.ceil(width / (8 * across)), Math.ceil(height / (8 * down))];
  const grid = (component: Component): Grid => {
    const own = [Math.ceil((width * component.across) / across), Math.ceil((height * component.down) / down)];
    return {
      width: own[0],
      height: own[1],
      columns: Math.ceil(own[0] / 8),
      rows: Math.ceil(own[1] / 8),
      storedColumns: unitColumns * component.across,
      storedRows: unitRows * component.down,
    };
  };
  return { across, down, unitColumns, unitRows, grids: components.map(grid) };
}

/** The coefficients [rows,columns,8,8] of each component, not yet multiplied by its quantisation. */
export function coefficientsOf(parts: JpegParts, layout: Layout): Int16Array[] {
  const planes = layout.grids.map((grid) => new Int16Array(64 * grid.storedColumns * grid.storedRows));
  for (const scan of parts.scans) decodeScan(scan, parts, layout, planes);
  return planes;
}

/** What decoding a block needs, and what it leaves for the next one. */
interface State {
  bits: BitReader;
  readonly dc: CodeTable;
  readonly ac: CodeTable;
  /** The lowest frequency of the block before. */
  before: number;
  /** Blocks whose remaining frequencies are zero, or are not refined by new ones. */
  rest: number;
}

type BlockDecoder = (block: Int16Array, state: State, scan: Scan) => void;

const NO_TABLE: CodeTable = new Uint16Array(0);

function decodeScan(scan: Scan, parts: JpegParts, layout: Layout, planes: readonly Int16Array[]): void {
  const decode = decoderOf(scan, parts.progressive);
  const table = (wanted: boolean, id: number) => (wanted ? codeTable(scan.huffman.get(id)) : NO_TABLE);
  const states = scan.parts.map(({ dc, ac }) => ({
    bits: new BitReader(new Uint8Array()),
    dc: table(scan.first === 0 && scan.high === 0, dc),
    ac: table(scan.last > 0, ac),
    before: 0,
    rest: 0,
  }));
  const alone = scan.parts.length === 1;
  const own = layout.grids[scan.parts[0].component];
  const [columns, rows] = alone ? [own.columns, own.rows] : [layout.unitColumns, layout.unitRows];
  const units = columns * rows;
  const perInterval = scan.restart || units;
  if (scan.intervals.length !== Math.ceil(units / perInterval))
    throw new Error('a restart is missing or too many');
  for (let unit = 0; unit < units; unit++) {
    if (unit % perInterval === 0) restart(states, scan.intervals[unit / perInterval]);
    const [row, column] = [Math.floor(unit / columns), unit % columns];
    for (const [i, { component }] of scan.parts.entries()) {
      const { storedColumns } = layout.grids[component];
      const { across, down } = alone ? { across: 1, down: 1 } : parts.components[component];
      for (let y = row * down; y < (row + 1) * down; y++) {
        for (let x = column * across; x < (column + 1) * across; x++) {
          const start = 64 * (y * storedColumns + x);
          decode(planes[component].subarray(start, start + 64), states[i], scan);
        }
      }
    }
  }
}

function restart(states: readonly State[], interval: Uint8Array): void {
  const bits = new BitReader(interval);
  for (const state of states) Object.assign(state, { bits, before: 0, rest: 0 });
}

function decoderOf({ first, high }: Scan, progressive: boolean): BlockDecoder {
  if (!progressive) return sequential;
  if (first === 0) return high === 0 ? lowest : refineLowest;
  return high === 0 ? others : refineOthers;
}

const lowest: BlockDecoder = (block, state, { low }) => {
  state.before += state.bits.signed(state.bits.symbol(state.dc) & 15);
  block[0] = state.before << low;
};

const refineLowest: BlockDecoder = (block, { bits }, { low }) => {
  if (bits.bits(1)) block[0] |= 1 << low;
};

const sequential: BlockDecoder = (block, state, scan) => {
  lowest(block, state, scan);
  for (let k = 1; k < 64; k++) {
    const code = state.bits.symbol(state.ac);
    const size = code & 15;
    if (size === 0 && code !== SIXTEEN_ZEROS) break;
    k += code >> 4;
    if (k > 63) throw new Error('its codes are damaged');
    if (size > 0) block[ZIGZAG[k]] = state.bits.signed(size);
  }
};

/** As many zeros and no value; other codes without a value end the block. */
const SIXTEEN_ZEROS = 0xf0;

const others: BlockDecoder = (block, state, { first, last, low }) => {
  if (state.rest > 0) {
    state.rest -= 1;
    return;
  }
  for (let k = first; k <= last; k++) {
    const code = state.bits.symbol(state.ac);
    const [zeros, size] = [code >> 4, code & 15];
    if (size === 0 && code !== SIXTEEN_ZEROS) {
      state.rest = (1 << zeros) + state.bits.bits(zeros) - 1; // without this block
      break;
    }
    k += zeros;
    if (k > 63) throw new Error('its codes are damaged');
    if (size > 0) block[ZIGZAG[k]] = state.bits.signed(size) << low;
  }
};

const refineOthers: BlockDecoder = (block, state, { first, last, low }) => {
  const { bits } = state;
  const refine = (at: number) => {
    if (bits.bits(1) && (block[at] & (1 << low)) === 0) block[at] += block[at] > 0 ? 1 << low : -1 << low;
  };
  let k = first;
  while (state.rest === 0 && k <= last) {
    const code = bits.symbol(state.ac);
    const size = code & 15;
    if (size > 1) throw new Error('its codes are damaged');
    if (size === 0 && code !== SIXTEEN_ZEROS) {
      state.rest = (1 << (code >> 4)) + bits.bits(code >> 4);
      break;
    }
    const value = size === 0 ? 0 : bits.bits(1) ? 1 << low : -1 << low;
    // over as many zeros, and over all that are not zero, which have a bit of their own each
    for (let zeros = code >> 4; k <= last; k++) {
      if (block[ZIGZAG[k]] !== 0) refine(ZIGZAG[k]);
      else if (zeros-- === 0) break;
    }
    if (value !== 0 && k > last) throw new Error('its codes are damaged');
    if (value !== 0) block[ZIGZAG[k]] = value;
    k += 1;
  }
  if (state.rest === 0) return;
  for (; k <= last; k++) if (block[ZIGZAG[k]] !== 0) refine(ZIGZAG[k]);
  state.rest -= 1;
};
