/** Whole numbers in safetensors: written, read, and refused where they are not asked for or too large. */

import t from 'tap';
import { decodeSafetensors, encodeSafetensors, type Written } from '../../lib/format/safetensors.js';

const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });
const tensors = new Map([
  ['bytes', tensor(-128, 0, 127)],
  ['pairs', tensor(-32768, 32767)],
  ['words', tensor(-(2 ** 24), 12345, 2 ** 24)],
  ['reals', tensor(0.5)],
]);
const dtypes: Record<string, Written> = { bytes: 'I8', pairs: 'I16', words: 'I32', reals: 'F32' };
const file = encodeSafetensors(
  { tensors, metadata: {} },
  { dtypeOf: (name) => dtypes[name], checksum: true },
);

t.test('they are read as they were written, and named', async (t) => {
  const { tensors: read, whole, checked } = decodeSafetensors(file, 'file', { whole: true });
  for (const [name, { shape, data }] of tensors) t.strictSame(read.get(name), { shape, data }, name);
  t.strictSame([...whole].sort(), ['bytes', 'pairs', 'words']);
  t.ok(checked);
});

t.test('they are refused where nobody asks for them', async (t) => {
  t.throws(() => decodeSafetensors(file, 'file'), {
    message: /file: tensor bytes: dtype I8, expected one of/,
  });
});

t.test('what float32 cannot hold is refused', async (t) => {
  const bytes = encodeSafetensors(
    { tensors: new Map([['words', tensor(1)]]), metadata: {} },
    { dtypeOf: () => 'I32' },
  );
  new DataView(bytes.buffer).setInt32(bytes.length - 4, 2 ** 24 + 1, true);
  const message = /file: tensor words: 16777217 at 0, which float32 does not hold exactly/;
  t.throws(() => decodeSafetensors(bytes, 'file', { whole: true }), { message });
});
