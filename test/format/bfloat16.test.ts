/**
 * Weights rounded to bfloat16: the bits are PyTorch's (fixtures/make/kernel.py), and the nearest there are.
 */

import fc from 'fast-check';
import t from 'tap';
import { decodeSafetensors, encodeSafetensors } from '../../lib/format/safetensors.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { goldenCases } from '../engine/kernel/golden.js';
import { randomModel } from '../support/networks.js';

/** The bits [n] that a tensor is written as, all of its values in bfloat16. */
function writtenBits(data: Float32Array): Uint16Array {
  const bytes = encodeSafetensors(
    { tensors: new Map([['w', { shape: [data.length], data }]]), metadata: {} },
    { dtypeOf: () => 'BF16' },
  );
  return new Uint16Array(bytes.slice(bytes.length - 2 * data.length).buffer);
}

/** What a file with the tensor in bfloat16 holds for its readers. */
function rounded(data: Float32Array): Float32Array {
  const tensors = new Map([['w', { shape: [data.length], data }]]);
  return decodeSafetensors(
    encodeSafetensors({ tensors, metadata: {} }, { dtypeOf: () => 'BF16' }),
    'f',
  ).tensors.get('w')!.data;
}

const fromBits = (bits: Uint32Array) => new Float32Array(bits.buffer);
const golden = new Map(goldenCases('kernel/bfloat16').map((golden) => [golden.name, golden]));
const numbersOf = (name: string) => {
  const [upper, lower, expected] = ['upper', 'lower', 'rounded'].map(
    (key) => golden.get(name)!.get(key).data,
  );
  const bits = Uint32Array.from(upper, (high, i) => high * 65536 + lower[i]);
  return { values: fromBits(bits), lower, expected: Uint16Array.from(expected) };
};

t.test(
  'numbers have the bits that PyTorch rounds them to; half-way to even, too large to infinity',
  async (t) => {
    const { values, lower, expected } = numbersOf('number');
    t.strictSame(writtenBits(values), expected);
    const ties = lower.filter((bits) => bits === 0x8000).length;
    t.ok(ties >= 60, `${ties} numbers are half-way`);
    t.ok(expected.includes(0x7f80), 'infinity is among them');
  },
);

t.test('NaN stays NaN, and infinity stays infinity', async (t) => {
  const { values } = numbersOf('nan');
  t.ok(rounded(values).every(Number.isNaN));
  t.strictSame([...rounded(Float32Array.of(Infinity, -Infinity))], [Infinity, -Infinity]);
});

t.test('numbers are read as PyTorch has them', async (t) => {
  const { values, expected } = numbersOf('number');
  const wanted = fromBits(Uint32Array.from(expected, (bits) => bits * 65536));
  t.strictSame(rounded(values), wanted);
});

t.test('no number of the format is nearer, and those of the format come back as they are', async (t) => {
  const view = new DataView(new ArrayBuffer(4));
  const withUpper = (bits: number) => {
    view.setUint32(0, bits << 16);
    return view.getFloat32(0);
  };
  fc.assert(
    fc.property(fc.float({ noNaN: true, max: 2 ** 127, min: -(2 ** 127) }), (value) => {
      const [bits] = writtenBits(Float32Array.of(value));
      const got = withUpper(bits);
      for (const neighbour of [bits - 1, bits + 1].filter((other) => (other ^ bits) < 0x8000)) {
        const [distance, other] = [got, withUpper(neighbour)].map((number) => Math.abs(number - value));
        if (other < distance || (other === distance && bits % 2 === 1))
          throw new Error(`${value} is written as ${got}, but ${withUpper(neighbour)} is there`);
      }
      const [again] = rounded(Float32Array.of(got));
      if (!Object.is(again, got)) throw new Error(`${got} comes back as ${again}`);
    }),
    { seed: 16, numRuns: 2000 },
  );
  t.pass('2000 random numbers');
});

t.test('a model in bfloat16 has half the bytes; lambdas and extra tensors keep all their bits', async (t) => {
  const model = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 6);
  const channelLambdas = new Map(
    model.layers
      .filter(({ op, output }) => op.hasWeights && output.startsWith('relu'))
      .map(({ output, channelsOut }) => [output, new Float32Array(channelsOut).fill(1 / 3)]),
  );
  const extra = new Map([['optimiser.step', { shape: [1], data: Float32Array.of(0.1) }]]);
  const [half, whole] = (['bfloat16', 'float32'] as const).map((weights) =>
    encodeModel({ ...model, channelLambdas }, extra, weights),
  );
  t.ok(half.length < 0.55 * whole.length, `${half.length} of ${whole.length} bytes`);
  const read = decodeModel(half, 'half');
  for (const [name, values] of model.parameters)
    t.strictSame(read.model.parameters.get(name), rounded(values), name);
  t.strictSame(read.model.channelLambdas, channelLambdas);
  t.strictSame(read.extra.get('optimiser.step')!.data, Float32Array.of(0.1));
});
