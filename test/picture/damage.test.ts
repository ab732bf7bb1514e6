import { readFileSync } from 'node:fs';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { decodeRasters } from '../../lib/picture/decode.js';
import { openTags } from '../../lib/picture/format/tags.js';
import { jpegSegments, pngChunks, ROWS } from '../fuzz/parts.js';
import { fixture } from './fixtures.js';

type Change = (bytes: Buffer) => Uint8Array;

/** Changes the content of a PNG's chunk; lengths and checksums fit again. */
const chunk =
  (type: string, change: Change): Change =>
  (bytes) =>
    pngChunks.join(
      pngChunks.split(bytes).map((part) => {
        const [name, content] = [Buffer.from(part.subarray(0, 4)), Buffer.from(part.subarray(4))];
        return name.toString('latin1') === type ? Buffer.concat([name, change(content)]) : part;
      }),
    );

/** Changes the content of the first segment of a JPEG with this mark; 0: the codes. */
const segment =
  (mark: number, change: Change): Change =>
  (bytes) => {
    const parts = jpegSegments.split(bytes);
    const i = parts.findIndex((part) => part[1] === mark);
    return jpegSegments.join(
      parts.with(i, Buffer.concat([parts[i].subarray(0, 2), change(Buffer.from(parts[i].subarray(2)))])),
    );
  };

/** Changes the first value of a tag of a little-endian TIFF. */
const tag =
  (number: number, value: number): Change =>
  (bytes) => {
    const copy = Buffer.from(bytes);
    const first = copy.readUInt32LE(4);
    for (let at = first + 2; at < first + 2 + 12 * copy.readUInt16LE(first); at += 12) {
      if (copy.readUInt16LE(at) !== number) continue;
      const short = copy.readUInt16LE(at + 2) === 3;
      if (short) copy.writeUInt16LE(value, at + 8);
      else copy.writeUInt32LE(value, at + 8);
    }
    return copy;
  };

const at =
  (place: number, ...values: number[]): Change =>
  (bytes) => {
    const copy = Buffer.from(bytes);
    copy.set(values, place);
    return copy;
  };
const size = (width: number, height: number) => [width >> 8, width & 255, height >> 8, height & 255];

/** Leaves 2^bits colours in the palette of a GIF of 8. */
const fewerColours =
  (bits: number): Change =>
  (bytes) =>
    Buffer.concat([
      at(10, 0x80 | (bits - 1))(bytes).subarray(0, 13 + 3 * 2 ** bits),
      bytes.subarray(13 + 24),
    ]);
const both =
  (first: Change, second: Change): Change =>
  (bytes) =>
    second(Buffer.from(first(bytes)));
const more = (count: number): Change => chunk(ROWS, (rows) => Buffer.concat([rows, Buffer.alloc(count)]));

const cases: readonly (readonly [file: string, what: string, change: Change, message: RegExp])[] = [
  [
    'palette-4bit-alpha.png',
    'an index without a colour',
    chunk('PLTE', (c) => c.subarray(0, 9)),
    /colour [34] of a palette of 3/,
  ],
  ['palette-4bit-alpha.png', 'no palette', chunk('PLTE', (c) => c.subarray(0, 0)), /palette has 0 bytes/],
  [
    'grey-2bit-key.png',
    'a row that is missing',
    chunk(ROWS, (c) => c.subarray(0, -1)),
    /holds 208 of 209 bytes of pixels/,
  ],
  [
    'interlaced-16bit.png',
    'a pass that is cut',
    chunk(ROWS, (c) => c.subarray(0, -1)),
    /holds \d+ of \d+ bytes of pixels/,
  ],
  [
    'grey-16bit.png',
    'more pixels than data',
    chunk('IHDR', at(0, 0, 0, 0x20, 0, 0, 0, 0x20, 0)),
    /data cannot hold the pixels/,
  ],
  ['grey-16bit.png', 'a depth that cannot be', chunk('IHDR', at(8, 3)), /3 bits a sample of type 0/],
  ['grey-16bit.png', 'pixels that do not unfold', at(60, 0xff, 0xff, 0xff), /checksum of its IDAT chunk/],
  ['1bit.tif', 'a strip that is too short', tag(279, 3), /part 0 holds 3 of 95 bytes/],
  ['1bit-packbits.tif', 'packed bits that end early', tag(279, 30), /part 0 holds \d+ of 95 bytes/],
  ['lzw-differences.tif', 'more pixels than data', tag(257, 60_000), /cannot hold|strips of/],
  ['tiles.tif', 'a tile that is too short', tag(322, 60_000), /part 0 holds \d+ of 2880000 bytes/],
  [
    'tiles.tif',
    'a tile as large as a house',
    both(tag(322, 60_000), tag(323, 60_000)),
    /claims tiles of 60000x60000/,
  ],
  [
    'grey-16bit.png',
    'far more rows than announced',
    more(2 ** 18),
    /damaged PNG: it ends too early or contradicts/,
  ],
  ['transparent.gif', 'an index without a colour', fewerColours(1), /colour [24] of a palette of 2/],
  [
    'orientation-3.jpg',
    'a component without a scan',
    segment(0xda, () => Buffer.of(1, 1, 0, 0, 63, 0)),
    /holds 1 of 3 components/,
  ],
  ['tiles.tif', 'a tile of no pixels', tag(323, 0), /parts of 32x0 pixels/],
  ['transparent.gif', 'a frame beside the screen', at(6, 5, 0), /not inside 5x19 pixels/],
  ['transparent.gif', 'no pixels for the screen', at(6, 0, 0), /not inside|claims 0x19 pixels/],
  [
    'orientation-3.jpg',
    'more pixels than codes',
    segment(0xc0, at(1, ...size(8000, 8000))),
    /data cannot hold the pixels/,
  ],
  [
    'orientation-3.jpg',
    'more pixels than there are',
    segment(0xc0, at(1, ...size(60_000, 60_000))),
    /claims 60000x60000 pixels/,
  ],
  [
    'orientation-3.jpg',
    'a pixel of 12 bits',
    segment(0xc0, at(0, 12)),
    /unsupported JPEG: its samples have 12 bits/,
  ],
  ['orientation-3.jpg', 'codes that end early', segment(0, (c) => c.subarray(0, -9)), /codes end too early/],
  [
    'restart-rgb-progressive-5.jpg',
    'a restart that is missing',
    segment(0, (c) => c.subarray(0, c.indexOf(0xff))),
    /restart is missing/,
  ],
  [
    'restart-grey-baseline-5.jpg',
    'restarts in another order',
    segment(0, (c) => Buffer.from(c.toString('latin1').replace('\xff\xd0', '\xff\xd1'), 'latin1')),
    /restarts are out of order/,
  ],
];

for (const [file, what, change, message] of cases) {
  t.test(`${file}: ${what}`, async (t) => {
    const bytes = readFileSync(fixture(`rasters/${file}`));
    t.ok(decodeRasters(bytes, 'whole').length > 0);
    t.throws(() => decodeRasters(change(bytes), 'x'), { constructor: DataError, message });
  });
}

t.test('PNG: some bytes after the last row do no harm', async (t) => {
  const bytes = readFileSync(fixture('rasters/grey-16bit.png'));
  t.same(decodeRasters(more(1000)(bytes), 'x'), decodeRasters(bytes, 'x'));
});

t.test('tags: what may be read is bounded by the length of the file', async (t) => {
  const bytes = Buffer.alloc(8 + 12 * 100);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt16LE(90, 8);
  const file = openTags(bytes);
  for (let i = 0; i < 4; i++) file.directory(8);
  t.throws(() => file.directory(8), { message: /directories overlap/ });
});
