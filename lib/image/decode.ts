/**
 * Pictures from files: PNG, TIFF, GIF and JPEG, told apart by their first bytes. The formats are decoded by small
 * libraries; here their results become 8-bit grey or RGB, and whatever they do with a damaged file (throw strings,
 * print, return half a picture) becomes one DataError that names the file. Transparency is laid on black.
 */

import jpeg from 'jpeg-js';
import omggif from 'omggif';
import { PNG } from 'pngjs';
import { decode as decodeTiff } from 'tiff';
import { DataError } from '../tensor/error.js';
import { readBytes } from '../tensor/files.js';
import { type Image, makeImage } from './image.js';

interface Format {
  readonly name: string;
  /** The first bytes of every file of the format. */
  readonly magic: readonly (readonly number[])[];
  decode(bytes: Uint8Array): Image[];
}

const formats: readonly Format[] = [
  { name: 'PNG', magic: [[0x89, 0x50, 0x4e, 0x47]], decode: decodePng },
  {
    name: 'TIFF',
    magic: [
      [0x49, 0x49, 0x2a, 0x00],
      [0x4d, 0x4d, 0x00, 0x2a],
    ],
    decode: decodeTiffPages,
  },
  { name: 'GIF', magic: [[0x47, 0x49, 0x46, 0x38]], decode: decodeGif },
  { name: 'JPEG', magic: [[0xff, 0xd8, 0xff]], decode: decodeJpeg },
];

/** The first picture of a file. */
export function readImage(path: string): Image {
  return decodeImage(readBytes(path), path);
}

/** The first picture (page, frame) of a file's bytes. */
export function decodeImage(bytes: Uint8Array, source: string): Image {
  return decodeImages(bytes, source)[0];
}

/** All pictures (TIFF pages, GIF frames) of a file's bytes; DataError names the source and what is wrong. */
export function decodeImages(bytes: Uint8Array, source: string): Image[] {
  const format = formats.find(({ magic }) =>
    magic.some((start) => start.every((byte, i) => bytes[i] === byte)),
  );
  if (!format) {
    const found = bytes.length === 0 ? 'an empty file' : 'something else';
    throw new DataError(`${source}: is ${found}, expected ${formats.map(({ name }) => name).join(', ')}`);
  }
  try {
    return format.decode(bytes);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataError(`${source}: damaged or unsupported ${format.name}: ${reason.split('\n')[0]}`);
  }
}

function decodePng(bytes: Uint8Array): Image[] {
  const png = PNG.sync.read(Buffer.from(bytes)) as PNG & { color?: boolean };
  return [fromRgba(png.data, png.height, png.width, png.color === false)];
}

function decodeGif(bytes: Uint8Array): Image[] {
  const reader = new omggif.GifReader(bytes as Buffer); // throws where the closing byte is missing: truncated
  const { width, height } = reader;
  const rgba = new Uint8Array(4 * width * height); // frames are laid over each other
  return Array.from({ length: reader.numFrames() }, (_, frame) => {
    reader.decodeAndBlitFrameRGBA(frame, rgba);
    return fromRgba(rgba, height, width, isGrey(rgba));
  });
}

function decodeJpeg(bytes: Uint8Array): Image[] {
  if (Buffer.from(bytes).lastIndexOf(Buffer.of(0xff, 0xd9)) < 0) throw new Error('it ends too early');
  const { data, height, width } = jpeg.decode(bytes, { tolerantDecoding: false, maxMemoryUsageInMB: 2048 });
  return [fromRgba(data, height, width, isGrey(data))];
}

function decodeTiffPages(bytes: Uint8Array): Image[] {
  return decodeTiff(bytes).map((page) => {
    const { width, height, data, bitsPerSample, samplesPerPixel, palette } = page;
    if (!(data instanceof Uint8Array || data instanceof Uint16Array) || bitsPerSample > 16) {
      throw new Error(`${bitsPerSample} bits a sample, expected up to 16`);
    }
    const divisor = 2 ** Math.max(0, bitsPerSample - 8);
    const levels = Uint8Array.from(data, (value) => Math.floor(value / divisor));
    if (palette) return fromPalette(data, height, width, palette);
    const colour = samplesPerPixel >= 3;
    return makeImage(height, width, colour ? 3 : 1, keepChannels(levels, samplesPerPixel, colour ? 3 : 1));
  });
}

function fromPalette(
  data: ArrayLike<number>,
  height: number,
  width: number,
  palette: readonly (readonly [number, number, number])[],
): Image {
  const rgb = Uint8Array.from(
    { length: 3 * data.length },
    (_, i) => palette[data[Math.floor(i / 3)]][i % 3] >> 8,
  );
  return makeImage(height, width, 3, rgb);
}

/** The first `keep` of `samples` values of every pixel. */
function keepChannels(data: Uint8Array, samples: number, keep: number): Uint8Array {
  return samples === keep ? data : data.filter((_, i) => i % samples < keep);
}

function fromRgba(rgba: Uint8Array, height: number, width: number, grey: boolean): Image {
  const channels = grey ? 1 : 3;
  const data = new Uint8Array(height * width * channels);
  for (let p = 0; p < height * width; p++) {
    const alpha = rgba[4 * p + 3];
    for (let c = 0; c < channels; c++) data[p * channels + c] = Math.round((rgba[4 * p + c] * alpha) / 255);
  }
  return makeImage(height, width, channels, data);
}

/** Formats that always hold colours still hold grey pictures: those whose pixels all have R = G = B. */
function isGrey(rgba: Uint8Array): boolean {
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]) return false;
  }
  return true;
}
