/**
 * ASF-BP, the paper's fine-tuning (section 3.4, Algorithm 1): the network is simulated over T steps, and the
 * gradient is computed once, on the sums over the steps. Behind the simulation it is the back-propagation of the
 * U-Net (unet/backward.ts) with flows for activations, p = 1[I_in > 0] for the ReLU's derivative, and T biases.
 */

import type { Kernels } from '../kernel/contract.js';
import { simulate } from '../spike/simulate.js';
import type { Mode, Simulation, SpikingNetwork } from '../spike/simulation.js';
import { IMAGE } from '../unet/architecture.js';
import { backward, type Trace } from '../unet/backward.js';
import type { LossGradient } from './backprop.js';
import type { Example } from './example.js';
import { lossOf } from './loss.js';

/** How I_in of the last layer becomes the prediction: its mean over the steps, or the sum as Eq. 11 says. */
export type Logits = 'mean' | 'sum';

export interface AsfOptions {
  /** T */
  readonly steps: number;
  readonly mode: Mode;
  readonly logits: Logits;
}

/** Loss and gradients of a spiking network on one example (Algorithm 1). The gradients live in the scope of the caller. */
export function asfGradient(
  kernels: Kernels,
  network: SpikingNetwork,
  example: Example,
  options: AsfOptions,
): LossGradient {
  const { height, width, input } = example;
  const keep = ['currents', 'flows'] as const;
  const simulation = simulate(kernels, network, input, height, width, { ...options, keep }); // lines 1-11
  const divisor = options.logits === 'mean' ? options.steps : 1;
  const prediction = simulation.output.map((current) => current / divisor);
  const { loss, gradOutput } = lossOf(kernels, prediction, example); // line 15
  const gradCurrent = gradOutput.map((gradient) => gradient / divisor); // dL/dI_in of the last layer
  const trace = flowTrace(simulation, input, height, width);
  return { loss, gradients: backward(kernels, network, trace, gradCurrent) }; // lines 16-20
}

/** The sums over the steps as a trace; the static input entered T times. */
function flowTrace(simulation: Simulation, image: Float32Array, height: number, width: number): Trace {
  const { steps, flows, currents } = simulation;
  const signals = new Map(flows).set(
    IMAGE,
    image.map((value) => value * steps),
  );
  return { height, width, signals, gates: currents, biasFactor: steps }; // lines 12-14: p = 1[I_in > 0]
}
