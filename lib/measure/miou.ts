/** Mean intersection over union of a segmentation into many classes, by way of its confusion matrix. */

import { DataError } from '../core/error.js';
import { checkLength } from '../core/shape.js';
import { VOID } from '../op/losses.js';

/**
 * Pixels by true class (row) and predicted class (column), [K,K]; void labels are not counted.
 * DataError where a class is not in 0 .. K-1: it would be counted in another cell, or in none.
 */
export function confusionMatrix(prediction: Uint8Array, label: Uint8Array, classes: number): Float64Array {
  checkLength('label', label, [prediction.length]);
  const matrix = new Float64Array(classes * classes);
  for (let p = 0; p < label.length; p++) {
    if (label[p] === VOID) continue;
    if (label[p] >= classes || prediction[p] >= classes) refuseClass(p, prediction[p], label[p], classes);
    matrix[label[p] * classes + prediction[p]] += 1;
  }
  return matrix;
}

function refuseClass(pixel: number, predicted: number, labelled: number, classes: number): never {
  const [name, got] = labelled >= classes ? ['label', labelled] : ['prediction', predicted];
  throw new DataError(`${name}: pixel ${pixel} is of class ${got}, expected 0 .. ${classes - 1}`);
}

/**
 * TP / (TP + FP + FN) of each class; undefined for a class that occurs in neither labels nor
 * predictions, and for the class `ignore`, which predictions may hold although no label does.
 */
export function ioUs(matrix: Float64Array, classes: number, ignore?: number): (number | undefined)[] {
  return Array.from({ length: classes }, (_, k) => {
    if (k === ignore) return undefined;
    let union = -matrix[k * classes + k];
    for (let other = 0; other < classes; other++)
      union += matrix[k * classes + other] + matrix[other * classes + k];
    return union === 0 ? undefined : matrix[k * classes + k] / union;
  });
}

/** The mean over the classes that occur; NaN where none does. */
export function meanIoU(values: readonly (number | undefined)[]): number {
  const present = values.filter((value) => value !== undefined);
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}
