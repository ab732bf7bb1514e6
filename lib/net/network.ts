/** A network: its table of layers and its weights; which of its layers a ReLU or a neuron follows. */

import { type Layer, OUTPUT } from './architecture.js';
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

/**
 * Whether neurons follow in the spiking network: in place of every ReLU, and where `follows` is `neurons`.
 */
export function hasNeuron({ follows }: Layer): boolean {
  return follows !== 'nothing';
}

/** Whether a layer's current is itself the signal that others read: real numbers, not spikes. */
export function handsOnCurrent({ follows, output }: Layer): boolean {
  return follows === 'nothing' && output !== OUTPUT;
}

/** A signal that must be there: an unknown name is a mistake in the layer table. */
export function signalOf(signals: Signals, name: string): Float32Array {
  const signal = signals.get(name);
  if (!signal) throw new Error(`signal ${name} has not been computed`);
  return signal;
}
