/**
 * A network in whole numbers (lib/integer) that was prepared for an engine: it is run like any other, and its
 * results are in volts.
 */

import { multipleOf } from '../net/graph.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { requireImage } from './kernels/checked.js';
import type { Kernels } from './kernels/contract.js';
import type { Program } from './program.js';
import { holdWhole, refuse } from './simulate/wholeNumbers.js';

/** Prepares a network whose parameters are whole numbers. */
export function newIntegerProgram(kernels: Kernels, network: SpikingNetwork): Program {
  const held = holdWhole(kernels, network);
  return {
    multipleOf: multipleOf(network.layers),
    run: () => refuse('has no forward pass'),
    examine: () => refuse('has no forward pass'),
    quantised: () => refuse('has no form with rounded activations'),
    simulate(image, options) {
      requireImage(network, image);
      return held.simulate(image.data, [image.height, image.width], options);
    },
    bytesOf: (height, width, options) => held.bytesOf(height, width, options?.steps ?? 1),
    dispose: () => held.dispose(),
  };
}
