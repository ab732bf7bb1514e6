/**
 * Learning amplitudes of spikes (Guo et al., ECCV 2022) with any gradient: it is computed by the folded
 * weights W' = W a (neuron/amplitudes.ts), and the chain rule hands it on: dL/dW = dL/dW' a and dL/da_i = sum
 * of dL/dW' W over all weights of input channel i.
 */

import { type Layer, totalChannelsIn } from '../net/architecture.js';
import type { Network } from '../net/network.js';
import { amplitudeName, layerParameters, type Parameters } from '../net/parameters.js';
import { foldAmplitudes, hasAmplitudes, scaleInputs } from '../neuron/amplitudes.js';
import type { LossGradient } from './method.js';

/**
 * The gradient by all parameters of the model from that by the folded ones, or as it is where nothing is
 * folded.
 */
export function throughAmplitudes(
  { layers, parameters }: Network,
  gradientBy: (folded: Parameters) => LossGradient,
): LossGradient {
  const { loss, gradients } = gradientBy(foldAmplitudes(layers, parameters));
  if (!hasAmplitudes(parameters)) return { loss, gradients };
  const learned = new Map<string, Float32Array>();
  for (const layer of layers) {
    if (!layer.op.hasWeights) continue;
    const { weight: gradFolded, bias } = layerParameters(gradients, layer);
    const { weight } = layerParameters(parameters, layer);
    const amplitude = parameters.get(amplitudeName(layer));
    learned.set(`${layer.name}.weight`, amplitude ? scaleInputs(gradFolded, amplitude, layer) : gradFolded);
    learned.set(`${layer.name}.bias`, bias);
    if (amplitude) learned.set(amplitudeName(layer), amplitudeGradient(gradFolded, weight, layer));
  }
  return { loss, gradients: learned };
}

/**
 * dL/da [I] = ((0 + p1) + p2) + .. over (ky, kx, o), o fastest, of p = dL/dW' W, both [ky,kx,I,O]; float32,
 * each product and each sum rounded.
 */
function amplitudeGradient(gradFolded: Float32Array, weight: Float32Array, layer: Layer): Float32Array {
  const channels = totalChannelsIn(layer);
  const gradient = new Float32Array(channels);
  for (let at = 0; at < weight.length; at++) {
    const channel = Math.floor(at / layer.channelsOut) % channels;
    gradient[channel] = gradient[channel] + Math.fround(gradFolded[at] * weight[at]);
  }
  return gradient;
}
