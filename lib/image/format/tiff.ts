/**
 * TIFF by the package tiff: every page, of 8 or 16 unsigned bits (scaled to 8), grey, RGB or palette, in strips, plain,
 * LZW or Deflate. What that package would read as garbage or for ever is refused here: pages that form a circle,
 * missing strips, tiles, a plane for each colour, reversed bits.
 */

import { decode as decodeTiff, type TiffIfd } from 'tiff';
import { type Image, makeImage } from '../image.js';
import { checkSize, type Format, imageFromSamples } from './format.js';

/** Values of TIFF's tags: photometric interpretation, planar configuration, sample format. */
const PALETTE = 3;
const PLANES = 2;
const UNSIGNED = 1;

/** Factor from samples of so many bits to levels 0..255. */
const SCALES: Readonly<Record<number, number>> = { 8: 1, 16: 255 / 65535 };

export const tiff: Format = {
  name: 'TIFF',
  magic: [
    [0x49, 0x49, 0x2a, 0x00],
    [0x4d, 0x4d, 0x00, 0x2a],
  ],
  decode(bytes): Image[] {
    const file = new Uint8Array(bytes); // a copy: the package may look beyond the ends of a shared buffer
    checkChain(new DataView(file.buffer));
    for (const page of decodeTiff(file, { ignoreImageData: true })) checkPage(page);
    return decodeTiff(file).map(imageFromPage);
  },
};

/** Follows the chain of pages: each starts with the number of its 12-byte entries, the offset of the next follows. */
function checkChain(file: DataView): void {
  const little = file.getUint8(0) === 0x49;
  const seen = new Set<number>();
  let page = file.getUint32(4, little);
  while (page !== 0) {
    if (seen.has(page)) throw new Error('its pages form a circle');
    seen.add(page);
    page = file.getUint32(page + 2 + 12 * file.getUint16(page, little), little);
  }
}

/** Refuses what the package does not know that it cannot read. */
function checkPage(page: TiffIfd): void {
  const { width, height, bitsPerSample, sampleFormat, samplesPerPixel, rowsPerStrip } = page;
  checkSize(width, height);
  if (sampleFormat !== UNSIGNED || SCALES[bitsPerSample] === undefined)
    throw new Error(`its samples have ${bitsPerSample ?? 1} bits in format ${sampleFormat}`);
  if (samplesPerPixel > 4) throw new Error(`it has ${samplesPerPixel} samples a pixel`);
  if (samplesPerPixel > 1 && page.planarConfiguration === PLANES) throw new Error('it has a plane a colour');
  if (page.fillOrder !== 1) throw new Error('its bits are in reversed order');
  if (page.tiled) throw new Error('it consists of tiles');
  const strips = page.stripOffsets?.length ?? 0;
  const expected = Math.ceil(height / rowsPerStrip);
  if (strips !== expected) throw new Error(`it has ${strips} strips of ${expected}`);
}

function imageFromPage(page: TiffIfd): Image {
  const { width, height, data, samplesPerPixel, bitsPerSample, palette } = page;
  if (page.type === PALETTE) {
    if (!palette) throw new Error('its palette is missing');
    const rgb = Uint8Array.from(
      { length: 3 * data.length },
      (_, i) => palette[data[Math.floor(i / 3)]][i % 3] >> 8,
    );
    return makeImage(height, width, 3, rgb);
  }
  const levels = data.map((level) => Math.round(level * SCALES[bitsPerSample]));
  const layout = { height, width, samples: samplesPerPixel, channels: samplesPerPixel > 2 ? 3 : 1 } as const;
  // An extra sample that is not declared as opacity has no meaning here.
  return imageFromSamples(levels, page.alpha ? { ...layout, alpha: samplesPerPixel - 1 } : layout);
}
