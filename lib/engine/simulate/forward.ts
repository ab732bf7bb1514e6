/** The forward pass of a U-Net: every layer with its ReLU. The spiking network is in simulateNetwork.ts. */

import { IMAGE, type Layer, lastReaders, OUTPUT, outputLayer } from '../../net/architecture.js';
import { hasRelu, type Signals, signalOf } from '../../net/network.js';
import { requireFiniteLayer, requireFiniteOutput } from '../kernels/finite.js';
import { applyLayer, type Frame, gatherInput, releaseInput } from '../kernels/frame.js';

/**
 * Runs the U-Net on one image [H,W,C]. The signals live in the scope of the caller: all of them, for the
 * backward pass, or with `keep` 'output' the last one only. NotFiniteError for an output that is not finite.
 */
export function forward(frame: Frame, image: Float32Array, keep: 'all' | 'output' = 'all'): Signals {
  const signals = walk(frame, image, keep);
  requireFiniteOutput(outputLayer(frame.network.layers), signalOf(signals, OUTPUT), () =>
    frame.kernels.scope(() => walk(frame, image, 'output', requireFiniteLayer)),
  );
  return signals;
}

/** Runs layer by layer; calls `see` with each output. */
function walk(
  frame: Frame,
  image: Float32Array,
  keep: 'all' | 'output',
  see?: (layer: Layer, signal: Float32Array) => void,
): Signals {
  const { kernels, network } = frame;
  const signals: Signals = new Map([[IMAGE, image]]);
  const readers = lastReaders(network.layers);
  for (const layer of network.layers) {
    const signal = computeSignal(frame, layer, signals);
    signals.set(layer.output, signal);
    see?.(layer, signal);
    if (keep === 'all') continue;
    for (const name of layer.inputs) {
      if (name === IMAGE || readers.get(name) !== layer) continue;
      kernels.release(signalOf(signals, name));
      signals.delete(name);
    }
  }
  return signals;
}

/**
 * The output [H,W,K] if one signal is `replaced` by [h,w,C]: all that depends on it is computed again from
 * the signals of a forward pass, which do not change.
 */
export function forwardFrom(
  frame: Frame,
  signals: Signals,
  replaced: { readonly name: string; readonly signal: Float32Array },
): Float32Array {
  const { kernels, network } = frame;
  const changed: Signals = new Map([[replaced.name, replaced.signal]]);
  const readers = lastReaders(network.layers);
  for (const layer of network.layers) {
    if (!layer.inputs.some((name) => changed.has(name))) continue;
    const seen = new Map([...signals, ...changed]);
    changed.set(layer.output, computeSignal(frame, layer, seen));
    for (const name of layer.inputs) {
      if (name === replaced.name || !changed.has(name) || readers.get(name) !== layer) continue;
      kernels.release(signalOf(changed, name));
    }
  }
  return signalOf(changed, OUTPUT);
}

/** One layer with its ReLU, where it has one. */
function computeSignal(frame: Frame, layer: Layer, signals: Signals): Float32Array {
  const input = gatherInput(frame, layer, signals);
  const current = applyLayer(frame, layer, input);
  if (hasRelu(layer)) frame.kernels.reluForward(current, current);
  releaseInput(frame, layer, input);
  return current;
}
