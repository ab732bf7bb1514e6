/**
 * Layer-wise, the authors' code measures the lambda of a layer's input on the tensor that the layer reads; in
 * the paper it is that of the ReLU before it. After a pooling the two differ.
 */

export const tensorLambda = {
  /** lambda of an input, given its unit and what was measured on it; the image has no such measure. */
  ofInput: (unit: number, measured: number | undefined): number => measured ?? unit,
};
