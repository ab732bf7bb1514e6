/** The golden networks in whole numbers (fixtures/make/integer_goldens.py), as their files give them. */

import { quantiseParameters } from '../../lib/integer/quantise.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { goldenFile, goldenTensor, imageOf } from '../engine/kernel/golden.js';
import { goldenModel } from '../engine/kernel/network.js';
import { halvingNeurons } from '../support/wholeNetworks.js';

export const GOLDEN_NETWORKS = [
  'integer/segment_8',
  'integer/denoise_8',
  'integer/layers_10',
  'integer/saturated_8',
];

/** A golden network, its picture [16,16,C], and T. */
export function readGolden(path: string) {
  const { metadata } = goldenFile(path);
  const { model, tensors } = goldenModel(path);
  const network: SpikingNetwork = {
    ...model,
    ...halvingNeurons(Number(metadata.thresholds), JSON.parse(metadata.thresholdsOf)),
  };
  const bits = Number(metadata.bits);
  const membraneBits = metadata.membraneBits ? Number(metadata.membraneBits) : undefined;
  const whole = { ...network, parameters: quantiseParameters(network, { bits }), bits, membraneBits };
  return { whole, tensors, picture: imageOf(goldenTensor(tensors, 'input')), steps: Number(metadata.steps) };
}
