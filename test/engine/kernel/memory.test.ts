/**
 * Memory of tensors, on every back-end: scopes, what survives them, memory that is reused and that grows, and
 * kernels with only some arguments in the engine's memory.
 */

import t from 'tap';
import type { Kernels } from '../../../lib/engine/kernels/contract.js';
import { wasmKernels, wasmMissing } from '../../../lib/engine/wasm/index.js';
import { nodeHost } from '../../../lib/node/nodeHost.js';
import { conv2d } from '../../../lib/op/conv2d.js';
import { backends } from './backends.js';
import { requireSameBits, tensorSource } from './bits.js';

const LENGTH = 1000;
/** More than an engine has at first. */
const MANY = 2 ** 20;
const dims = { height: 4, width: 5, channelsIn: 3, channelsOut: 9, kernel: 3 as const };
const { channelsIn, channelsOut } = dims;
const next = tensorSource(7, 0.8);
const input = next(dims.height * dims.width * channelsIn);
const weight = next(9 * channelsIn * channelsOut);
const bias = next(channelsOut);
const outLength = dims.height * dims.width * channelsOut;
const definition = conv2d(dims);
const size = { height: dims.height, width: dims.width, channels: dims.channelsIn };
const convolved = definition.forward(input, size, { weight: weight, bias: bias });

const adam = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, step: 2 };
const onPurpose = new RangeError('on purpose');
const fail = (_after: unknown) => {
  throw onPurpose;
};
const filled = (kernels: Kernels, value: number, length = LENGTH) => kernels.tensor(length).fill(value);

/** Throws where a tensor does not hold its value everywhere. */
function requireAll(...pairs: readonly (readonly [tensor: Float32Array, value: number])[]): void {
  for (const [tensor, value] of pairs)
    requireSameBits(tensor, new Float32Array(tensor.length).fill(value), `tensor of ${value}`);
}

/** Uses what is free, so that a tensor which lies there by mistake is overwritten. */
const churn = (kernels: Kernels) =>
  kernels.scope(() => Array.from({ length: 20 }, (_, i) => filled(kernels, -i)));

/** Bytes of the memory that a new tensor of this engine lies in; its own length for an ordinary array. */
const memoryBytes = (kernels: Kernels) => kernels.scope(() => kernels.tensor(1).buffer.byteLength);

for (const [engine, kernels] of backends) {
  t.test(`${engine}: what a scope keeps is valid in the scope around`, async () => {
    const top = kernels.scope((keepForEver) => {
      const outer = filled(kernels, 1);
      const [second, first] = kernels.scope((keepOutside) => {
        const inner = kernels.scope((keepInside) => keepInside(filled(kernels, 2)));
        const [lost, third] = [3, 4].map((value) => filled(kernels, value));
        kernels.release(lost);
        churn(kernels);
        requireAll([inner, 2], [third, 4], [keepOutside(outer), 1]);
        return [keepOutside(third), keepOutside(inner)];
      });
      const after = filled(kernels, 5);
      churn(kernels);
      requireAll([outer, 1], [first, 2], [second, 4], [after, 5]);
      return keepForEver(first);
    });
    churn(kernels);
    requireAll([top, 2]);
  });

  t.test(`${engine}: outside of all scopes, and resident, tensors are valid for ever`, async (t) => {
    const values = new Float32Array(LENGTH).fill(1);
    const resident = kernels.resident(values);
    values.fill(2);
    const kept = kernels.scope((keep) => {
      kernels.release([0, 0].map((value) => filled(kernels, value))[0]); // a gap for the next one
      const made = kernels.resident(new Float32Array(LENGTH).fill(3));
      return [made, keep(filled(kernels, 4)), keep(filled(kernels, 5)), keep(values), keep(resident)];
    });
    const outside = filled(kernels, 6);
    t.ok(outside.buffer instanceof ArrayBuffer, 'an ordinary array');
    churn(kernels);
    requireAll([resident, 1], [values, 2], [outside, 6]);
    for (const [i, value] of [3, 4, 5, 2, 1].entries()) requireAll([kept[i], value]);
    for (const tensor of [resident, kept[0], values]) kernels.release(tensor);
    requireAll([values, 2]);
  });

  t.test(`${engine}: released memory is used again, and no tensor suffers by it`, async (t) => {
    kernels.scope(() => {
      const held = filled(kernels, 1);
      kernels.release(filled(kernels, 2, MANY));
      const bytes = kernels.tensor(1).buffer.byteLength;
      for (let i = 0; i < 50; i++) {
        const tensor = filled(kernels, i, MANY / 2);
        const neighbour = filled(kernels, -i);
        requireAll([tensor.subarray(0, LENGTH), i]);
        for (const again of [tensor, tensor]) kernels.release(again); // twice does no harm
        requireAll([neighbour, -i]);
        kernels.release(neighbour);
      }
      requireAll([held, 1]);
      t.equal(kernels.tensor(1).buffer.byteLength, bytes, 'it did not grow');
    });
  });

  t.test(`${engine}: an error ends its scopes and frees what was in them`, async (t) => {
    const work = () =>
      kernels.scope(() => {
        filled(kernels, 1, MANY);
        kernels.scope(() => fail(filled(kernels, 2, MANY)));
      });
    t.throws(work, onPurpose);
    const bytes = memoryBytes(kernels);
    for (let i = 0; i < 10; i++) {
      t.throws(work, onPurpose);
      kernels.scope(() => kernels.scope((keep) => keep(filled(kernels, 3, MANY))));
    }
    t.equal(memoryBytes(kernels), bytes, 'it did not grow');
    t.ok(kernels.tensor(1).buffer instanceof ArrayBuffer, 'no scope is left open');
    kernels.scope(() => {
      const outside = filled(kernels, 4);
      for (let i = 0; i < 10; i++) t.throws(work, onPurpose);
      t.ok(kernels.tensor(1).buffer.byteLength <= bytes, 'nor within a scope');
      churn(kernels);
      requireAll([outside, 4]);
    });
  });

  t.test(`${engine}: arguments may be ordinary arrays or tensors, in any mix`, async () => {
    const fill = (place: Float32Array, values: Float32Array) => {
      place.set(values);
      return place;
    };
    const places: readonly ((values: Float32Array) => Float32Array)[] = [
      (values) => values.slice(),
      (values) => fill(kernels.tensor(values.length), values),
      (values) => kernels.resident(values),
      // A part of a larger one, at an address that is not a multiple of a vector.
      (values) => fill(filled(kernels, Number.NaN, values.length + 3).subarray(1, -2), values),
    ];
    const inputs = [input, weight, bias];
    for (let mix = 0; mix < places.length ** 4; mix++) {
      kernels.scope(() => {
        const place = (argument: number) => places[(mix >> (2 * argument)) & 3];
        const [x, w, b] = inputs.map((values, i) => place(i)(values));
        const out = place(3)(new Float32Array(outLength).fill(Number.NaN));
        kernels.conv2dForward(out, x, w, b, dims);
        requireSameBits(out, convolved, `output of mix ${mix}`);
        for (const [i, got] of [x, w, b].entries()) requireSameBits(got, inputs[i], `mix ${mix}, input ${i}`);
        for (const tensor of [out, x, w, b]) kernels.release(tensor);
      });
    }
  });

  t.test(`${engine}: what is updated in place is updated where it is`, async () => {
    const values = [1, 2, 3, 4].map((seed) => next(LENGTH).map((value) => Math.abs(value) / seed));
    const update = (inMemory: number) => {
      const tensors = values.map((v, i) => ((inMemory >> i) & 1 ? kernels.resident(v) : v.slice()));
      const [weight, moment1, moment2, gradient] = tensors;
      kernels.adamStep(weight, moment1, moment2, gradient, adam);
      kernels.addInto(moment1, weight);
      kernels.divideBy(moment2, 3);
      return tensors;
    };
    const expected = update(0);
    requireSameBits(expected[3], values[3], 'gradient');
    for (let inMemory = 1; inMemory < 16; inMemory++) {
      for (const [i, tensor] of update(inMemory).entries())
        requireSameBits(tensor, expected[i], `argument ${i} of ${inMemory}`);
    }
  });

  t.test(`${engine}: weights are seen anew when they are not frozen any more`, async (t) => {
    const [otherWeight, otherBias] = [weight, bias].map(({ length }) => next(length));
    for (const place of [(values: Float32Array) => values.slice(), kernels.resident]) {
      const [w, b] = [weight, bias].map(place);
      const convolve = () => {
        const out = new Float32Array(outLength);
        kernels.conv2dForward(out, input, w, b, dims);
        return out;
      };
      const twice = () => kernels.frozen(() => [convolve(), kernels.frozen(convolve), convolve()]);
      for (const out of twice()) requireSameBits(out, convolved, 'frozen');
      w.set(otherWeight);
      requireSameBits(
        convolve(),
        definition.forward(input, size, { weight: otherWeight, bias: bias }),
        'another weight',
      );
      b.set(otherBias);
      const other = definition.forward(input, size, { weight: otherWeight, bias: otherBias });
      for (const out of twice()) requireSameBits(out, other, 'frozen again');
      t.throws(() => kernels.frozen(() => fail(convolve())), onPurpose);
      w.set(weight);
      b.set(bias);
      requireSameBits(convolve(), convolved, 'after an error');
      for (const tensor of [w, b]) kernels.release(tensor);
    }
  });

  t.test(`${engine}: growing memory leaves the tensors before it where they are`, async () => {
    kernels.scope((keep) => {
      const [x, w] = [input, weight].map(kernels.resident);
      const early = filled(kernels, 1, outLength);
      const later = [1, 2, 3, 4].map((size) => [filled(kernels, size, size * MANY), size] as const);
      const out = kernels.tensor(outLength);
      for (const result of [out, early]) {
        kernels.conv2dForward(result, x, w, bias, dims);
        requireSameBits(keep(result), convolved, 'from and to tensors of before');
      }
      requireAll(...later);
    });
  });
}

/** New engines: how large the memory of the others is depends on the tests above. */
const fresh = () => wasmKernels({ threads: 2, host: nodeHost, poison: true });
const options = { skip: wasmMissing(nodeHost) ?? false };

t.test('engines side by side grow in turns and do not disturb each other', options, async (t) => {
  const pair = [fresh(), fresh()];
  pair[1].resident(new Float32Array(LENGTH)); // so that the same address does not mean the same tensor
  const [x, w] = [input, weight].map((values) => pair.map((kernels) => kernels.resident(values)));
  const grown: [Float32Array, number][] = [];
  for (let turn = 0; turn < 6; turn++) {
    const [kernels, other] = [turn % 2, 1 - (turn % 2)];
    const tensor = pair[kernels].resident(new Float32Array((turn + 1) * MANY).fill(turn));
    grown.push([tensor, turn]);
    for (const index of [other, kernels]) {
      const out = pair[index].resident(new Float32Array(outLength));
      // One argument belongs to the other engine: an ordinary array to this one.
      pair[index].conv2dForward(out, x[index], w[1 - index], bias, dims);
      requireSameBits(out, convolved, `turn ${turn}`);
      pair[index].release(out);
    }
  }
  requireAll(...grown);
  const sizes = pair.map(memoryBytes);
  for (const [i, [tensor]] of grown.entries()) pair[i % 2].release(tensor);
  for (const kernels of pair) kernels.scope(() => filled(kernels, 1, 8 * MANY));
  t.strictSame(pair.map(memoryBytes), sizes, 'what was released is found again');
});

t.test('what does not fit WebAssembly is refused, and the engine goes on', options, async (t) => {
  const kernels = fresh();
  const message =
    /^out of memory: 4096 MiB more than the \d+ MiB in use do not fit the 4096 MiB of WebAssembly/;
  kernels.scope(() => {
    // Of 64 bytes each, so that they fill the first pages to the end.
    const before = Array.from({ length: 2 ** 15 }, (_, i) => [filled(kernels, i, 16), i] as const);
    t.throws(() => kernels.tensor(2 ** 30), message);
    t.throws(() => kernels.scope(() => kernels.tensor(2 ** 30)), message);
    const out = kernels.tensor(outLength);
    kernels.conv2dForward(out, input, weight, bias, dims);
    requireSameBits(out, convolved, 'afterwards');
    requireAll(...before, [filled(kernels, 2, MANY), 2]);
  });
  t.ok(memoryBytes(kernels) < 2 ** 24, 'nothing was taken for it');
});
