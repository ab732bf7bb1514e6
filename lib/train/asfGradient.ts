/**
 * ASF-BP, the paper's fine-tuning (section 3.4, Algorithm 1): the network is simulated over T steps, and the
 * gradient is computed once, on the sums over the steps. Behind the simulation it is the back-propagation of the
 * U-Net (engine/backward.ts) with flows for activations, p = 1[I_in > 0] for the ReLU's derivative, and T biases.
 */

import { backward, type Trace } from '../engine/backward.js';
import type { Kernels } from '../engine/contract.js';
import { applyLayer, gatherInput } from '../engine/forward.js';
import { simulate } from '../engine/simulateNetwork.js';
import { ALL_SUMS, type Mode, type Simulation } from '../engine/simulation.js';
import { IMAGE } from '../net/architecture.js';
import { type Signals, signalOf } from '../net/network.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { LossGradient } from './backprop.js';
import type { Example } from './example.js';
import { lossOf } from './lossOf.js';

/** Where the paper leaves ASF-BP open, contradicts itself, or the authors' code does something else (docs/audit.md). */
export interface AsfChoices {
  /** How I_in of the last layer becomes the prediction: its mean over the steps, or the sum as Eq. 11 says. */
  readonly logits: 'mean' | 'sum';
  /** How often the bias is in I_in: at every step as in the simulation, or once as in Eq. 9 and the authors' code. */
  readonly flowBias: 'steps' | 'once';
  /** What I_out sums: spikes as they fired (line 9), only where I_in > 0 (Eq. 10), or spikes of IF neurons without V_th (the authors' code). */
  readonly flow: 'fired' | 'gated' | 'counted';
}

export const PAPER_ASF: AsfChoices = { logits: 'mean', flowBias: 'steps', flow: 'fired' };

export interface AsfOptions extends Partial<AsfChoices> {
  /** T */
  readonly steps: number;
  readonly mode: Mode;
}

/** Loss and gradients of a spiking network on one example (Algorithm 1). The gradients live in the scope of the caller. */
export function asfGradient(
  kernels: Kernels,
  network: SpikingNetwork,
  example: Example,
  options: AsfOptions,
): LossGradient {
  const { height, width, input } = example;
  const { steps, mode } = options;
  const choices = { ...PAPER_ASF, ...options };
  const keep = choices.flow === 'counted' ? ALL_SUMS : (['currents', 'flows'] as const);
  const simulation = simulate(kernels, network, input, height, width, { steps, mode, keep }); // lines 1-11
  const trace = flowTrace(kernels, network, simulation, example, choices);
  const summed = choices.flowBias === 'once' ? replayLast(kernels, network, trace) : simulation.output; // Eq. 9
  const divisor = choices.logits === 'mean' ? steps : 1;
  const prediction = summed.map((current) => current / divisor);
  const { loss, gradOutput } = lossOf(kernels, prediction, example); // line 15
  const gradCurrent = gradOutput.map((gradient) => gradient / divisor); // dL/dI_in of the last layer
  return { loss, gradients: backward(kernels, network, trace, gradCurrent) }; // lines 16-20
}

/** The sums over the steps as a trace; the static input entered T times. */
function flowTrace(
  kernels: Kernels,
  network: SpikingNetwork,
  simulation: Simulation,
  { height, width, input }: Example,
  { flow, flowBias }: AsfChoices,
): Trace {
  const { steps, currents } = simulation;
  const flows = { fired, gated, counted }[flow](simulation, kernels, network);
  const signals = new Map(flows).set(
    IMAGE,
    input.map((value) => value * steps),
  );
  const biasFactor = flowBias === 'once' ? 1 : steps;
  return { height, width, signals, gates: currents, biasFactor }; // lines 12-14: p = 1[I_in > 0]
}

/** Line 9: every spike counts, times its threshold. */
const fired = ({ flows }: Simulation): Signals => flows;

/** Eq. 10: 0 where I_in is not above 0, whatever was fired on the way. */
function gated({ flows, currents }: Simulation, kernels: Kernels): Signals {
  for (const [name, flow] of flows) kernels.reluBackward(flow, flow, signalOf(currents, name));
  return flows;
}

/** Spikes of neurons with one threshold without that threshold. */
function counted(simulation: Simulation, _kernels: Kernels, network: SpikingNetwork): Signals {
  if (network.neuron.mostThresholds > 1) return simulation.flows;
  return new Map([...simulation.spikeCounts].map(([name, counts]) => [name, Float32Array.from(counts)]));
}

/** I_in of the last layer from the flow that reaches it (Eq. 9): its bias enters once. */
function replayLast(
  kernels: Kernels,
  network: SpikingNetwork,
  { signals, height, width }: Trace,
): Float32Array {
  const last = network.layers.at(-1)!;
  const flow = gatherInput(kernels, last, signals, height, width);
  return applyLayer(kernels, last, network.parameters, flow, height, width);
}
