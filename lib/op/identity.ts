/** The identity: for nodes that only join signals, such as neurons after a sum. It has no weights. */

import type { Op } from './op.js';

const copy = (values: Float32Array) => values.slice();

export const identity: Op = {
  name: 'identity',
  kernel: 1,
  hasWeights: false,
  outputSize: (size) => size,
  weightShape: () => [],
  pack: (weight) => weight,
  unpack: (packed) => packed,
  fanIn: () => 1,
  forward: copy,
  events: copy,
  backwardInput: copy,
  backwardWeights: () => ({ weight: new Float32Array(), bias: new Float32Array() }),
  onnx: { type: 'Identity', attributes: {} },
  multiplications: () => 0,
  reach: () => 1,
  channelsReached: 1,
  reads: (rows) => rows,
};
