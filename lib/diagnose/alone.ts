/**
 * One layer alone: a U-Net in which a single layer's activations are replaced by what its neurons would make
 * of them in T steps (all other layers stay exact). The neurons see the exact activation as a constant
 * current, in units of their lambdas.
 */

import type { Prediction } from '../engine/predict.js';
import type { Pass } from '../engine/program.js';
import type { LayerNeuron } from '../neuron/spikingNetwork.js';
import { startMembranes } from '../neuron/start.js';

/** The activations of one layer as its neurons encode them. */
interface Encoded {
  /** lambda I_out / T, the activation as the next layer sees it, [h,w,C]. */
  readonly signal: Float32Array;
  /** Spikes of all neurons in all steps. */
  readonly spikes: number;
}

/** Encodes activations [h,w,C] with neurons whose unit is lambda [C]. */
function encode(
  { neuron, parameters }: LayerNeuron,
  activations: Float32Array,
  lambdas: ArrayLike<number>,
  steps: number,
): Encoded {
  const channels = lambdas.length;
  const current = activations.map((activation, n) => activation / lambdas[n % channels]);
  const membrane = new Float32Array(neuron.membranes(parameters.thresholds.length) * current.length);
  startMembranes(neuron, parameters, membrane);
  const [flow, out] = [new Float32Array(current.length), new Float32Array(current.length)];
  const fired = new Uint8Array(current.length);
  let spikes = 0;
  for (let t = 0; t < steps; t++) {
    neuron.step(out, fired, membrane, current, parameters);
    for (let n = 0; n < flow.length; n++) {
      flow[n] += out[n];
      spikes += fired[n];
    }
  }
  return { signal: flow.map((sum, n) => (sum / steps) * lambdas[n % channels]), spikes };
}

/** The layer that spikes. */
export interface Alone {
  /** The name of its signal. */
  readonly name: string;
  readonly neurons: LayerNeuron;
  /** Units (lambdas) of its channels, [C]. */
  readonly lambdas: ArrayLike<number>;
  /** T */
  readonly steps: number;
}

/** The output [H,W,K] of the U-Net if one signal is encoded; `activations` [h,w,C] are those of the pass. */
export function outputAlone(
  pass: Pass,
  activations: Float32Array,
  { name, neurons, lambdas, steps }: Alone,
): Prediction {
  const { signal, spikes } = encode(neurons, activations, lambdas, steps);
  return { output: pass.outputWith(name, signal), spikes };
}
