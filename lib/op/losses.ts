/**
 * The two losses of the paper with their gradients: categorical cross-entropy (Eq. 11) and mean absolute
 * error (Eq. 12). Probabilities and sums are float64, in the order of the pixels, with the project's own exp
 * and log, so that the loss has the same bits everywhere; gradients are rounded to float32 once, when they
 * are stored.
 */

import { exp, log } from '../core/elementary.js';

/** The label of a pixel whose class is not known: it counts neither in a loss nor in a metric. */
export const VOID = 255;

/** Scores of `classes` classes at `pixels` pixels: logits [pixels,K]. */
export interface ClassDims {
  readonly pixels: number;
  readonly classes: number;
}

/**
 * Eq. 11: the mean of -log softmax(logits)[label] over the pixels that are not void; gradLogits = (softmax -
 * onehot) / their number, 0 where the label is void.
 */
export function softmaxCrossEntropy(
  gradLogits: Float32Array,
  logits: Float32Array,
  labels: Uint8Array,
  dims: ClassDims,
): number {
  const { pixels, classes } = dims;
  const exponentials = new Float64Array(classes);
  const counted = countedPixels(labels, pixels);
  let total = 0;
  for (let p = 0; p < pixels; p++) {
    const row = p * classes;
    if (labels[p] === VOID) {
      gradLogits.fill(0, row, row + classes);
      continue;
    }
    let largest = logits[row];
    for (let k = 1; k < classes; k++) if (logits[row + k] > largest) largest = logits[row + k];
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      exponentials[k] = exp(logits[row + k] - largest); // shifted, so that nothing overflows
      sum += exponentials[k];
    }
    total += log(sum) - (logits[row + labels[p]] - largest);
    for (let k = 0; k < classes; k++) {
      const target = k === labels[p] ? 1 : 0;
      gradLogits[row + k] = (exponentials[k] / sum - target) / counted;
    }
  }
  return counted === 0 ? 0 : total / counted;
}

/** How many labels are not void. */
export function countedPixels(labels: Uint8Array, pixels: number): number {
  let counted = pixels;
  for (let p = 0; p < pixels; p++) if (labels[p] === VOID) counted -= 1;
  return counted;
}

/** Eq. 12: mean |prediction - target|; gradPrediction = sign(prediction - target) / count, 0 where equal. */
export function l1Loss(gradPrediction: Float32Array, prediction: Float32Array, target: Float32Array): number {
  const count = prediction.length;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const difference = prediction[i] - target[i];
    total += Math.abs(difference);
    gradPrediction[i] = Math.sign(difference) / count;
  }
  return total / count;
}
