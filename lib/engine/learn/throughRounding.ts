/**
 * ASF-BP through the rounding of weights to whole numbers (lib/integer). What is simulated is the network in
 * whole numbers; its flows, and its weights in volts, are then those of Algorithm 1, and the gradient is
 * taken for that of the weights that learn, which stay float32 (the straight-through estimator of Bengio,
 * Leonard, Courville, 2013).
 *
 * The simulation must be the one in whole numbers, and not in float32 with rounded weights: there a current
 * of exactly 0, or a membrane that is exactly at a threshold, is frequent and turns out either way.
 */

import type { BitWidths } from '../../integer/bitWidths.js';
import { quantiseParameters } from '../../integer/quantise.js';
import type { Rounding } from '../../integer/rounding.js';
import { parametersInVolts } from '../../integer/volts.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import { holdWhole } from '../simulate/wholeNumbers.js';
import { type AsfOptions, type AsfPieces, asf, type Simulate } from './asfMethod.js';
import { meanGradient } from './batch.js';
import type { Method } from './method.js';

/** ASF-BP over T steps with weights of so many bits. */
export function asfThroughRounding(
  options: AsfOptions,
  bits: BitWidths,
  others: Partial<AsfPieces> = {},
  round?: Rounding,
): Method<SpikingNetwork> {
  const together: NonNullable<Method<SpikingNetwork>['gradientOfBatch']> = (kernels, network, examples) => {
    const whole = { ...network, parameters: quantiseParameters(network, bits, round), ...bits };
    const rounded = { ...network, parameters: parametersInVolts(whole) };
    const release = kernels.hold(rounded.parameters.values());
    const held = holdWhole(kernels, whole);
    const run: Simulate = ({ height, width }, image, simulation) =>
      held.simulate(image, [height, width], simulation);
    try {
      return meanGradient(kernels, rounded, asf(options, others, run), examples);
    } finally {
      held.dispose();
      release();
    }
  };
  return {
    name: `ASF-BP with weights of ${bits.bits} bits`,
    gradient: (kernels, network, example) => together(kernels, network, [example])!,
    gradientOfBatch: together,
  };
}
