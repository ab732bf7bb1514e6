/**
 * The parts of a JPEG file that matter to its pixels, checked, and a file made of them alone: what jpeg-js decodes has
 * one frame of known size, and no segment that it could trip over.
 */

import { checkRatio, Unsupported } from './format.js';

export interface Component {
  readonly id: number;
  /** Blocks in a unit, across and down. */
  readonly across: number;
  readonly down: number;
}

export interface JpegParts {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** Blocks of 8x8 coefficients. */
  readonly blocks: number;
  /** JFIF's mark, which says that three components are YCbCr. */
  readonly jfif: boolean;
  /** Transformation in Adobe's mark: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobe?: number;
  readonly exif?: Uint8Array;
  /** A file of the checked parts. */
  readonly file: Uint8Array;
}

const MARK = 0xff;
const [START, END] = [0xd8, 0xd9];
const [HUFFMAN, FRAMES, SCAN, QUANTISATION, RESTARTS] = [0xc4, [0xc0, 0xc1, 0xc2], 0xda, 0xdb, 0xdd];
const [APP0, APP1, APP14] = [0xe0, 0xe1, 0xee];
const PROGRESSIVE = 0xc2;
/** Marks of frames that are not read: lossless, differential, arithmetic. */
const OTHER_FRAMES = [0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
/** More scans are made only to keep a decoder busy. */
const MOST_SCANS = 100;
const BLOCK = 8;

interface Segment {
  readonly mark: number;
  /** Without mark and length. */
  readonly content: Uint8Array;
  /** What follows a scan's header: its codes. */
  readonly codes?: Uint8Array;
}

/** Error where the file is cut or contradicts itself, Unsupported where its kind is not read. */
export function jpegParts(bytes: Uint8Array): JpegParts {
  const segments = segmentsOf(bytes);
  const other = segments.find(({ mark }) => OTHER_FRAMES.includes(mark));
  if (other) throw new Unsupported(`it is lossless or coded arithmetically (frame ${other.mark & 15})`);
  const [frame, ...more] = segments.filter(({ mark }) => FRAMES.includes(mark));
  if (!frame || more.length > 0) throw new Error(`it has ${more.length + (frame ? 1 : 0)} frames`);
  const header = readFrame(frame.content);
  const scans = segments.filter(({ mark }) => mark === SCAN);
  checkScans(scans, header.components, frame.mark === PROGRESSIVE);
  const blocks = blocksOf(header);
  // a block takes one bit at least
  checkRatio(
    blocks,
    scans.reduce((sum, { codes }) => sum + (codes?.length ?? 0), 0),
    8,
  );
  const adobe = contentOf(segments, APP14, 'Adobe')?.[6];
  const exif = contentOf(segments, APP1, 'Exif\0\0');
  return {
    ...header,
    blocks,
    jfif: contentOf(segments, APP0, 'JFIF\0') !== undefined,
    ...(adobe !== undefined && { adobe }),
    ...(exif && { exif }),
    file: fileOf(segments, header),
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
      const end = at + 2 + ((bytes[at + 2] << 8) | bytes[at + 3]);
      const content = bytes.subarray(at + 4, end);
      at = end;
      if (mark === SCAN) {
        at = endOfCodes(bytes, end);
        segments.push({ mark, content, codes: withoutFill(bytes.subarray(end, at)) });
      } else segments.push({ mark, content });
    }
  }
  throw new Error('it ends too early');
}

function isRestart(mark: number): boolean {
  return mark >= 0xd0 && mark <= 0xd7;
}

/** Codes end at a mark that is neither a literal 0xff, a restart, nor a filler. */
function endOfCodes(bytes: Uint8Array, start: number): number {
  let at = bytes.indexOf(MARK, start);
  while (at >= 0 && (bytes[at + 1] === 0 || bytes[at + 1] === MARK || isRestart(bytes[at + 1])))
    at = bytes.indexOf(MARK, at + 1);
  return at < 0 ? bytes.length : at;
}

/** Drops 0xff that come before a mark's own 0xff. */
function withoutFill(codes: Uint8Array): Uint8Array {
  const isFill = (i: number) => codes[i] === MARK && codes[i + 1] === MARK;
  return codes.some((_, i) => isFill(i)) ? codes.filter((_, i) => !isFill(i)) : codes;
}

function contentOf(segments: readonly Segment[], mark: number, name: string): Uint8Array | undefined {
  const letters = [...name].map((letter) => letter.charCodeAt(0));
  const found = segments.find(
    (one) => one.mark === mark && letters.every((code, i) => one.content[i] === code),
  );
  return found?.content.subarray(letters.length);
}

function readFrame(content: Uint8Array): Pick<JpegParts, 'width' | 'height' | 'components'> {
  const [bits] = content;
  const [height, width] = [1, 3].map((at) => (content[at] << 8) | content[at + 1]);
  const count = content[5];
  if (content.length < 6 + 3 * count) throw new Error('its frame ends too early');
  if (bits !== 8) throw new Unsupported(`its samples have ${bits} bits`);
  if (height === 0) throw new Unsupported('its height follows its pixels');
  if (![1, 3, 4].includes(count)) throw new Unsupported(`it has ${count} colour components`);
  const components = Array.from({ length: count }, (_, i) => {
    const [id, sampling] = content.subarray(6 + 3 * i);
    return { id, across: sampling >> 4, down: sampling & 15 };
  });
  if (new Set(components.map(({ id }) => id)).size < count) throw new Error('two of its components are one');
  const sound = ({ across, down }: Component) => across >= 1 && across <= 4 && down >= 1 && down <= 4;
  if (!components.every(sound)) throw new Error('its components have sizes that cannot be');
  // one component has its units to itself
  return { width, height, components: count > 1 ? components : [{ ...components[0], across: 1, down: 1 }] };
}

/** Every component needs a scan of its lowest frequency. */
function checkScans(scans: readonly Segment[], components: readonly Component[], progressive: boolean): void {
  if (scans.length > MOST_SCANS) throw new Unsupported(`it has ${scans.length} scans`);
  const begun = new Set<number>();
  for (const { content } of scans) {
    const count = content[0];
    const [first, last] = content.subarray(1 + 2 * count);
    const ids = Array.from({ length: count }, (_, i) => content[1 + 2 * i]);
    const known = ids.every((id) => components.some((component) => component.id === id));
    if (content.length !== 4 + 2 * count || count < 1 || !known || !(first <= last && last < 64))
      throw new Error('one of its scans is damaged');
    if (progressive ? first > 0 && count > 1 : first > 0 || last < 63)
      throw new Error('one of its scans has frequencies that cannot be');
    if (first === 0) for (const id of ids) begun.add(id);
  }
  if (begun.size < components.length)
    throw new Error(`it holds ${begun.size} of ${components.length} components`);
}

function blocksOf({ width, height, components }: Pick<JpegParts, 'width' | 'height' | 'components'>): number {
  const [unitWidth, unitHeight] = unitOf(components);
  const count = ({ across, down }: Component) =>
    Math.ceil((Math.ceil(width / BLOCK) * across) / unitWidth) *
    Math.ceil((Math.ceil(height / BLOCK) * down) / unitHeight);
  return components.reduce((sum, component) => sum + count(component), 0);
}

/** Blocks across and down of the unit that holds all components. */
function unitOf(components: readonly Component[]): [number, number] {
  return [
    Math.max(...components.map(({ across }) => across)),
    Math.max(...components.map(({ down }) => down)),
  ];
}

function fileOf(segments: readonly Segment[], { components }: Pick<JpegParts, 'components'>): Uint8Array {
  const kept = segments.filter(
    ({ mark }) =>
      [HUFFMAN, SCAN, QUANTISATION, RESTARTS, ...FRAMES].includes(mark) ||
      (mark === APP14 && components.length === 4),
  );
  const parts = kept.flatMap(({ mark, content, codes }) => {
    const length = content.length + 2;
    const head = Uint8Array.of(MARK, mark, length >> 8, length & 255);
    return [
      head,
      FRAMES.includes(mark) ? withSampling(content, components) : content,
      codes ?? new Uint8Array(),
    ];
  });
  return Buffer.concat([Uint8Array.of(MARK, START), ...parts, Uint8Array.of(MARK, END)]);
}

function withSampling(content: Uint8Array, components: readonly Component[]): Uint8Array {
  const frame = content.slice();
  for (const [i, { across, down }] of components.entries()) frame[7 + 3 * i] = (across << 4) | down;
  return frame;
}
