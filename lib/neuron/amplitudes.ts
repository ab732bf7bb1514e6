/**
 * Amplitudes of real spikes (Guo et al., ECCV 2022). They belong to the layer that reads the spikes:
 * `convK.amplitude` [I] is the value of a spike of each input channel; poolings read plain spikes, and an
 * image has none. Folded, W'[ky,kx,i,o] = fround(W[ky,kx,i,o] a_i): the product that a real spike of
 * amplitude a_i makes with W, so that folding changes no bit where a plain spike is worth 1. Engines fold
 * when they prepare a network; training computes the gradient with respect to W' and applies the chain rule.
 */

import { isStatic, type Layer, totalChannelsIn } from '../net/architecture.js';
import { layerParameters, type Parameters, withAdded } from '../net/parameters.js';

const SUFFIX = '.amplitude';

/** The name of a layer's amplitudes among its parameters. */
function nameOf({ name }: Layer): string {
  return name + SUFFIX;
}

/** The shape of the amplitudes that a layer may have besides its weight and bias: for reading files. */
export function amplitudeShapes(layer: Layer): ReadonlyMap<string, number[]> {
  return new Map(layer.op.hasWeights ? [[nameOf(layer), [totalChannelsIn(layer)]]] : []);
}

/** Whether there are amplitudes that are not folded into the weights. */
export function hasAmplitudes(parameters: Parameters): boolean {
  return [...parameters.keys()].some((name) => name.endsWith(SUFFIX));
}

/** The parameters with amplitudes of 1 where they have none; weights and biases are the same arrays. */
export function withAmplitudes(layers: readonly Layer[], parameters: Parameters): Parameters {
  return withAdded(layers, parameters, (layer) => {
    if (!layer.op.hasWeights || isStatic(layer)) return new Map();
    return new Map([[nameOf(layer), new Float32Array(totalChannelsIn(layer)).fill(1)]]);
  });
}

/** W' in place of W and its amplitudes; the same parameters where there are none. */
export function foldAmplitudes(layers: readonly Layer[], parameters: Parameters): Parameters {
  if (!hasAmplitudes(parameters)) return parameters;
  const folded = new Map([...parameters].filter(([name]) => !name.endsWith(SUFFIX)));
  for (const layer of layers) {
    const amplitude = parameters.get(nameOf(layer));
    if (!amplitude) continue;
    const { weight } = layerParameters(parameters, layer);
    folded.set(`${layer.name}.weight`, scaleInputs(weight, amplitude, layer));
  }
  return folded;
}

/**
 * The gradient with respect to W and a from that with respect to W', by the chain rule: dL/dW = dL/dW' a, and
 * dL/da_i is the sum of dL/dW' W over all weights of input channel i. Without amplitudes the gradients are
 * unchanged.
 */
export function unfoldGradients(
  layers: readonly Layer[],
  parameters: Parameters,
  gradients: Parameters,
): Parameters {
  if (!hasAmplitudes(parameters)) return gradients;
  const learned = new Map<string, Float32Array>();
  for (const layer of layers) {
    const amplitude = parameters.get(nameOf(layer));
    const own = [...gradients].filter(([name]) => name.startsWith(`${layer.name}.`));
    for (const [name, gradient] of own) learned.set(name, gradient);
    if (!amplitude) continue;
    const { weight: gradFolded } = layerParameters(gradients, layer);
    const { weight } = layerParameters(parameters, layer);
    learned.set(`${layer.name}.weight`, scaleInputs(gradFolded, amplitude, layer));
    learned.set(nameOf(layer), amplitudeGradient(gradFolded, weight, layer));
  }
  return learned;
}

/** W a or, for gradients, dW = dW' a: each product is rounded. */
function scaleInputs(weight: Float32Array, amplitude: Float32Array, layer: Layer): Float32Array {
  const { channelsOut } = layer;
  return weight.map((value, at) => value * amplitude[Math.floor(at / channelsOut) % amplitude.length]);
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
