/** F1, JS, ACC and mIoU against scikit-learn (fixtures/make/metric.py). */

import t from 'tap';
import { accuracy, addCounts, countBinary, f1Score, jaccard } from '../../lib/measure/binaryCounts.js';
import { confusionMatrix, ioUs, meanIoU } from '../../lib/measure/miou.js';
import { metricsOf, segmentationScore, tallyOf, whatIsMissing } from '../../lib/measure/segmentation.js';
import { VOID } from '../../lib/op/losses.js';
import { boundOf } from '../engine/kernel/golden.js';
import { readJsonGolden } from '../support/golden.js';

const { bound: BOUND } = boundOf('metric/binary:case.0');
const same = (a: number | undefined, b: number) => a !== undefined && Math.abs(a - b) <= BOUND;
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

t.test('nothing to be found has no F1, whatever is found; no pixel has no accuracy', async (t) => {
  for (const found of [0, 1]) {
    const counts = countBinary(bytes([found, 0]), bytes([0, 0]));
    t.equal(f1Score(counts), undefined);
    t.equal(jaccard(counts), undefined);
    t.equal(accuracy(counts), found ? 0.5 : 1);
  }
  t.equal(f1Score(countBinary(bytes([0, 0]), bytes([1, 0]))), 0, 'what was missed counts');
  t.equal(accuracy(countBinary(bytes([]), bytes([]))), undefined);
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
      t.ok(iou[k] === null ? value === undefined : same(value, iou[k]), `class ${k} of ${classes}`);
    });
    t.ok(same(meanIoU(values), miou), `mIoU ${miou}`);
  }
});

t.test('void labels count nowhere; a class can be left out of the mean', async (t) => {
  t.strictSame([...confusionMatrix(bytes([0, 1, 1]), bytes([0, VOID, 1]), 2)], [1, 0, 0, 1]);
  t.strictSame(countBinary(bytes([1, 1, 0]), bytes([1, VOID, VOID])), { tp: 1, fp: 0, fn: 0, tn: 0 });
  const matrix = confusionMatrix(bytes([0, 0, 2, 1]), bytes([0, 0, 0, 1]), 3);
  t.strictSame(ioUs(matrix, 3, 2), [2 / 3, 1, undefined], 'predictions of it are mistakes');
});

t.test('what is missing is said', async (t) => {
  const names = ['background', 'vessel'];
  const of = (label: number[], fov?: number[]) =>
    metricsOf(tallyOf(bytes([0, 1]), bytes(label), fov && bytes(fov), 2), names);
  t.strictSame(of([0, 1]), { f1: 1, js: 1, acc: 1 });
  t.equal(whatIsMissing(of([0, 1]), names), undefined);
  for (const [metrics, message] of [
    [of([0, 0]), /no label holds the class "vessel"/],
    [of([0, 1], [1, 0]), /no label in the field of view holds "vessel"/],
    [of([0, 1], [0, 0]), /its field of view is empty/],
    [of([VOID, VOID]), /not a single pixel counts/],
  ] as const) {
    t.match(whatIsMissing(metrics, names), message);
    t.equal(segmentationScore(metrics), undefined);
  }
  const three = metricsOf(tallyOf(bytes([0]), bytes([VOID]), undefined, 3), ['a', 'b', 'c']);
  t.strictSame(three, { miou: null, iou: {}, absent: ['a', 'b', 'c'] });
  t.equal(segmentationScore(three), undefined);
});
