/**
 * ASF-BP as a method, the paper's fine-tuning (section 3.4, Algorithm 1): the network is simulated over T
 * steps, and the gradient is computed once, on the sums over the steps. After the simulation it is the
 * back-propagation of the U-Net (backward.ts) with flows for activations, p = 1[I_in > 0] for the ReLU's
 * derivative, and T biases.
 */

import { IMAGE, outputLayer } from '../../net/architecture.js';
import type { Signals } from '../../net/network.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { applyLayer, gatherInput } from '../kernels/frame.js';
import { simulate } from '../simulate/simulateNetwork.js';
import type { Mode, Simulation, Sums } from '../simulate/simulation.js';
import { backward } from './backward.js';
import { lossOf } from './lossOf.js';
import type { Method } from './method.js';

/** Pieces of Algorithm 1 that can be replaced (lib/official has others); PAPER_ASF is what the paper says. */
export interface AsfPieces {
  /** What `flow` needs of the simulation. */
  readonly keep: readonly Sums[];
  /** Line 9: I_out of every layer, [h,w,C]. */
  flow(sums: Pick<Simulation, 'flows' | 'currents' | 'spikeCounts'>, network: SpikingNetwork): Signals;
  /** Lines 12-14: p is 1 where these are above 0, 0 elsewhere; by signal, [h,w,C]. */
  gates(sums: Pick<Simulation, 'currents'>, network: SpikingNetwork, steps: number): Signals;
  /** How often a bias is in I_in after `steps` steps (line 6). */
  biases(steps: number): number;
  /** Line 15: I_in of the last layer [H,W,K]; `replayed` computes it again from the flow into it (Eq. 9). */
  lastCurrent(simulated: Float32Array, replayed: () => Float32Array): Float32Array;
  /** What that current is divided by to become the prediction. */
  divisor(steps: number): number;
}

export const PAPER_ASF: AsfPieces = {
  keep: ['currents', 'flows'],
  flow: ({ flows }) => flows,
  gates: ({ currents }) => currents, // p = 1[I_in > 0]
  biases: (steps) => steps,
  lastCurrent: (simulated) => simulated,
  divisor: (steps) => steps,
};

export interface AsfOptions {
  /** T */
  readonly steps: number;
  readonly mode?: Mode | undefined;
}

/** How an example is simulated (lines 1-11). */
export type Simulate = typeof simulate;

/**
 * ASF-BP over T steps, with `others` in place of the paper's pieces; `run` simulates where it is not the
 * network itself that runs.
 */
export function asf(
  { steps, mode = 'auto' }: AsfOptions,
  others: Partial<AsfPieces> = {},
  run: Simulate = simulate,
): Method<SpikingNetwork> {
  const { keep, flow, gates, biases, lastCurrent, divisor } = { ...PAPER_ASF, ...others };
  return {
    name: 'ASF-BP',
    gradient(kernels, network, { image, target }) {
      const frame = { kernels, network, height: image.height, width: image.width };
      const simulation = run(frame, image.data, { steps, mode, keep }); // lines 1-11
      const inflow = image.data.map((value) => value * steps); // the static input enters at every step
      const signals = new Map(flow(simulation, network)).set(IMAGE, inflow);
      const trace = {
        signals,
        gates: gates(simulation, network, steps), // lines 12-14
        biasFactor: biases(steps),
      };
      const last = outputLayer(network.layers);
      const current = lastCurrent(simulation.output, () =>
        applyLayer(frame, last, gatherInput(frame, last, signals)),
      );
      const prediction = current.map((sum) => sum / divisor(steps));
      const { loss, gradOutput } = lossOf(kernels, prediction, target); // line 15
      const gradCurrent = gradOutput.map((gradient) => gradient / divisor(steps)); // dL/dI_in
      return { loss, gradients: backward(frame, trace, gradCurrent) }; // lines 16-20
    },
  };
}
