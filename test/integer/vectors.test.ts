/**
 * Golden vectors are the numbers of PyTorch and NumPy (fixtures/make/integers.py); and the formula that says
 * which input an output reads.
 */

import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { sizeOf } from '../../lib/core/shape.js';
import { toChw } from '../../lib/format/layout.js';
import { pictureCodes } from '../../lib/integer/codes.js';
import { integerNetwork } from '../../lib/integer/integerNetwork.js';
import { positionsOf } from '../../lib/integer/positions.js';
import { allVectors, goldenVectors, type Vector, vectorForms } from '../../lib/integer/vectors.js';
import { avgPool2d } from '../../lib/op/avgPool2d.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { convTranspose2d } from '../../lib/op/convTranspose2d.js';
import { goldenTensor } from '../engine/kernel/golden.js';
import { wholeNetwork } from '../support/wholeNetworks.js';
import { GOLDEN_NETWORKS, readGolden } from './goldenNetwork.js';

/** An image [.., h,w,C] of a tensor, from value `from` on, as [C,h,w]. */
function chw({ shape, values }: Vector, from = 0): number[] {
  const [height, width, channels] = shape.slice(-3);
  const part = values.subarray(from, from + height * width * channels);
  return [...toChw(Float32Array.from(part), height, width, channels)];
}

for (const file of GOLDEN_NETWORKS)
  t.test(`${file}: parameters, codes, membranes and output`, async (t) => {
    const { whole, tensors, picture, steps } = readGolden(file);
    const golden = (name: string) => [...goldenTensor(tensors, name).data];
    const run = { bits: whole.bits, height: 16, width: 16, steps };
    const vectors = goldenVectors(integerNetwork(whole), pictureCodes(picture), run);
    t.same([...vectors.picture.values], [...pictureCodes(picture)]);
    for (const { own, tensors } of vectors.layers) {
      const { layer } = own;
      const { name, output, op } = layer;
      if (op.hasWeights) {
        const packed = tensors.get('weight')!;
        const shape = op.weightShape(packed.shape[2]);
        t.same([...op.unpack(Float32Array.from(packed.values), shape)], golden(`whole.${name}.weight`), name);
        for (const kind of ['bias', 'divisor'] as const)
          t.same([...tensors.get(kind)!.values], golden(`whole.${name}.${kind}`), `${name} ${kind}`);
      } else t.notOk(tensors.has('weight'), `${name} has no weight`);
      const [codes, membranes] = [tensors.get('codes'), tensors.get('membranes')];
      if (!codes || !membranes) {
        t.same(chw(tensors.get('sum')!), golden('sum'));
        continue;
      }
      const neurons = sizeOf(codes.shape.slice(1));
      const each = Array.from({ length: steps }, (_, step) => chw(codes, step * neurons));
      const fired = each[0].map((_, n) => each.reduce((sum, one) => sum + one[n], 0));
      t.same(fired, golden(`fired.${output}`), `codes of ${output}`);
      t.same(chw(membranes, (steps - 1) * neurons), golden(`membrane.${output}`), `membranes of ${output}`);
    }
  });

t.test('every value fits its bits, and a tensor has the shape that was announced', async (t) => {
  const whole = wholeNetwork(
    { task: 'segment', width: 2, channels: 3, classes: 3 },
    { bits: 6, thresholds: 5, thresholdsOf: { relu3: 8, pooling2: 1 } },
  );
  const run = { bits: 6, height: 16, width: 48, steps: 2 };
  const codes = pictureCodes(Float32Array.from({ length: 3 * 16 * 48 }, (_, n) => (n % 7) - 3));
  const vectors = goldenVectors(integerNetwork(whole), codes, run);
  const forms = allVectors(vectorForms(integerNetwork(whole), run));
  for (const [k, { values, ...form }] of allVectors(vectors).entries()) {
    t.same(form, forms[k]);
    t.equal(values.length, sizeOf(form.shape), form.name);
    const [least, most] = form.signed
      ? [-(2 ** (form.bits - 1)), 2 ** (form.bits - 1) - 1]
      : [0, 2 ** form.bits - 1];
    t.ok(
      [...values].every((value) => value >= least && value <= most),
      `${form.name}: ${form.bits} bits`,
    );
  }
  const bitsOf = new Map(forms.map(({ name, bits }) => [name, bits]));
  t.match(Object.fromEntries(bitsOf), {
    'image.codes': 11,
    'conv1.weight': 6,
    'conv19.weight': 16,
    'relu1.codes': 5,
    'relu3.codes': 8,
    'pooling2.codes': 1,
    'relu3.membranes': 32,
  });
});

t.test('steps after which a membrane may not fit are refused', async (t) => {
  const network = integerNetwork(
    wholeNetwork({ task: 'segment', width: 1, channels: 1, classes: 2 }, { bits: 16, thresholds: 8 }),
  );
  const run = { bits: 16, height: 16, width: 16, steps: 100_000 };
  t.throws(() => goldenVectors(network, new Int16Array(256), run), UsageError);
});

t.test('one formula says what the taps of every operation read', async (t) => {
  const ops = [
    ...[1, 3, 5].flatMap((kernel) =>
      [1, 2, 3].flatMap((stride) =>
        [1, 2, 4].map((dilation) => conv2d({ channelsOut: 1, kernel, stride, dilation })),
      ),
    ),
    ...[3, 5].flatMap((kernel) =>
      [1, 2, 3].map((stride) => convTranspose2d({ channelsOut: 1, kernel, stride })),
    ),
    ...[avgPool2d({ kernel: 2 }), avgPool2d({ kernel: 3, stride: 2, padding: 1 })],
  ];
  for (const { name, taps } of ops) {
    const { times, step, offset, over } = positionsOf(taps!);
    for (let o = 0; o < 9; o++)
      for (let k = 0; k < taps!.count; k++)
        if (taps!.read(o, k) !== (times * o + step * k + offset) / over) t.fail(`${name}: ${o}, ${k}`);
    t.ok([times, step, offset, over].every(Number.isInteger), `${name}: ${[times, step, offset, over]}`);
  }
  t.same(positionsOf(convTranspose2d({ channelsOut: 1, kernel: 3, stride: 2 }).taps!), {
    ...{ times: 1, step: -1, offset: 1, over: 2 },
  });
});
