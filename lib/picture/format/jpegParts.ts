/**
 * The parts of a JPEG file (ITU T.81, annex B): its frame, its scans with the tables that hold when each
 * begins, and what Adobe's, JFIF's and EXIF's marks say. Everything is checked here, so that the decoder
 * meets no surprise.
 */

import { checkRatio, Unsupported } from './format.js';
import { intervalsOf, isRestart } from './jpegIntervals.js';

export interface Component {
  readonly id: number;
  /** Blocks in a unit, across and down. */
  readonly across: number;
  readonly down: number;
  /** Number of its quantisation table. */
  readonly quantisation: number;
}

export interface Scan {
  /** The components that take turns, by index, with the numbers of their code tables. */
  readonly parts: readonly { readonly component: number; readonly dc: number; readonly ac: number }[];
  /** Frequencies, in zigzag order. */
  readonly first: number;
  readonly last: number;
  /**
   * Bits below which values are not given yet, and those
   * that an earlier scan gave (0: this one is the first).
   */
  readonly low: number;
  readonly high: number;
  /** Contents of tables by class and number (0x10: AC, of the first code table). */
  readonly huffman: ReadonlyMap<number, Uint8Array>;
  readonly quantisation: ReadonlyMap<number, Uint16Array>;
  /** Units between restarts; 0: none. */
  readonly restart: number;
  /** The codes between restarts. */
  readonly intervals: readonly Uint8Array[];
}

export interface JpegParts {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  readonly progressive: boolean;
  readonly scans: readonly Scan[];
  /** JFIF's mark, which says that three components are YCbCr. */
  readonly jfif: boolean;
  /** Transformation in Adobe's mark: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: number;
  readonly exif?: Uint8Array;
}

type Frame = Pick<JpegParts, 'width' | 'height' | 'components' | 'progressive'>;

const MARK = 0xff;
const END = 0xd9;
const [HUFFMAN, SCAN, QUANTISATION, RESTARTS] = [0xc4, 0xda, 0xdb, 0xdd];
const [APP0, APP1, APP14] = [0xe0, 0xe1, 0xee];
const PROGRESSIVE = 0xc2;
const FRAMES = [0xc0, 0xc1, PROGRESSIVE];
/** Frames that are not read: lossless, differential, arithmetic. */
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
/** More scans are made only to keep a decoder busy. */
const MOST_SCANS = 100;

interface Segment {
  readonly mark: number;
  /** Without mark and length. */
  readonly content: Uint8Array;
  /** What follows a scan's header. */
  readonly codes: Uint8Array;
}

/** Error where the file is cut or contradicts itself, Unsupported where its kind is not read. */
export function jpegParts(bytes: Uint8Array): JpegParts {
  const segments = segmentsOf(bytes);
  const other = segments.find(({ mark }) => OTHER_FRAMES.includes(mark));
  if (other) throw new Unsupported(`it is lossless or coded arithmetically (frame ${other.mark & 15})`);
  const frames = segments.filter(({ mark }) => FRAMES.includes(mark));
  if (frames.length !== 1) throw new Error(`it has ${frames.length} frames`);
  const frame = readFrame(frames[0]);
  const scans = scansOf(segments, frame);
  const begun = new Set(
    scans.flatMap(({ first, parts }) => (first === 0 ? parts.map((part) => part.component) : [])),
  );
  if (begun.size < frame.components.length)
    throw new Error(`it holds ${begun.size} of ${frame.components.length} components`);
  const adobe = contentOf(segments, APP14, 'Adobe')?.[6];
  const exif = contentOf(segments, APP1, 'Exif\0\0');
  return {
    ...frame,
    scans,
    jfif: contentOf(segments, APP0, 'JFIF\0') !== undefined,
    ...(adobe !== undefined && { adobe }),
    ...(exif && { exif }),
  };
}

/** The segments up to the end mark; those in a segment (a thumbnail's) are passed over. */
function segmentsOf(bytes: Uint8Array): Segment[] {
  const segments: Segment[] = [];
  for (let at = 2; at + 1 < bytes.length; ) {
    const mark = bytes[at] === MARK ? bytes[at + 1] : 0;
    if (mark === END) return segments;
    if (bytes[at] !== MARK || mark === MARK) at += 1;
    else if (mark <= 1 || isRestart(mark)) at += 2;
    else {
      const start = at + 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
      const end = mark === SCAN ? endOfCodes(bytes, start) : start;
      segments.push({ mark, content: bytes.subarray(at + 4, start), codes: bytes.subarray(start, end) });
      at = end;
    }
  }
  throw new Error('it ends too early');
}

/** Codes end at a mark that is neither a literal 0xff, a restart, nor a filler. */
function endOfCodes(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(MARK, start);
  while (at >= 0 && (bytes[at + 1] === 0 || bytes[at + 1] === MARK || isRestart(bytes[at + 1])))
    at = bytes.indexOf(MARK, at + 1);
  return at < 0 ? bytes.length : at;
}

function contentOf(segments: readonly Segment[], mark: number, name: string): Uint8Array | undefined {
  const letters = [...name].map((letter) => letter.charCodeAt(0));
  const found = segments.find(
    (one) => one.mark === mark && letters.every((code, i) => one.content[i] === code),
  );
  return found?.content.subarray(letters.length);
}

function readFrame({ mark, content }: Segment): Frame {
  const [height, width] = [1, 3].map((at) => (content[at] << 8) | content[at + 1]);
  const count = content[5];
  if (!(content.length >= 6 + 3 * count)) throw new Error('its frame ends too early');
  if (content[0] !== 8) throw new Unsupported(`its samples have ${content[0]} bits`);
  if (height === 0) throw new Unsupported('its height follows its pixels');
  if (![1, 3, 4].includes(count)) throw new Unsupported(`it has ${count} colour components`);
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling, quantisation] = content.subarray(6 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15, quantisation };
  });
  if (new Set(components.map(({ id }) => id)).size < count) throw new Error('two of its components are one');
  const sound = ({ across, down }: Component) => across >= 1 && across <= 4 && down >= 1 && down <= 4;
  if (!components.every(sound)) throw new Error('its components have sizes that cannot be');
  // a component alone has its units to itself
  const alone = count === 1 ? { across: 1, down: 1 } : {};
  return {
    width,
    height,
    progressive: mark === PROGRESSIVE,
    components: components.map((component) => ({ ...component, ...alone })),
  };
}

/** The scans, each with the tables and the restart interval that were defined before it. */
function scansOf(segments: readonly Segment[], frame: Frame): Scan[] {
  const huffman = new Map<number, Uint8Array>();
  const quantisation = new Map<number, Uint16Array>();
  const scans: Scan[] = [];
  let restart = 0;
  for (const { mark, content, codes } of segments) {
    if (mark === HUFFMAN) readHuffman(content, huffman);
    else if (mark === QUANTISATION) readQuantisation(content, quantisation);
    else if (mark === RESTARTS) restart = (content[0] << 8) | content[1];
    else if (mark === SCAN) {
      if (scans.length === MOST_SCANS) throw new Unsupported(`it has more than ${MOST_SCANS} scans`);
      const tables = { huffman: new Map(huffman), quantisation: new Map(quantisation), restart };
      scans.push({ ...readScan(content, frame), ...tables, intervals: intervalsOf(codes) });
    }
  }
  return scans;
}

function readHuffman(content: Uint8Array, tables: Map<number, Uint8Array>): void {
  for (let at = 0; at < content.length; ) {
    const values = content.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
    const end = at + 17 + values;
    if (values > 256 || end > content.length) throw new Error('its code tables are damaged');
    tables.set(content[at], content.subarray(at + 1, end));
    at = end;
  }
}

function readQuantisation(content: Uint8Array, tables: Map<number, Uint16Array>): void {
  for (let at = 0; at < content.length; ) {
    const size = content[at] >> 4 ? 2 : 1;
    const end = at + 1 + 64 * size;
    if (end > content.length) throw new Error('its quantisation is damaged');
    const values = content.subarray(at + 1, end);
    tables.set(
      content[at] & 15,
      Uint16Array.from({ length: 64 }, (_, i) =>
        size === 2 ? (values[2 * i] << 8) | values[2 * i + 1] : values[i],
      ),
    );
    at = end;
  }
}

function readScan(
  content: Uint8Array,
  { components, progressive }: Frame,
): Pick<Scan, 'parts' | 'first' | 'last' | 'low' | 'high'> {
  const count = content[0];
  const parts = Array.from({ length: count }, (_, i) => {
    const [id, tables] = content.subarray(1 + 2 * i);
    return {
      component: components.findIndex((one) => one.id === id),
      dc: tables >> 4,
      ac: 0x10 | (tables & 15),
    };
  });
  const [first, last, bits] = content.subarray(1 + 2 * count);
  const known =
    count >= 1 && content.length === 4 + 2 * count && parts.every(({ component }) => component >= 0);
  if (!known || new Set(parts.map(({ component }) => component)).size < count)
    throw new Error('one of its scans is damaged');
  if (!progressive) return { parts, first: 0, last: 63, low: 0, high: 0 };
  const [low, high] = [bits & 15, bits >> 4];
  if (!(first <= last && last < 64 && (first === 0 ? last === 0 : count === 1) && low <= 13))
    throw new Error('one of its scans has frequencies that cannot be');
  return { parts, first, last, low, high };
}

/** Refuses a size that the codes cannot fill: a block takes one bit at least. */
export function checkCodes(blocks: number, { scans }: JpegParts): void {
  const lengths = scans.flatMap(({ intervals }) => intervals.map(({ length }) => length));
  checkRatio(
    blocks,
    lengths.reduce((sum, length) => sum + length, 0),
    8,
  );
}
