/**
 * The leaky integrate-and-fire neuron: V(t) = leak V(t-1) + I(t), then as integrate-and-fire. Leak, threshold
 * and reset by subtraction are those of Spiking-FCN (Kim, Chough, Panda, Neuromorphic Computing and
 * Engineering 2, 044015, 2022, and its published code): 0.99, 1, soft. Unlike there it fires at V = V_th, as
 * `if` does.
 */

import { commonParameters } from './commonParameters.js';
import { ONE, single } from './integrateAndFire.js';
import type { Neuron } from './neuron.js';

export const leakyIntegrateAndFire: Neuron = {
  ...single,
  name: 'lif',
  summary: 'leaky integrate-and-fire',
  parameters: commonParameters({ ...ONE, leak: 0.99, resets: ['soft', 'hard'] }),
};
