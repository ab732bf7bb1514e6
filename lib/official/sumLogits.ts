/**
 * Eq. 11 to the letter: the prediction is the sum of the last layer's current, not its mean over the steps.
 */

export const sumLogits = { divisor: () => 1 };
