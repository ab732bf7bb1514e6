/**
 * Algorithm 1, lines 12-21, with Eqs. 9 and 10: the gradient of a Spiking-UNet from what flowed through it in
 * T steps (accumulated spiking flow). It is the back-propagation of a U-Net, with the flows I_out for its
 * activations and p = 1[I_in > 0] for the derivative of its ReLU.
 */

import { IMAGE, inputSize, isStatic, OUTPUT } from '../net/architecture.js';
import { joined, parted } from '../net/join.js';
import { hasNeuron, type Network, type Signals } from '../net/network.js';
import { layerParameters } from '../net/parameters.js';
import type { Weights } from '../op/op.js';
import type { Loss } from './loss.js';
import { simulate, type Update } from './simulate.js';

const { fround } = Math;

/** The loss, and its gradient with respect to the weight and bias of each layer that has them. */
export interface Gradients {
  readonly loss: number;
  readonly byLayer: ReadonlyMap<string, Weights>;
}

/**
 * The gradient of a network on one image [H,W,C]; the loss is that of I_in / T of the last layer (line 15).
 */
export function asfGradient(
  network: Network,
  image: Float32Array,
  [height, width]: readonly [height: number, width: number],
  T: number,
  update: Update,
  loss: (prediction: Float32Array) => Loss,
): Gradients {
  const { layers, parameters } = network;
  const { Iin, Iout } = simulate(network, image, [height, width], T, update); // lines 1-11
  const { value, gradient } = loss(Iin.get(OUTPUT)!.map((current) => current / T)); // line 15
  const flows = new Map(Iout).set(
    IMAGE,
    image.map((x) => x * T),
  ); // the image flows in at every step
  const dIout: Signals = new Map([[OUTPUT, gradient.map((g) => g / T)]]);
  const byLayer = new Map<string, Weights>();
  for (const layer of layers.toReversed()) {
    const delta = dIout.get(layer.output)!; // dL / dI_out
    if (hasNeuron(layer)) gate(delta, Iin.get(layer.output)!);
    const [op, size] = [layer.op, inputSize(layer, height, width)];
    const input = joined(
      layer,
      layer.inputs.map((name) => flows.get(name)!),
    );
    // Line 19.
    if (op.hasWeights) byLayer.set(layer.name, timesBias(op.backwardWeights(delta, input, size), T));
    if (isStatic(layer)) continue;
    const dInput = op.backwardInput(delta, size, layerParameters(parameters, layer)); // line 18
    parted(layer, dInput).forEach((part, k) => {
      if (layer.inputs[k] !== IMAGE) addTo(dIout, layer.inputs[k], part);
    });
  }
  return { loss: value, byLayer };
}

/** Lines 12-14 and Eq. 10: p = 1 where I_in > 0; elsewhere p = 0, and nothing flows back. */
function gate(delta: Float32Array, Iin: Float32Array): void {
  for (let n = 0; n < delta.length; n++) if (!(Iin[n] > 0)) delta[n] = 0;
}

/**
 * Eq. 9 leaves open how often the bias enters I_in; in the simulation (line 6) it is T times, and so here.
 */
function timesBias({ weight, bias }: Weights, T: number): Weights {
  return { weight, bias: bias.map((gradient) => gradient * T) };
}

/** A signal that two layers read receives the sum of their gradients. */
function addTo(gradients: Signals, name: string, part: Float32Array): void {
  const sum = gradients.get(name);
  gradients.set(name, sum ? sum.map((value, n) => fround(value + part[n])) : part);
}
