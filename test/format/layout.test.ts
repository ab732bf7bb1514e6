import fc from 'fast-check';
import ndarray from 'ndarray';
import ops from 'ndarray-ops';
import t from 'tap';
import { checkFinite, checkLength, sizeOf } from '../../lib/core/shape.js';
import {
  packConv,
  packConvTranspose,
  permute,
  toChw,
  toHwc,
  unpackConv,
  unpackConvTranspose,
} from '../../lib/format/layout.js';

const count = (size: number) => Float32Array.from({ length: size }, (_, i) => i);

t.test('permuted axes: element [i,j,k] of the result is [k,i,j] of the source', async (t) => {
  const source = count(2 * 3 * 4);
  const result = permute(source, [2, 3, 4], [1, 2, 0]); // [3,4,2]
  for (let i = 0; i < 3; i++) {
    for (let j = 0; j < 4; j++) {
      for (let k = 0; k < 2; k++) t.equal(result[(i * 4 + j) * 2 + k], source[(k * 3 + i) * 4 + j]);
    }
  }
});

t.test('any permutation of any shape is that of ndarray', async (t) => {
  const cases = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 }).chain((shape) => {
    const all = shape.map((_, k) => k);
    const axes = fc.shuffledSubarray(all, { minLength: shape.length });
    return fc.record({ shape: fc.constant(shape), axes });
  });
  const theirs = (data: Float32Array, shape: number[], axes: number[]) => {
    const source = ndarray(data, shape).transpose(...axes);
    const target = ndarray(new Float32Array(data.length), source.shape);
    ops.assign(target, source);
    return target.data;
  };
  fc.assert(
    fc.property(cases, ({ shape, axes }) => {
      const data = count(sizeOf(shape));
      t.strictSame(permute(data, shape, axes), theirs(data, shape, axes));
    }),
    { seed: 1 },
  );
});

t.test('weights: OIHW and IOHW to [ky,kx,I,O] and back', async (t) => {
  const conv = count(2 * 3 * 3 * 3); // O=2, I=3
  const packed = packConv(conv, [2, 3, 3, 3]);
  t.equal(packed[((1 * 3 + 2) * 3 + 0) * 2 + 1], conv[((1 * 3 + 0) * 3 + 1) * 3 + 2]);
  t.strictSame(unpackConv(packed, [2, 3, 3, 3]), conv);
  const transposed = packConvTranspose(conv, [2, 3, 3, 3]); // I=2, O=3
  t.equal(transposed[((1 * 3 + 2) * 2 + 1) * 3 + 0], conv[((1 * 3 + 0) * 3 + 1) * 3 + 2]);
  t.strictSame(unpackConvTranspose(transposed, [2, 3, 3, 3]), conv);
});

t.test('activations: [H,W,C] to [C,H,W] and back', async (t) => {
  const hwc = count(2 * 3 * 2);
  t.strictSame(toChw(hwc, 2, 3, 2), Float32Array.of(0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11));
  t.strictSame(toHwc(toChw(hwc, 2, 3, 2), 2, 2, 3), hwc);
});

t.test('shapes and values that do not fit are refused', async (t) => {
  t.equal(sizeOf([]), 1);
  t.equal(sizeOf([2, 0, 3]), 0);
  t.throws(() => checkLength('w', [1, 2], [3]), /w: got 2 values, expected 3 for shape \[3\]/);
  t.throws(() => permute(count(5), [2, 3], [1, 0]), /got 5 values, expected 6/);
  t.throws(() => checkFinite('w', Float32Array.of(0, Number.NaN)), /w: value 1 is NaN/);
  t.doesNotThrow(() => checkFinite('w', Float32Array.of(0, -0, 3e38)));
});
