/** From scores to probabilities: softmax, in float64 with the project's own exp, rounded once. */

import { exp } from '../core/elementary.js';

/**
 * Softmax over the classes of each pixel, [H,W,K]; scores are divided by `steps` first (logits = I_in / T).
 */
export function probabilities(scores: Float32Array, classes: number, steps = 1): Float32Array {
  const result = new Float32Array(scores.length);
  const exponentials = new Float64Array(classes);
  for (let at = 0; at < scores.length; at += classes) {
    let largest = scores[at];
    for (let k = 1; k < classes; k++) largest = Math.max(largest, scores[at + k]);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      exponentials[k] = exp((scores[at + k] - largest) / steps);
      sum += exponentials[k];
    }
    for (let k = 0; k < classes; k++) result[at + k] = exponentials[k] / sum;
  }
  return result;
}
