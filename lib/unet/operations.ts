/** The operation of each layer as a value. */

import { avgPool2d } from '../op/avgPool2d.js';
import { conv2d } from '../op/conv2d.js';
import { convTranspose2d } from '../op/convTranspose2d.js';
import type { Op, Size, Weights } from '../op/op.js';
import { type Layer, totalChannelsIn } from './architecture.js';
import { layerParameters, type Parameters } from './parameters.js';

/** The definition of what a layer computes. */
export function opOf({ operation, channelsOut, kernel }: Layer): Op {
  if (operation === 'pool') return avgPool2d;
  if (operation === 'conv') return conv2d({ channelsOut, kernel });
  return convTranspose2d({ channelsOut, kernel, stride: 2 });
}

/** The size of a layer's (concatenated) input, of an image of this height and width. */
export function inputSize(layer: Layer, height: number, width: number): Size {
  return { height: height >> layer.level, width: width >> layer.level, channels: totalChannelsIn(layer) };
}

const NONE: Weights = { weight: new Float32Array(), bias: new Float32Array() };

/** The weights of a layer; empty ones of a pooling. */
export function weightsOf(parameters: Parameters, layer: Layer): Weights {
  return layer.operation === 'pool' ? NONE : layerParameters(parameters, layer);
}
