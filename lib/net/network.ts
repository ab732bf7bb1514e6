/** A network: its table of layers and its weights; which of its layers a ReLU or a neuron follows. */

import { checkLength } from '../core/shape.js';
import { imageChannels, type Layer } from './architecture.js';
import { multipleOf } from './graph.js';
import type { Parameters } from './parameters.js';

/** A network that can be run: its table of layers and its weights. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly parameters: Parameters;
}

/** Every signal of one forward pass by name, [h,w,C] each: image, relu1, .., pooling1, .., output. */
export type Signals = Map<string, Float32Array>;

/** Whether a ReLU follows. */
export function hasRelu({ follows }: Layer): boolean {
  return follows === 'relu';
}

/** Whether neurons follow in the spiking network: in the place of every ReLU, and after what else the layer says. */
export function hasNeuron({ follows }: Layer): boolean {
  return follows !== 'nothing';
}

/** A signal that must be there: an unknown name is a mistake in the layer table. */
export function signalOf(signals: Signals, name: string): Float32Array {
  const signal = signals.get(name);
  if (!signal) throw new Error(`signal ${name} has not been computed`);
  return signal;
}

/** Refuses an image whose size the network's operations do not divide, or whose channels are not the network's. */
export function checkImage(network: Network, image: Float32Array, height: number, width: number): void {
  const step = multipleOf(network.layers);
  if (height % step !== 0 || width % step !== 0) {
    throw new Error(`image is ${height}x${width}, expected multiples of ${step}: pad it first`);
  }
  checkLength('image', image, [height, width, imageChannels(network.layers)]);
}
