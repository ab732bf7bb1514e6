import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { decodeImage } from '../../lib/picture/decode.js';
import { encodePng } from '../../lib/picture/encode.js';
import { makeImage } from '../../lib/picture/image.js';

t.test('what is encoded comes back, grey as grey and RGB as RGB', async () => {
  const side = fc.integer({ min: 1, max: 20 });
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(1 as const, 3 as const),
      fc.nat(),
      (height, width, channels, seed) => {
        const random = stream(seed);
        const data = Uint8Array.from({ length: height * width * channels }, () => random.integer(256));
        const image = makeImage(height, width, channels, data);
        const back = decodeImage(encodePng(image), 'back');
        const same = back.height === height && back.width === width && back.channels === channels;
        return same && Buffer.compare(back.data, data) === 0;
      },
    ),
    { seed: 1, numRuns: 60 },
  );
});

t.test('a file holds the encoded bytes, the same ones each time', async (t) => {
  const image = makeImage(
    5,
    4,
    3,
    Uint8Array.from({ length: 60 }, (_, i) => 4 * i),
  );
  const path = join(t.testdir(), 'new', 'picture.png');
  writePng(path, image);
  t.same(new Uint8Array(readFileSync(path)), new Uint8Array(encodePng(image)));
});
