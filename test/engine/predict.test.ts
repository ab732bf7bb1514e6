import fc from 'fast-check';
import t from 'tap';
import { anySize, argmax, cropOutput, padImage, type Run } from '../../lib/engine/predict.js';
import { floatImage } from '../support/engine.js';

t.test('images of any size are padded to multiples and cropped back', async (t) => {
  const size = fc.integer({ min: 1, max: 40 });
  fc.assert(
    fc.property(
      size,
      size,
      fc.constantFrom(1, 3),
      fc.constantFrom(1, 4, 6, 16),
      (height, width, channels, n) => {
        const input = Float32Array.from({ length: height * width * channels }, (_, i) => i);
        const image = { data: input, height, width, channels };
        const padded = padImage(image, n);
        if (padded.height % n !== 0 || padded.width % n !== 0) throw new Error('not a multiple');
        if (padded.height - height >= n || padded.width - width >= n) throw new Error('padded too much');
        if (cropOutput(padded.data, padded, image).join() !== input.join()) throw new Error('changed');
      },
    ),
    { seed: 3 },
  );
  t.pass('100 random sizes');
});

t.test('the network sees the padded image, the caller its own size', async (t) => {
  const seen: number[][] = [];
  const twice: Run = ({ data, height, width }) => {
    seen.push([height, width, data.length]);
    return { output: data.map((value) => 2 * value), spikes: 7 };
  };
  const image = floatImage(Float32Array.of(1, 2, 3, 4, 5, 6), 2, 3);
  const { output, spikes } = anySize(16, twice)(image);
  t.strictSame(output, Float32Array.of(2, 4, 6, 8, 10, 12));
  t.equal(spikes, 7);
  t.strictSame(seen, [[16, 16, 256]]);
  anySize(1, twice)(image);
  t.strictSame(seen[1], [2, 3, 6], 'where nothing is to be padded, the image itself');
});

t.test('argmax takes the first of equal scores', async (t) => {
  t.strictSame(argmax(Float32Array.of(1, 2, 2, 0, 0, 0, -3, -2, -1), 3), Uint8Array.of(1, 0, 2));
});
