/**
 * Algorithm 1, lines 1-11: the forward part. A network is run for T steps; every layer reads what the layers
 * before it fired in the same step, and sums what flows into it and out of it.
 */

import { IMAGE, inputSize, isStatic, type Layer, OUTPUT, outputDims } from '../net/architecture.js';
import { joined } from '../net/join.js';
import { hasNeuron, type Network, type Signals } from '../net/network.js';
import { layerParameters } from '../net/parameters.js';
import { valuesIn } from '../op/op.js';
import { type Fired, multiThreshold } from './neurons.js';

const { fround } = Math;

/** The sums over T steps, by the name of the signal (relu1, .., output). */
export interface Flows {
  /** I_in: the summed current of each layer, [h,w,C]; that of the last layer is the prediction. */
  readonly Iin: Signals;
  /** I_out: the summed weighted spikes of each layer of neurons, [h,w,C]. */
  readonly Iout: Signals;
  /** Spikes of all neurons in all steps. */
  readonly spikes: number;
}

/** Update of line 8: one step of a layer's neurons. */
export type Update = (V: Float32Array, C: Float32Array, layer: Layer) => Fired;

/** The paper's update: multi-threshold neurons with the same thresholds in every layer. */
export function withThresholds(thresholds: readonly number[]): Update {
  return (V, C) => multiThreshold(V, C, thresholds);
}

/**
 * Runs an image [H,W,C], whose sides are multiples of `multipleOf`, for T steps; all membranes start at `V0`
 * volts.
 */
export function simulate(
  { layers, parameters }: Network,
  image: Float32Array,
  [height, width]: readonly [height: number, width: number],
  T: number,
  update: Update,
  V0 = 0,
): Flows {
  const zeros = () => new Map(layers.map((layer) => [layer.output, zerosFor(layer, height, width)]));
  const [Iin, Iout, V] = [zeros(), zeros(), zeros()]; // line 1
  for (const membrane of V.values()) membrane.fill(V0);
  const current = (layer: Layer, signals: Signals) => {
    const input = joined(
      layer,
      layer.inputs.map((name) => signals.get(name)!),
    );
    return layer.op.forward(input, inputSize(layer, height, width), layerParameters(parameters, layer));
  };
  const still: Signals = new Map([[IMAGE, image]]);
  // Line 2: static coding.
  const C1 = new Map(layers.filter(isStatic).map((layer) => [layer, current(layer, still)]));
  let spikes = 0;
  for (let t = 1; t <= T; t++) {
    const fired = new Map(still);
    for (const layer of layers) {
      const C = C1.get(layer) ?? current(layer, fired); // lines 5-7: the bias enters in every step
      add(Iin.get(layer.output)!, C); // line 9
      const { o, s } = hasNeuron(layer) ? update(V.get(layer.output)!, C, layer) : handOn(C); // line 8
      fired.set(layer.output, o);
      add(Iout.get(layer.output)!, o); // line 9
      spikes += s.reduce((sum, count) => sum + count, 0);
    }
  }
  Iout.delete(OUTPUT);
  return { Iin, Iout, spikes };
}

/** Without neurons the current itself is handed on; the paper has that in its last layer only. */
function handOn(current: Float32Array): Fired {
  return { o: current, s: new Uint8Array() };
}

function zerosFor(layer: Layer, height: number, width: number): Float32Array {
  return new Float32Array(valuesIn(outputDims(layer, height, width)));
}

function add(sum: Float32Array, term: Float32Array): void {
  for (let n = 0; n < sum.length; n++) sum[n] = fround(sum[n] + term[n]);
}
