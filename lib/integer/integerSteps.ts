/**
 * Algorithm 1, lines 1-11, in whole numbers: a layer's current, its neurons, and a network over T steps. No
 * engine is faster to check: the sums have no order, and nothing is rounded.
 */

import { IMAGE, inputSize, isStatic, outputDims } from '../net/architecture.js';
import { valuesIn } from '../op/op.js';
import { forEachPair } from '../op/taps.js';
import type { IntegerLayer, IntegerNetwork } from './integerNetwork.js';

const { max, min } = Math;
const NO_CODES = new Uint8Array(0);

/** Codes of a picture or of spikes, [h,w,C]. */
export type CodeTensor = Int16Array | Uint8Array;

/** The current [h,w,O] of a layer (line 6), in the units of its membranes, of an image of this size. */
export function integerCurrent(
  { layer, weight, bias }: IntegerLayer,
  inputs: readonly CodeTensor[],
  [height, width]: readonly [height: number, width: number],
): Int32Array {
  const { op, channelsIn } = layer;
  const [size, output] = [inputSize(layer, height, width), outputDims(layer, height, width)];
  const [I, O] = [size.channels, output.channels];
  const out = new Int32Array(valuesIn(output));
  for (let n = 0; n < out.length; n++) out[n] = bias[n % O];
  forEachPair(op.taps!, size, output, (tap, o, i) => {
    let ci = 0; // channel of the joined input
    inputs.forEach((codes, part) => {
      const C = channelsIn[part];
      for (let c = 0; c < C; c++, ci++) {
        const code = codes[i * C + c];
        if (code === 0) continue;
        if (op.hasWeights) {
          const row = (tap * I + ci) * O;
          for (let co = 0; co < O; co++) out[o * O + co] += weight[row + co] * code;
        } else out[o * O + ci] += weight[0] * code;
      }
    });
  });
  return out;
}

/**
 * One step of a layer's neurons (Eqs. 4-6): writes what they fire to `codes` [h,w,O]. A neuron of N
 * thresholds D_o 2^j passes them from high to low, j = N-1 .. 0; each that its membrane exceeds takes its
 * share, and is bit j of the code. A membrane saturates once, before it is compared.
 */
export function integerStep(
  own: Pick<IntegerLayer, 'divisor' | 'codes' | 'mostMembrane'>,
  codes: Uint8Array,
  membrane: Int32Array,
  current: Int32Array,
): void {
  const { divisor, mostMembrane } = own;
  const O = divisor.length;
  const highest = (own.codes!.most + 1) / 2;
  for (let n = 0; n < codes.length; n++) {
    const sum = membrane[n] + current[n]; // Eq. 4: V(t-1) + I(t)
    let potential = min(mostMembrane, max(-mostMembrane - 1, sum));
    let code = 0;
    for (let bit = highest; bit >= 1; bit /= 2) {
      const threshold = divisor[n % O] * bit;
      if (potential > threshold) {
        // Eq. 5
        potential -= threshold; // Eq. 4: - V_th,i s_i(t)
        code += bit; // Eq. 6
      }
    }
    membrane[n] = potential;
    codes[n] = code;
  }
}

/** One step of one layer; the arrays belong to the simulation and change in the next step. */
export interface IntegerRecord {
  readonly own: IntegerLayer;
  /** 0 .. T-1 */
  readonly step: number;
  readonly current: Int32Array;
  /** Of the output its summed current. */
  readonly membrane: Int32Array;
  /** What its neurons fired (spikes.ts); of the output nothing. */
  readonly codes: Uint8Array;
}

/**
 * Runs the codes of a picture [H,W,C] for T steps, and returns the summed current of the output [H,W,K] in
 * units of 1 / D. `see` is shown every step of every layer.
 */
export function integerSimulation(
  network: IntegerNetwork,
  picture: Int16Array,
  [height, width]: readonly [height: number, width: number],
  T: number,
  see: (record: IntegerRecord) => void = () => {},
): Int32Array {
  const size = [height, width] as const;
  const count = ({ layer }: IntegerLayer) => valuesIn(outputDims(layer, height, width));
  const sum = new Int32Array(count(network.find(({ codes }) => codes === undefined)!));
  const fired = new Map<string, CodeTensor>([[IMAGE, picture]]);
  const membranes = new Map<IntegerLayer, Int32Array>(); // line 1
  for (const own of network) {
    const { start } = own;
    membranes.set(
      own,
      new Int32Array(count(own)).map((_, n) => start[n % start.length]),
    );
    if (own.codes) fired.set(own.layer.output, new Uint8Array(count(own)));
  }
  const currentOf = (own: IntegerLayer) =>
    integerCurrent(
      own,
      own.layer.inputs.map((name) => fired.get(name)!),
      size,
    );
  const isStill = ({ layer }: IntegerLayer) => isStatic(layer);
  const still = new Map(network.filter(isStill).map((own) => [own, currentOf(own)])); // line 2
  for (let step = 0; step < T; step++) {
    for (const own of network) {
      const current = still.get(own) ?? currentOf(own); // lines 5-7: the bias enters in every step
      if (!own.codes) {
        for (let n = 0; n < sum.length; n++) sum[n] += current[n];
        see({ own, step, current, membrane: sum, codes: NO_CODES });
        continue;
      }
      const [codes, membrane] = [fired.get(own.layer.output) as Uint8Array, membranes.get(own)!];
      integerStep(own, codes, membrane, current); // line 8
      see({ own, step, current, membrane, codes });
    }
  }
  return sum;
}
