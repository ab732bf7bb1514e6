/**
 * Amplitudes of real spikes (Guo et al., ECCV 2022). They belong to the reader: `convK.amplitude` [I] of a layer with
 * weights says what a spike of each of its input channels is worth to it; poolings read plain spikes, and the first
 * layer reads no spikes. Folded, W'[ky,kx,i,o] = fround(W[ky,kx,i,o] a_i): the product that a real spike of
 * amplitude a_i makes with W, so that folding changes no bit where a plain spike is worth 1.
 */

import { isStatic, type Layer, totalChannelsIn } from '../net/architecture.js';
import { amplitudeName, layerParameters, type Parameters } from '../net/parameters.js';

/** Whether spikes have amplitudes that are not folded into the weights. */
export function hasAmplitudes(parameters: Parameters): boolean {
  return [...parameters.keys()].some((name) => name.endsWith('.amplitude'));
}

/** The parameters with amplitudes of 1 wherever they have none; weights and biases are the same arrays. */
export function withAmplitudes(layers: readonly Layer[], parameters: Parameters): Parameters {
  const entries = layers.flatMap((layer) => {
    const own = [...parameters].filter(([name]) => name.startsWith(`${layer.name}.`));
    const name = amplitudeName(layer);
    if (!layer.op.hasWeights || isStatic(layer) || parameters.has(name)) return own;
    return [...own, [name, new Float32Array(totalChannelsIn(layer)).fill(1)] as const];
  });
  return new Map(entries);
}

/** W' in place of W and its amplitudes; the same parameters where there are none. */
export function foldAmplitudes(layers: readonly Layer[], parameters: Parameters): Parameters {
  if (!hasAmplitudes(parameters)) return parameters;
  const folded = new Map<string, Float32Array>();
  for (const layer of layers) {
    if (!layer.op.hasWeights) continue;
    const { weight, bias } = layerParameters(parameters, layer);
    const amplitude = parameters.get(amplitudeName(layer));
    folded.set(`${layer.name}.weight`, amplitude ? scaleInputs(weight, amplitude, layer) : weight);
    folded.set(`${layer.name}.bias`, bias);
  }
  return folded;
}

/** W a or, of gradients, dW = dW' a: each product is rounded. */
export function scaleInputs(weight: Float32Array, amplitude: Float32Array, layer: Layer): Float32Array {
  const { channelsOut } = layer;
  return weight.map((value, at) => value * amplitude[Math.floor(at / channelsOut) % amplitude.length]);
}
