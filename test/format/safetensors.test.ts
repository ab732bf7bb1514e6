import fc from 'fast-check';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { decodeSafetensors, encodeSafetensors, type TensorFile } from '../../lib/format/safetensors.js';

/** A file with this header (an object, or text as it is) and these bytes after it. */
function fileOf(header: unknown, body: number[] = []): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

t.test('the bytes of a small file are those of the format', async (t) => {
  const tensors = new Map([['w', { shape: [1, 2], data: Float32Array.of(1, -2) }]]);
  const bytes = encodeSafetensors({ tensors, metadata: { a: 'b' } });
  const header = '{"__metadata__":{"a":"b"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}       ';
  t.equal(header.length % 8, 0);
  t.strictSame([...bytes.subarray(0, 8)], [header.length, 0, 0, 0, 0, 0, 0, 0]);
  t.equal(new TextDecoder().decode(bytes.subarray(8, 8 + header.length)), header);
  t.strictSame([...bytes.subarray(8 + header.length)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
});

t.test('any tensors come back from their file, bit for bit', async (t) => {
  const tensor = fc.array(fc.float(), { maxLength: 12 }).map((values) => ({
    shape: values.length % 2 === 0 ? [2, values.length / 2] : [values.length],
    data: Float32Array.from(values),
  }));
  const files = fc.record({
    tensors: fc.array(fc.tuple(fc.string({ minLength: 1 }), tensor)).map((list) => new Map(list)),
    metadata: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
  });
  fc.assert(
    fc.property(files, (file) => {
      for (const name of ['__metadata__', '__proto__']) file.tensors.delete(name);
      const read = decodeSafetensors(encodeSafetensors(file), 'file');
      const describe = ({ tensors, metadata }: TensorFile) =>
        JSON.stringify([
          [...tensors]
            .map(([name, { shape, data }]) => [name, shape, [...new Uint32Array(data.slice().buffer)]])
            .sort(),
          Object.entries(metadata).sort(),
        ]);
      if (describe(read) !== describe(file)) throw new Error(`${describe(read)} is not ${describe(file)}`);
    }),
    { seed: 4, numRuns: 200 },
  );
  t.pass('200 random files');
});

t.test('half precision and bfloat16, as numpy and PyTorch write them', async (t) => {
  const half = [0x0000, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x03ff, 0x7c00, 0xfc00, 0x3555];
  const body = half.flatMap((bits) => [bits & 0xff, bits >> 8]);
  const header = { h: { dtype: 'F16', shape: [11], data_offsets: [0, 22] } };
  const { data } = decodeSafetensors(fileOf(header, body), 'f16').tensors.get('h')!;
  const tiny = 2 ** -24;
  const expected = [
    0,
    -0,
    1,
    -2,
    65504,
    2 ** -14,
    tiny,
    1023 * tiny,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ];
  t.strictSame([...data], [...expected, 0.333251953125]);
  const brain = { b: { dtype: 'BF16', shape: [3], data_offsets: [0, 6] } };
  const read = decodeSafetensors(fileOf(brain, [0x80, 0x3f, 0x49, 0xc0, 0x80, 0x7f]), 'bf16').tensors.get(
    'b',
  )!;
  t.strictSame([...read.data], [1, -3.140625, Number.POSITIVE_INFINITY]);
});

const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };
const refusals: [string, Uint8Array, RegExp][] = [
  ['too short', Uint8Array.of(1, 2, 3), /3 bytes, expected at least 8/],
  [
    'header longer than the file',
    fileOf({}).subarray(0, 9),
    /truncated or not a safetensors file: its header should take 2 of 9/,
  ],
  ['header is not JSON', fileOf('{"a":'), /header is not JSON/],
  ['header is not text', fileOf('\ud800').fill(0xff, 8), /header is not JSON/],
  ['header is a list', fileOf([]), /header is not an object/],
  ['metadata is a list', fileOf({ __metadata__: [] }), /__metadata__ is not an object/],
  [
    'metadata is a number',
    fileOf({ __metadata__: { epoch: 3 } }),
    /__metadata__ "epoch" is 3, expected a string/,
  ],
  ['a tensor is a number', fileOf({ w: 1 }), /tensor w: its description is not an object/],
  [
    'unknown dtype',
    fileOf({ w: { ...four, dtype: 'I64' } }),
    /tensor w: dtype I64, expected one of F32, F16, BF16/,
  ],
  ['negative shape', fileOf({ w: { ...four, shape: [-1] } }), /tensor w: shape \[-1\]/],
  [
    'offsets the wrong way round',
    fileOf({ w: { ...four, data_offsets: [4, 0] } }),
    /tensor w: data_offsets \[4,0\]/,
  ],
  ['one offset', fileOf({ w: { ...four, data_offsets: [4] } }), /tensor w: data_offsets \[4\]/],
  [
    'bytes do not fit the shape',
    fileOf({ w: { ...four, shape: [2] } }),
    /tensor w: 4 bytes, expected 8 for F32 \[2\]/,
  ],
  ['truncated', fileOf({ w: four }, [0, 0, 0]), /tensor w: ends at byte 4 of 3: the file is truncated/],
  [
    'a hole',
    fileOf({ w: { ...four, data_offsets: [4, 8] } }, [0, 0, 0, 0, 0, 0, 0, 0]),
    /tensor w starts at byte 4, expected 0/,
  ],
  ['an overlap', fileOf({ v: four, w: four }, [0, 0, 0, 0]), /tensor w starts at byte 0, expected 4/],
  ['bytes at the end', fileOf({ w: four }, [0, 0, 0, 0, 9]), /end at byte 4, but the file goes on to 5/],
];

for (const [name, bytes, message] of refusals) {
  t.test(`refused: ${name}`, async (t) => {
    t.throws(() => decodeSafetensors(bytes, 'bad.safetensors'), message);
    t.throws(() => decodeSafetensors(bytes, 'bad.safetensors'), DataError);
    t.throws(
      () => decodeSafetensors(bytes, 'bad.safetensors'),
      /^Error: bad\.safetensors: |^DataError: bad|bad\.safetensors: /,
    );
  });
}

t.test('a file cut at any byte is refused', async (t) => {
  const tensors = new Map([['w', { shape: [3], data: Float32Array.of(1, 2, 3) }]]);
  const bytes = encodeSafetensors({ tensors, metadata: {} });
  for (let length = 0; length < bytes.length; length++) {
    t.throws(() => decodeSafetensors(bytes.subarray(0, length), 'cut'), DataError, `${length} bytes`);
  }
});
