/** F1, JS, ACC and mIoU against scikit-learn (fixtures/make/metric.py). */

import t from 'tap';
import { accuracy, addCounts, countBinary, f1Score, jaccard } from '../../lib/metric/binary.js';
import { confusionMatrix, ioUs, meanIoU } from '../../lib/metric/miou.js';
import { boundOf } from '../contract/golden.js';
import { readJsonGolden } from '../support/golden.js';

const { bound: BOUND } = boundOf('metric/binary:case.0');
const same = (a: number, b: number) => Math.abs(a - b) <= BOUND;
const bytes = (values: number[]) => Uint8Array.from(values);

t.test('F1, JS and ACC, whole and inside a mask', async (t) => {
  for (const { prediction, label, mask, whole, inside } of readJsonGolden('metric/binary.json')) {
    const [p, l] = [bytes(prediction), bytes(label)];
    for (const [counts, expected] of [
      [countBinary(p, l), whole],
      [countBinary(p, l, bytes(mask)), inside],
    ]) {
      t.ok(same(f1Score(counts), expected.f1), `F1 ${expected.f1}`);
      t.ok(same(jaccard(counts), expected.js), `JS ${expected.js}`);
      t.ok(same(accuracy(counts), expected.acc), `ACC ${expected.acc}`);
    }
  }
});

t.test('counts of two halves add up to those of the whole', async (t) => {
  const [p, l] = [bytes([1, 1, 0, 0, 1]), bytes([1, 0, 1, 0, 1])];
  t.strictSame(countBinary(p, l), { tp: 2, fp: 1, fn: 1, tn: 1 });
  const halves = [
    [0, 2],
    [2, 5],
  ].map(([from, to]) => countBinary(p.subarray(from, to), l.subarray(from, to)));
  t.strictSame(halves.reduce(addCounts), countBinary(p, l));
});

t.test('nothing there and nothing found is a perfect answer', async (t) => {
  const counts = countBinary(bytes([0, 0]), bytes([0, 0]));
  t.equal(f1Score(counts), 1);
  t.equal(jaccard(counts), 1);
  t.equal(accuracy(countBinary(bytes([]), bytes([]))), 1);
});

t.test('a label of another size is refused', async (t) => {
  t.throws(() => countBinary(bytes([1]), bytes([1, 0])), /label: got 2 values, expected 1/);
  t.throws(() => countBinary(bytes([1]), bytes([1]), bytes([1, 1])), /mask: got 2 values, expected 1/);
  t.throws(() => confusionMatrix(bytes([1]), bytes([1, 0]), 2), /label: got 2 values, expected 1/);
});

t.test('mIoU and its confusion matrix; classes that occur nowhere are left out', async (t) => {
  for (const { classes, prediction, label, confusion, iou, miou } of readJsonGolden('metric/miou.json')) {
    const matrix = confusionMatrix(bytes(prediction), bytes(label), classes);
    t.strictSame([...matrix], confusion.flat());
    const values = ioUs(matrix, classes);
    values.forEach((value, k) => {
      t.ok(iou[k] === null ? value === undefined : same(value ?? -1, iou[k]), `class ${k} of ${classes}`);
    });
    t.ok(same(meanIoU(values), miou), `mIoU ${miou}`);
  }
});

t.test('a class can be ignored', async (t) => {
  t.strictSame([...confusionMatrix(bytes([0, 1, 1]), bytes([0, 2, 1]), 3, 2)], [1, 0, 0, 0, 1, 0, 0, 0, 0]);
});
