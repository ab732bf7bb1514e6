/** Tensors of the reference engine are ordinary arrays; the garbage collector does the rest. */

import type { TensorMemory } from '../contract.js';

export const memory: TensorMemory = {
  tensor: (length) => new Float32Array(length),
  release: () => {},
  resident: (values) => values.slice(),
  scope: (work) => work((tensor) => tensor),
  frozen: (work) => work(),
  hold: () => () => {},
};
