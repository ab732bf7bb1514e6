/**
 * The parts of a GIF file: the size of its screen, and the
 * frames with their palettes and still packed pixels.
 */

export interface Gif {
  readonly width: number;
  readonly height: number;
  readonly frames: readonly Frame[];
}

export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly interlaced: boolean;
  /** RGB of each index. */
  readonly palette: Uint8Array;
  /** The index that draws nothing. */
  readonly transparent?: number;
  /** Bits of the first codes. */
  readonly literalBits: number;
  /** The codes, without the lengths of their blocks. */
  readonly data: Uint8Array;
}

const EXTENSION = 0x21;
const FRAME = 0x2c;
const TRAILER = 0x3b;
const GRAPHIC_CONTROL = 0xf9;
const SCREEN_END = 13;
const FRAME_END = 10;

/** RangeError where a part ends too early, Error where it contradicts itself; a missing trailer is none. */
export function gifParts(bytes: Uint8Array): Gif {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  const shared = paletteAt(view, SCREEN_END, view.getUint8(10));
  const frames: Frame[] = [];
  let transparent: number | undefined;
  let at = SCREEN_END + (shared?.length ?? 0);
  while (at < bytes.length && bytes[at] !== TRAILER) {
    if (bytes[at] === EXTENSION) {
      const { data, end } = blocksAt(bytes, at + 2);
      if (bytes[at + 1] === GRAPHIC_CONTROL) transparent = data[0] & 1 ? data[3] : undefined;
      at = end;
    } else if (bytes[at] === FRAME) {
      const { frame, end } = frameAt(view, at, shared);
      if (frame.left + frame.width > width || frame.top + frame.height > height)
        throw new Error(`frame ${frames.length} is not inside ${width}x${height} pixels`);
      frames.push(transparent === undefined ? frame : { ...frame, transparent });
      transparent = undefined; // it holds for the next frame alone
      at = end;
    } else if (bytes[at] === 0) {
      at += 1; // some writers end a block twice
    } else {
      throw new Error(`it has a block of kind ${bytes[at]}`);
    }
  }
  return { width, height, frames };
}

function frameAt(view: DataView, at: number, shared?: Uint8Array): { frame: Frame; end: number } {
  const [left, top, width, height] = [1, 3, 5, 7].map((offset) => view.getUint16(at + offset, true));
  const flags = view.getUint8(at + 9);
  const own = paletteAt(view, at + FRAME_END, flags);
  const palette = own ?? shared;
  if (!palette) throw new Error('a frame has no colours');
  const start = at + FRAME_END + (own?.length ?? 0);
  const literalBits = view.getUint8(start);
  if (!(literalBits >= 1 && literalBits <= 8)) throw new Error(`it has ${literalBits} bits a pixel`);
  const { data, end } = blocksAt(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), start + 1);
  const interlaced = (flags & 0x40) !== 0;
  return { frame: { left, top, width, height, interlaced, palette, literalBits, data }, end };
}

/** A copy of the palette whose size the flags give; undefined where they say that there is none. */
function paletteAt(view: DataView, at: number, flags: number): Uint8Array | undefined {
  if ((flags & 0x80) === 0) return undefined;
  return new Uint8Array(view.buffer, view.byteOffset + at, 3 * 2 ** ((flags & 7) + 1)).slice();
}

/** The content of blocks that each start with their length, up to an empty one or the end of the file. */
function blocksAt(bytes: Uint8Array, start: number): { data: Uint8Array; end: number } {
  const blocks: Uint8Array[] = [];
  let at = start;
  for (; at < bytes.length && bytes[at] > 0; at += 1 + bytes[at])
    blocks.push(bytes.subarray(at + 1, at + 1 + bytes[at]));
  return { data: Buffer.concat(blocks), end: at + 1 };
}
