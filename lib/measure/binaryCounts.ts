/**
 * Metrics of a two-class segmentation from its counts: F1, Jaccard similarity, accuracy (section 4.3.1). If
 * nothing is to be found in the labels there is no F1: 1 would be too kind, and 0 would punish what may be
 * right.
 */

import { checkLength } from '../core/shape.js';
import { VOID } from '../op/losses.js';

/** Pixels by predicted and true class; positive is class 1. */
export interface BinaryCounts {
  /** True positives. */
  readonly tp: number;
  /** False positives. */
  readonly fp: number;
  /** False negatives. */
  readonly fn: number;
  /** True negatives. */
  readonly tn: number;
}

/** Counts the pixels [H,W] whose label is not void; with a mask only those where it is not 0. */
export function countBinary(prediction: Uint8Array, label: Uint8Array, mask?: Uint8Array): BinaryCounts {
  checkLength('label', label, [prediction.length]);
  if (mask) checkLength('mask', mask, [prediction.length]);
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (let p = 0; p < prediction.length; p++) {
    if (label[p] === VOID || mask?.[p] === 0) continue;
    if (prediction[p] === 1) label[p] === 1 ? tp++ : fp++;
    else label[p] === 1 ? fn++ : tn++;
  }
  return { tp, fp, fn, tn };
}

/** The counts of two sets of pixels together. */
export function addCounts(a: BinaryCounts, b: BinaryCounts): BinaryCounts {
  return { tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn, tn: a.tn + b.tn };
}

/**
 * 2 TP / (2 TP + FP + FN), the harmonic mean of precision and recall; undefined where no label is positive.
 */
export function f1Score({ tp, fp, fn }: BinaryCounts): number | undefined {
  return tp + fn === 0 ? undefined : (2 * tp) / (2 * tp + fp + fn);
}

/** TP / (TP + FP + FN), also called intersection over union; undefined where no label is positive. */
export function jaccard({ tp, fp, fn }: BinaryCounts): number | undefined {
  return tp + fn === 0 ? undefined : tp / (tp + fp + fn);
}

/** (TP + TN) / all; undefined where there are no pixels. */
export function accuracy({ tp, fp, fn, tn }: BinaryCounts): number | undefined {
  const all = tp + fp + fn + tn;
  return all === 0 ? undefined : (tp + tn) / all;
}
