/** The losses of the paper, section 3.4.2: Eqs. 11 and 12, with their gradients. */

import { l1Loss, softmaxCrossEntropy } from '../op/losses.js';

export interface Loss {
  readonly value: number;
  /** The gradient with respect to the prediction, in its shape. */
  readonly gradient: Float32Array;
}

/**
 * L_seg (Eq. 11): cross-entropy of predicted scores [H,W,M] with class ids [H,W], the mean over the pixels.
 */
export function segmentationLoss(prediction: Float32Array, labels: Uint8Array): Loss {
  const gradient = new Float32Array(prediction.length);
  const dims = { pixels: labels.length, classes: prediction.length / labels.length };
  return { value: softmaxCrossEntropy(gradient, prediction, labels, dims), gradient };
}

/** L_den (Eq. 12): mean absolute error of a predicted noise map [H,W,C]. */
export function denoisingLoss(prediction: Float32Array, noise: Float32Array): Loss {
  const gradient = new Float32Array(prediction.length);
  return { value: l1Loss(gradient, prediction, noise), gradient };
}
