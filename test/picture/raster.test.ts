import { readdirSync, readFileSync } from 'node:fs';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { readImage, readRaster } from '../../lib/node/pictureFiles.js';
import { decodeImages, decodeRasters } from '../../lib/picture/decode.js';
import { type Raster, toImage } from '../../lib/picture/raster.js';
import { fixture, golden, largestDifference } from './fixtures.js';

const values = golden('rasters');
const files = readdirSync(fixture('rasters'));
const path = (file: string) => fixture(`rasters/${file}`);

t.test('every file gives what it stores, and the picture of it', async (t) => {
  t.ok(files.length > 40);
  for (const file of files.filter((file) => !/^bad-|^frames/.test(file))) {
    const raster = readRaster(path(file));
    const stored = values.tensor(file);
    t.same([raster.height, raster.width, raster.samples], stored.shape, `${file}: shape`);
    t.equal(largestDifference(raster.data, stored.data), 0, `${file}: stored values`);
    const picture = values.names.includes(`${file}.image`) ? values.tensor(`${file}.image`) : stored;
    const { height, width, channels, data } = toImage(raster);
    t.same([height, width, channels], picture.shape, `${file}: shape of the picture`);
    t.equal(largestDifference(data, picture.data), 0, `${file}: picture`);
  }
});

t.test('a raster says what its values are', async (t) => {
  const has = (file: string, expected: Partial<Raster>) => t.match(readRaster(path(file)), expected, file);
  has('palette-4bit-alpha.png', { format: 'PNG', bits: 4, colour: 'palette', lossy: false, orientation: 1 });
  t.same(readRaster(path('palette-4bit-alpha.png')).paletteAlpha, Uint8Array.of(255, 0, 128));
  has('grey-2bit-key.png', { bits: 2, colour: 'grey', transparent: [2] });
  has('grey-16bit.png', { bits: 16, colour: 'grey', samples: 1 });
  has('orientation-5.png', { orientation: 5, colour: 'rgb' });
  has('rgba.tif', { format: 'TIFF', alpha: 3, premultiplied: false });
  has('rgba-multiplied.tif', { alpha: 3, premultiplied: true });
  has('1bit-white-is-zero.tif', { bits: 1, colour: 'grey' });
  has('palette-8bit-map.tif', { bits: 8, colour: 'palette' });
  has('transparent.gif', { format: 'GIF', colour: 'palette', bits: 8 });
  t.same(readRaster(path('transparent.gif')).paletteAlpha?.[3], 0);
  has('orientation-6.jpg', { format: 'JPEG', lossy: true, orientation: 6 });
});

t.test('JPEG: restart intervals change nothing', async (t) => {
  for (const file of files.filter((file) => /^restart.*-5\.jpg/.test(file)))
    t.same(readImage(path(file)), readImage(path(file.replace('-5', '-0'))), file);
});

t.test('what is whole but not read is named, and what to do', async (t) => {
  const reasons: Record<string, RegExp> = {
    'bad-1bit-fax.tif': /unsupported TIFF: its pixels are compressed by CCITT \(fax\); save it as 8-bit PNG/,
    'bad-float.tif': /unsupported TIFF: its samples have 32 bits in format 3; save it as 8-bit PNG/,
    'bad-four.jpg': /unsupported JPEG: it has four colours of unknown kind; save it as 8-bit PNG/,
    'bad-no-pixels.png': /damaged PNG: it holds no pixels \(no IDAT chunk\)/,
  };
  t.same(
    files.filter((file) => file.startsWith('bad-')),
    Object.keys(reasons),
  );
  for (const [file, message] of Object.entries(reasons))
    t.throws(() => readRaster(path(file)), { constructor: DataError, message });
});

t.test('GIF: bytes after the end and a missing end mark do no harm where all pixels are there', async (t) => {
  const whole = readFileSync(path('transparent.gif'));
  const expected = decodeRasters(whole, 'whole');
  for (const bytes of [
    Buffer.concat([whole, Buffer.from('more;')]),
    whole.subarray(0, -1),
    whole.subarray(0, -2),
  ])
    t.same(decodeRasters(bytes, 'x'), expected);
  t.throws(() => decodeRasters(whole.subarray(0, -40), 'x'), {
    message: /damaged GIF: it holds \d+ of 703 pixels/,
  });
});

t.test('GIF: frames are drawn over those before them', async (t) => {
  const images = decodeImages(readFileSync(path('frames.gif')), 'frames.gif');
  const { shape, data } = values.tensor('frames.gif');
  t.same([images.length, images[0].height, images[0].width, images[0].channels], shape);
  t.equal(
    largestDifference(
      images.flatMap((image) => [...image.data]),
      data,
    ),
    0,
  );
});

t.test('decoding leaves the bytes of the file as they are', async (t) => {
  for (const file of files.filter((file) => !file.startsWith('bad-'))) {
    const bytes = readFileSync(path(file));
    const before = Uint8Array.from(bytes);
    decodeImages(bytes, file);
    t.equal(bytes.compare(before), 0, file);
  }
});

t.test('a limit refuses a picture before it is decoded, and says how large it is', async (t) => {
  const limits = { mostBytes: 2000 };
  const small = { mostBytes: 2 ** 20 };
  for (const file of ['grey-16bit.png', 'tiles.tif', 'transparent.gif', 'orientation-3.jpg']) {
    const bytes = readFileSync(path(file));
    t.throws(() => decodeRasters(bytes, 'x', limits), {
      constructor: DataError,
      message:
        /x: has \d+x\d+ pixels, which take 1 MiB to decode, more than the 0 MiB that are allowed; make it smaller/,
    });
    t.same(decodeRasters(bytes, 'x', small), decodeRasters(bytes, 'x'));
  }
});
