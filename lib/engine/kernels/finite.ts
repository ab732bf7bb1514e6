/**
 * Outputs that are not finite. Only the output is searched for them, which costs next to nothing; if one is
 * found, the network is run once more, to name the layer in which they began.
 */

import { DataError } from '../../core/error.js';
import { firstNotFinite } from '../../core/shape.js';
import type { Layer } from '../../net/architecture.js';

/** The output of a network holds NaN or infinities: its weights are damaged, or too large for float32. */
export class NotFiniteError extends DataError {
  override name = 'NotFiniteError';
}

/** Refuses a layer's output that is not finite (NotFiniteError). */
export function requireFiniteLayer(layer: Layer, values: Float32Array): void {
  const bad = firstNotFinite(values);
  if (bad < 0) return;
  throw new NotFiniteError(
    `the output of the network is not finite: ${layer.name} is the first layer that computes ${values[bad]}; ` +
      'its weights are damaged, or too large for float32',
  );
}

/** If an output is not finite, runs `again`, which gives every layer's output to `requireFiniteLayer`. */
export function requireFiniteOutput(last: Layer, output: Float32Array, again: () => void): void {
  if (firstNotFinite(output) < 0) return;
  again();
  requireFiniteLayer(last, output);
}
