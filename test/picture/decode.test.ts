import { readdirSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { decodeImage, decodeImages } from '../../lib/picture/decode.js';
import type { Image } from '../../lib/picture/image.js';
import { fixture, golden, largestDifference } from './fixtures.js';

const pixels = golden('formats');
const files = readdirSync(fixture('formats'));
const read = (file: string) => readFileSync(fixture(`formats/${file}`));

const joined = (images: readonly Image[]) => images.flatMap(({ data }) => [...data]);

/** The pictures, or the DataError of a file that is refused as it should be; anything else is thrown. */
function outcome(bytes: Uint8Array, source: string): Image[] | DataError {
  try {
    return decodeImages(bytes, source);
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof DataError && message.startsWith(`${source}: `) && !message.includes('\n'))
      return error;
    throw error;
  }
}

t.test('every format gives the pixels that were written', async (t) => {
  t.ok(pixels.names.length >= 20);
  for (const name of pixels.names) {
    const { shape, data } = pixels.tensor(name);
    const images = decodeImages(read(name), name);
    const got = images.length > 1 ? [images.length] : [];
    t.same([...got, images[0].height, images[0].width, images[0].channels], shape, `${name}: shape`);
    t.equal(largestDifference(joined(images), data), 0, `${name}: pixels`);
  }
});

t.test('one picture of many is the first', async (t) => {
  const path = fixture('formats/pages.tif');
  const [first] = decodeImages(read('pages.tif'), path);
  t.same(readImage(path), first);
  t.same(decodeImage(read('pages.tif'), path), first);
});

t.test('a cut file is refused, unless only padding was cut off', async (t) => {
  for (const name of pixels.names) {
    const whole = read(name);
    const expected = joined(decodeImages(whole, name));
    const step = Math.ceil(whole.length / 50);
    for (let length = whole.length - 1; length >= 0; length -= step) {
      const got = outcome(whole.subarray(0, length), name); // what was cut off is still in memory, after it
      if (!(got instanceof DataError)) t.same(joined(got), expected, `${name} cut at ${length}`);
    }
    t.type(outcome(whole.subarray(0, whole.length >> 1), name), DataError, `half of ${name}`);
  }
});

t.test('a damaged file gives a picture or a DataError, and prints nothing', async (t) => {
  const printed = t.capture(console, 'log');
  for (const name of files) {
    const random = stream(3, 'damage', name);
    for (let i = 0; i < 60; i++) {
      const bytes = Uint8Array.from(read(name));
      for (let k = random.integer(3); k >= 0; k--) bytes[random.integer(bytes.length)] = random.integer(256);
      outcome(bytes, name);
    }
  }
  t.same(printed(), []);
});

t.test('files of known formats that cannot be read are refused with the reason', async (t) => {
  const reasons: Record<string, RegExp> = {
    'bad-float.tif': /32 bits in format 3/,
    'bad-signed.tif': /16 bits in format 2/,
  };
  t.same(
    files.filter((file) => file.startsWith('bad-')),
    Object.keys(reasons),
  );
  for (const [file, reason] of Object.entries(reasons)) {
    const path = fixture(`formats/${file}`);
    t.throws(() => readImage(path), { constructor: DataError, message: reason });
    t.throws(() => readImage(path), { message: `${path}: is an unsupported TIFF` });
  }
});

t.test('other files are refused with what they start with', async (t) => {
  const pdf = new TextEncoder().encode('%PDF-1.7');
  t.throws(() => decodeImage(pdf, 'a.png'), {
    constructor: DataError,
    message: 'a.png: starts with the bytes 25 50 44 46, expected a picture (PNG, TIFF, GIF, JPEG)',
  });
  t.throws(() => decodeImage(new Uint8Array(), 'b'), { message: /^b: is empty, expected a picture/ });
  t.throws(() => readImage('no/such/file.png'), {
    constructor: DataError,
    message: /^no\/such\/file\.png: /,
  });
});

t.test('TIFF: a chain of pages that bites its tail ends with an error', async (t) => {
  const bytes = Buffer.from(read('pages.tif'));
  const first = bytes.readUInt32LE(4);
  bytes.writeUInt32LE(first, first + 2 + 12 * bytes.readUInt16LE(first));
  t.throws(() => decodeImages(bytes, 'loop.tif'), { constructor: DataError, message: /circle/ });
});

t.test('TIFF: a missing strip is not a black one', async (t) => {
  const bytes = Buffer.from(read('rgb-lzw-strips.tif'));
  const rowsPerStrip = bytes.indexOf(Buffer.of(0x16, 0x01)); // tag 278
  bytes.writeUInt32LE(1, rowsPerStrip + 8);
  t.throws(() => decodeImages(bytes, 'strips.tif'), { message: /6 strips of 11/ });
});

t.test(
  'PNG: bytes after the end do not matter, sizes beyond reason are refused before memory is asked for',
  async (t) => {
    const whole = read('grey.png');
    t.same(decodeImage(Buffer.concat([whole, Buffer.from('more')]), 'x'), decodeImage(whole, 'x'));
    const huge = Buffer.from(whole);
    huge.writeUInt32BE(0x7fffffff, 16);
    huge.writeUInt32BE(crc32(huge.subarray(12, 29)), 29);
    t.throws(() => decodeImage(huge, 'huge.png'), { message: /claims 2147483647x11 pixels/ });
  },
);

t.test('JPEG: the end mark of a thumbnail is not that of the picture', async (t) => {
  const whole = read('rgb.jpg');
  const thumbnail = Buffer.concat([Buffer.of(0xff, 0xe1, 0x00, 0x06), Buffer.of(0xff, 0xd8, 0xff, 0xd9)]);
  const parts = [whole.subarray(0, 2), thumbnail, whole.subarray(2)];
  t.same(decodeImage(Buffer.concat(parts), 'x'), decodeImage(whole, 'x'));
  const cut = Buffer.concat([parts[0], parts[1], whole.subarray(2, 700)]);
  t.throws(() => decodeImage(cut, 'cut.jpg'), { constructor: DataError, message: /ends too early/ });
});

/** A GIF of 4x1 pixels and 4 colours with the given codes, each as [code, bits]. */
function gifOf(codes: readonly (readonly [number, number])[]): Uint8Array {
  let [buffer, held] = [0n, 0n];
  for (const [code, bits] of codes) {
    buffer |= BigInt(code) << held;
    held += BigInt(bits);
  }
  const data = Array.from({ length: Math.ceil(Number(held) / 8) }, (_, i) =>
    Number((buffer >> BigInt(8 * i)) & 255n),
  );
  const screen = [4, 0, 1, 0, 0x91, 0, 0];
  const palette = [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255];
  const frame = [0x2c, 0, 0, 0, 0, 4, 0, 1, 0, 0, 2, data.length, ...data, 0];
  return Uint8Array.from([...Buffer.from('GIF89a'), ...screen, ...palette, ...frame, 0x3b]);
}

t.test('a file without a picture is refused', async (t) => {
  const gif = Uint8Array.from([...Buffer.from('GIF89a'), 4, 0, 1, 0, 0, 0, 0, 0x3b]);
  const tiff = Uint8Array.of(0x49, 0x49, 0x2a, 0, 0, 0, 0, 0);
  for (const bytes of [gif, tiff]) t.throws(() => decodeImage(bytes, 'x'), { message: /holds no picture/ });
});

t.test(
  'GIF: codes that are not defined are refused; a table entry that leads to itself would never end',
  async (t) => {
    const [clear, end] = [4, 5];
    const good = gifOf([
      [clear, 3],
      [0, 3],
      [1, 3],
      [2, 3],
      [3, 4],
      [end, 4],
    ]);
    t.same([...decodeImage(good, 'x').data], [0, 85, 170, 255]);
    const circle = gifOf([
      [clear, 3],
      [0, 3],
      [7, 3],
      [7, 3],
      [7, 4],
      [end, 4],
    ]);
    t.throws(() => decodeImage(circle, 'c.gif'), { constructor: DataError, message: /codes are damaged/ });
    const short = gifOf([
      [clear, 3],
      [0, 3],
      [1, 3],
      [end, 3],
    ]);
    t.throws(() => decodeImage(short, 's.gif'), { message: /holds 2 of 4 pixels/ });
  },
);
