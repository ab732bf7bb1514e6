/**
 * One time step backwards (back-propagation through time), for neurons with one threshold, with a cascade of
 * them, and with levels. With u = leak V(t-1) + I(t) and the spike's derivative g (a surrogate), o(t) = G(u)
 * and V(t) = H(u) give
 *
 *     du = dL/do(t) dG/du + dL/dV(t) dH/du,   dL/dI(t) = du,   dL/dV(t-1) = leak du
 *
 * A `detached` reset is not part of the graph: there dH/du is what it would be without the spike's
 * derivative. float32, each product and each sum rounded, in the order of the formulas.
 */

import { UsageError } from '../core/error.js';
import type { NeuronParameters } from './commonParameters.js';
import type { Dynamics, Neuron, SpikeDerivative, StepBack, StepInput } from './neuron.js';
import { findSurrogate } from './surrogate.js';

const { fround } = Math;

/** A step backwards, and the derivative of a spike that it takes. */
export interface StepsBack {
  readonly back: StepBack;
  readonly derivative: SpikeDerivative;
}

type Trainable = Pick<Neuron, 'name' | 'back' | 'derivative'>;

/**
 * The step of a neuron backwards, with the derivative that is given or else its own. UsageError if it cannot
 * be trained through time.
 */
export function stepBackOf({ name, back, derivative: usual }: Trainable, derivative = usual): StepsBack {
  if (back && derivative) return { back, derivative };
  throw new UsageError(`neuron ${name} has no derivative: it cannot be trained through time, only by ASF-BP`);
}

/**
 * The derivative of a neuron's spikes: a surrogate by name, and whether gradients flow through the reset;
 * what is left out is as the neuron's authors have it. UsageError if it cannot be trained through time.
 */
export function derivativeFor(
  neuron: Trainable,
  surrogate?: string,
  reset?: SpikeDerivative['reset'],
): SpikeDerivative {
  const { derivative: usual } = stepBackOf(neuron);
  return {
    surrogate: surrogate === undefined ? usual.surrogate : findSurrogate(surrogate),
    reset: reset ?? usual.reset,
  };
}

/** Potential u of neuron n's membrane at `at`. */
function potential(leak: number, { membrane, current }: StepInput, at: number, n: number): number {
  return fround(fround(leak * membrane[at]) + current[n]);
}

/**
 * dV/du of one threshold: with a soft reset 1 - V_th g, with a hard one (1 - s) - u g; detached without g.
 */
function resetSlope(hard: boolean, u: number, fires: boolean, threshold: number, g: number): number {
  const kept = hard && fires ? 0 : 1;
  return fround(kept - fround((hard ? u : threshold) * g));
}

/** The backward step of a neuron that fires where V >= V_th. */
export const backSingle: StepBack = (gradCurrent, carried, gradOut, before, parameters, derivative) => {
  backMembrane(
    gradCurrent,
    carried,
    gradOut,
    before,
    parameters,
    derivative,
    0,
    (u, threshold) => u >= threshold,
  );
};

/**
 * The backward step of a neuron with a membrane for each threshold: dL/dI is the sum over the levels, from
 * the highest threshold down.
 */
export const backLevels: StepBack = (gradCurrent, carried, gradOut, before, parameters, derivative) => {
  gradCurrent.fill(0);
  const part = new Float32Array(gradCurrent.length);
  for (let level = 0; level < parameters.thresholds.length; level++) {
    backMembrane(
      part,
      carried,
      gradOut,
      before,
      parameters,
      derivative,
      level,
      (u, threshold) => u > threshold,
    );
    for (let n = 0; n < part.length; n++) gradCurrent[n] = fround(gradCurrent[n] + part[n]);
  }
};

/** The backward step of one membrane with one threshold: dG/du = a g. */
function backMembrane(
  gradCurrent: Float32Array,
  carried: Float32Array,
  gradOut: Float32Array,
  before: StepInput,
  { thresholds, spikeValues, leak: volts, reset }: NeuronParameters,
  { surrogate, reset: resetGradient }: SpikeDerivative,
  level: number,
  fires: (u: number, threshold: number) => boolean,
): void {
  const [threshold, value, leak] = [thresholds[level], spikeValues[level], volts].map(fround);
  const hard = reset === 'hard';
  const detached = resetGradient === 'detached';
  for (let n = 0; n < gradOut.length; n++) {
    const at = level * gradOut.length + n;
    const u = potential(leak, before, at, n);
    const g = surrogate.derivative(u, threshold);
    const slope = resetSlope(hard, u, fires(u, threshold), threshold, detached ? 0 : g);
    const du = fround(fround(gradOut[n] * fround(value * g)) + fround(carried[at] * slope));
    gradCurrent[n] = du;
    carried[at] = fround(leak * du);
  }
}

/**
 * The backward step of a cascade: threshold i sees what those above it have left, so that du_i/du = c_i, the
 * product of (1 - V_th,j g_j) over the thresholds above it, and dG/du = ((0 + a_1 g_1 c_1) + a_2 g_2 c_2) +
 * ..; dH/du is the c after the lowest one.
 */
export const backCascade: StepBack = (gradCurrent, carried, gradOut, before, parameters, derivative) => {
  const thresholds = Float32Array.from(parameters.thresholds);
  const values = Float32Array.from(parameters.spikeValues);
  const leak = fround(parameters.leak);
  const { surrogate, reset } = derivative;
  for (let n = 0; n < gradOut.length; n++) {
    let left = potential(leak, before, n, n);
    let slope = 1;
    let outputSlope = 0;
    for (let i = 0; i < thresholds.length; i++) {
      const g = surrogate.derivative(left, thresholds[i]);
      outputSlope = fround(outputSlope + fround(fround(values[i] * g) * slope));
      slope = fround(slope * fround(1 - fround(thresholds[i] * g)));
      if (left > thresholds[i]) left = fround(left - thresholds[i]);
    }
    const du = fround(
      fround(gradOut[n] * outputSlope) + fround(carried[n] * (reset === 'detached' ? 1 : slope)),
    );
    gradCurrent[n] = du;
    carried[n] = fround(leak * du);
  }
};

/** The dynamics whose kernels give the bits of a step backwards. */
export const backwardDynamics: ReadonlyMap<StepBack, Dynamics> = new Map([
  [backSingle, 'single'],
  [backLevels, 'levels'],
  [backCascade, 'cascade'],
]);
