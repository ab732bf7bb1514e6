/** Checksums: the values are Python's (fixtures/make/checksum.py), and no flipped bit goes unnoticed. */

import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { decodeSafetensors, encodeSafetensors } from '../../lib/format/safetensors.js';

const tensors = new Map([
  ['w', { shape: [1, 2], data: Float32Array.of(1, -2) }],
  ['b', { shape: [1], data: Float32Array.of(1) }],
]);
const metadata = { format: 'test', a: 'b' };
const bytes = encodeSafetensors(
  { tensors, metadata },
  { dtypeOf: (name) => (name === 'b' ? 'BF16' : 'F32'), checksum: true },
);

/** The header of a file as it is stored. */
function headerOf(file: Uint8Array) {
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  return JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
}

/** The file with another header of the same length. */
function withHeader(header: unknown): Uint8Array {
  const changed = bytes.slice();
  const { length } = JSON.stringify(headerOf(bytes));
  changed.set(new TextEncoder().encode(JSON.stringify(header).padEnd(length)), 8);
  return changed;
}

t.test('the checksums are those of the documented formula, by Python', async (t) => {
  const { __metadata__: stored } = headerOf(bytes);
  t.strictSame(stored, {
    ...metadata,
    sha256: '741d173986071f88b2a2ffb975bdd7199002249fa869d85553214a9ec3ba95e9',
    sha256Tensors: 'f3987c49 f361a7b1',
  });
  const read = decodeSafetensors(bytes, 'file');
  t.equal(read.checked, true);
  t.strictSame(read.metadata, metadata, 'readers do not see them');
  t.equal(decodeSafetensors(encodeSafetensors({ tensors, metadata }), 'file').checked, false);
});

t.test('each flip of a single bit is noticed', async (t) => {
  const unnoticed: string[] = [];
  for (let at = 0; at < bytes.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const flipped = bytes.slice();
      flipped[at] ^= 1 << bit;
      try {
        decodeSafetensors(flipped, 'file');
        unnoticed.push(`byte ${at}, bit ${bit}`);
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
      }
    }
  }
  t.strictSame(unnoticed, []);
});

t.test('the damaged part is named', async (t) => {
  const inTensor = bytes.slice();
  inTensor[bytes.length - 1] ^= 1;
  t.throws(() => decodeSafetensors(inTensor, 'f'), /^f: damaged: tensor b is not/);
  const header = headerOf(bytes);
  const { __metadata__: stored } = header;
  const changed = { ...header, __metadata__: { ...stored, a: 'c' } };
  t.throws(() => decodeSafetensors(withHeader(changed), 'f'), /f: damaged: its metadata is not/);
  const { sha256: _, ...without } = stored;
  t.throws(() => decodeSafetensors(withHeader({ ...header, __metadata__: without }), 'f'), /damaged/);
});

t.test('another program may write the same in another order', async (t) => {
  const { __metadata__: stored, w, b } = headerOf(bytes);
  const { format, a, ...sums } = stored;
  t.equal(decodeSafetensors(withHeader({ b, w, __metadata__: { ...sums, a, format } }), 'f').checked, true);
});
