/** A network: its table of layers and its weights; which of its layers a ReLU or a neuron follows. */

import { checkLength } from '../core/shape.js';
import { type Layer, OUTPUT, SIZE_STEP, totalChannelsIn } from './architecture.js';
import type { Parameters } from './parameters.js';

/** A network that can be run: its table of layers and its weights. */
export interface Network {
  readonly layers: readonly Layer[];
  readonly parameters: Parameters;
}

/** Every signal of one forward pass by name, [h,w,C] each: image, relu1, .., pooling1, .., output. */
export type Signals = Map<string, Float32Array>;

/** Whether a ReLU follows: behind every convolution but the last. Pooling has none. */
export function hasRelu(layer: Layer): boolean {
  return layer.op.hasWeights && layer.output !== OUTPUT;
}

/** Whether a neuron follows in the spiking network: behind every ReLU and every pooling. */
export function hasNeuron(layer: Layer): boolean {
  return layer.output !== OUTPUT;
}

/** A signal that must be there: an unknown name is a mistake in the layer table. */
export function signalOf(signals: Signals, name: string): Float32Array {
  const signal = signals.get(name);
  if (!signal) throw new Error(`signal ${name} has not been computed`);
  return signal;
}

/** Refuses an image whose size the network cannot halve four times, or whose channels are not the network's. */
export function checkImage(network: Network, image: Float32Array, height: number, width: number): void {
  if (height % SIZE_STEP !== 0 || width % SIZE_STEP !== 0) {
    throw new Error(`image is ${height}x${width}, expected multiples of ${SIZE_STEP}: pad it first`);
  }
  checkLength('image', image, [height, width, totalChannelsIn(network.layers[0])]);
}
