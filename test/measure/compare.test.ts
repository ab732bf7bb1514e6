/**
 * Comparison of named tensors: what counts as equal, what comes first, and that a difference is found where
 * it is.
 */

import fc from 'fast-check';
import t from 'tap';
import { compareTensors, describeDifference, type Tensors } from '../../lib/measure/compareTensors.js';
import { byPlace } from '../../lib/measure/tensorOrder.js';

const tensor = (shape: number[], values: ArrayLike<number>) => ({ shape, data: Float32Array.from(values) });
const single = (...values: number[]): Tensors => new Map([['input', tensor([1, 1, values.length], values)]]);
const zeros = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });

/** Tensors with one value changed. */
function changed(tensors: Tensors, name: string, index: number, value = 1): Tensors {
  const { shape, data } = tensors.get(name)!;
  return new Map(tensors).set(
    name,
    tensor(
      shape as number[],
      Array.from(data, (old, i) => (i === index ? value : old)),
    ),
  );
}

/** A recording of three layers, its tensors in no sensible order. */
const recording: Tensors = new Map([
  ['membrane.relu2', zeros(3, 2, 4, 5)],
  ['spikes.relu1', zeros(3)],
  ['output', zeros(2, 4, 5)],
  ['membrane.relu1', zeros(3, 2, 4, 5)],
  ['spike.relu1', zeros(3, 2, 4, 5)],
  ['flow.relu1', zeros(2, 4, 5)],
  ['spike.pooling1', zeros(3, 2, 2, 2)],
  ['spike.relu2', zeros(3, 2, 4, 5)],
  ['input', zeros(1, 4, 5)],
]);

t.test('tensors are in the order of the computation, unknown ones behind them by name', async (t) => {
  const { tensors } = compareTensors(recording, recording);
  t.strictSame(
    tensors.map(({ name }) => name),
    [
      'input',
      'spike.relu1',
      'membrane.relu1',
      'flow.relu1',
      'spikes.relu1',
      'spike.relu2',
      'membrane.relu2',
      'spike.pooling1',
      'output',
    ],
  );
  const names =
    'zebra flow.relu3 conv19.bias apple grad.conv2.weight conv10.weight flow.relu11 flow.relu_convtranspose1';
  t.strictSame(names.split(' ').sort(byPlace), [
    'grad.conv2.weight',
    'flow.relu3',
    'conv10.weight',
    'flow.relu_convtranspose1',
    'flow.relu11',
    'conv19.bias',
    'apple',
    'zebra',
  ]);
});

t.test('a single value that differs is found, wherever it is', async (t) => {
  const position = fc
    .constantFrom('spike.relu1', 'membrane.relu1', 'spike.relu2', 'membrane.relu2')
    .chain((name) =>
      fc.record({
        name: fc.constant(name),
        step: fc.nat({ max: 2 }),
        channel: fc.nat({ max: 1 }),
        row: fc.nat({ max: 3 }),
        column: fc.nat({ max: 4 }),
      }),
    );
  const property = fc.property(position, ({ name, ...where }) => {
    const { step, channel, row, column } = where;
    const index = ((step * 2 + channel) * 4 + row) * 5 + column;
    const { equal, first } = compareTensors(recording, changed(recording, name, index, -0.5));
    const expected = {
      tensor: name,
      layer: name.split('.')[1],
      position: where,
      a: 0,
      b: -0.5,
      differing: 1,
    };
    return !equal && Object.entries(expected).every(([key, value]) => same(first![key as 'a'], value));
  });
  fc.assert(property, { seed: 5, numRuns: 100 });
  t.pass('found');
});

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

t.test('the first difference is by layer, then by step, then by neuron', async (t) => {
  const later = changed(recording, 'spike.relu2', 0);
  t.equal(
    compareTensors(recording, changed(later, 'flow.relu1', 7)).first!.tensor,
    'flow.relu1',
    'layer first',
  );
  const step2 = changed(recording, 'spike.relu2', 80); // first neuron of the last step
  const { first } = compareTensors(recording, changed(step2, 'membrane.relu2', 79));
  t.match(
    first,
    { tensor: 'membrane.relu2', position: { step: 1, channel: 1, row: 3, column: 4 } },
    'then step',
  );
  const both = changed(changed(recording, 'membrane.relu2', 42), 'spike.relu2', 43);
  t.match(
    compareTensors(recording, both).first,
    { tensor: 'membrane.relu2', index: [1, 0, 0, 2] },
    'then neuron',
  );
  const together = changed(changed(recording, 'membrane.relu2', 42), 'spike.relu2', 42);
  t.equal(compareTensors(recording, together).first!.tensor, 'spike.relu2', 'of one neuron the spike');
});

t.test('where only flows and counts are there, the counts say from which step on', async (t) => {
  const other = changed(changed(recording, 'flow.relu1', 7, 0.25), 'spikes.relu1', 1);
  const { first } = compareTensors(recording, other);
  t.match(first, { tensor: 'flow.relu1', position: { channel: 0, row: 1, column: 2 }, firstStep: 1 });
  t.notOk('step' in first!.position);
  t.equal(
    describeDifference(first!, 'A', 'B'),
    'flow.relu1, channel 0, row 1, column 2 (its spike counts differ from step 1 on): 0 in A, 0.25 in B; ' +
      '1 of 40 values differ, by at most 0.25',
  );
  t.match(compareTensors(recording, changed(recording, 'spikes.relu1', 2)).first, { position: { step: 2 } });
});

t.test('NaN equals NaN only, an infinity itself, and zero either zero', async (t) => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  t.ok(compareTensors(single(nan, infinity, 0), single(nan, infinity, -0)).equal);
  for (const [a, b] of [
    [nan, 0],
    [0, nan],
    [infinity, -infinity],
    [infinity, 1],
  ]) {
    const { equal, tensors } = compareTensors(single(a), single(b), { tolerance: 1e30 });
    t.notOk(equal, `${a} and ${b}`);
    t.match(tensors[0], { largest: infinity, relativeL2: infinity, differing: 1 });
  }
});

t.test('a tolerance is absolute and inclusive; the differences are still told', async (t) => {
  const [a, b] = [single(3, 4, 0), single(3, 4.75, 1)];
  t.match(compareTensors(a, b).tensors[0], { differing: 2, largest: 1, firstIndex: 1, relativeL2: 0.25 });
  t.match(compareTensors(a, b, { tolerance: 0.75 }).tensors[0], { differing: 1, largest: 1, firstIndex: 2 });
  t.match(compareTensors(a, b, { tolerance: 1 }), { equal: true, tensors: [{ differing: 0, largest: 1 }] });
  t.equal(compareTensors(single(0), single(0)).tensors[0].relativeL2, 0);
  t.equal(compareTensors(single(0), single(1)).tensors[0].relativeL2, Number.POSITIVE_INFINITY);
});

t.test('tensors that one lacks, and other shapes, are differences', async (t) => {
  const more = new Map([...recording, ['extra', zeros(2)]]);
  t.match(compareTensors(more, recording), { equal: false, onlyInA: ['extra'], onlyInB: [] });
  t.match(compareTensors(recording, more), { equal: false, onlyInA: [], onlyInB: ['extra'] });
  const reshaped = new Map(recording).set('output', zeros(4, 2, 5));
  const comparison = compareTensors(recording, reshaped);
  t.match(comparison, { equal: false, shapes: [{ name: 'output', a: [2, 4, 5], b: [4, 2, 5] }] });
  t.notOk('first' in comparison);
});

t.test('only names that start as asked', async (t) => {
  const other = changed(recording, 'membrane.relu1', 0);
  t.ok(compareTensors(recording, other, { only: ['spike.', 'output'] }).equal);
  t.equal(compareTensors(recording, other, { only: ['spike.', 'output'] }).tensors.length, 4);
  t.notOk(compareTensors(recording, other, { only: ['membrane.'] }).equal);
});

t.test('of weights and gradients the place is an index', async (t) => {
  const weights: Tensors = new Map([
    ['grad.conv2.bias', zeros(2)],
    ['grad.conv2.weight', zeros(2, 3, 3, 3)],
  ]);
  const { first } = compareTensors(weights, changed(weights, 'grad.conv2.weight', 28));
  t.match(first, { layer: 'conv2', index: [1, 0, 0, 1] });
  t.match(describeDifference(first!, 'A', 'B'), /^grad\.conv2\.weight, \[1,0,0,1\]: 0 in A, 1 in B;/);
});
