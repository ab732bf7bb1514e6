/**
 * The contract of kernels for networks in whole numbers (lib/integer). Since nothing is rounded, it says
 * nothing of the order of sums: kernels give the numbers of the definition, or are wrong.
 */

import type { Window } from '../../core/window.js';
import type { IntegerLayer, IntegerNetwork } from '../../integer/integerNetwork.js';

/** What a layer did in some consecutive steps. */
export interface IntegerRun {
  readonly own: IntegerLayer;
  /** What its neurons fired in each of them, [steps,h,w,C]; of the output nothing. */
  readonly codes: Uint8Array;
  /**
   * Potentials after the last of them [h,w,C], in units of unit / D_o; of the output its summed current, in
   * units of 1 / D_o.
   */
  readonly membrane: Int32Array;
}

export interface IntegerOptions {
  /** T */
  readonly steps: number;
  /** How many steps a layer runs before the next layer begins. */
  readonly atOnce: number;
  /** The part of a layer's output whose spikes are counted. */
  counted(own: IntegerLayer): Window;
  /**
   * What a layer is shown to, `atOnce` or fewer steps at a time, if to anything; costs time and memory.
   */
  readonly look?: ((own: IntegerLayer) => ((run: IntegerRun) => void) | undefined) | undefined;
}

export interface IntegerOutput {
  /** The summed current of the output [H,W,K], in units of 1 / D. */
  readonly sum: Int32Array;
  /** Spikes of each layer of neurons in each step, [T], by the name of its signal. */
  readonly spikesPerStep: ReadonlyMap<string, Float64Array>;
}

/** A network in an engine's memory. */
export interface IntegerRunner {
  /** Runs the codes of a picture [H,W,C]. */
  run(
    picture: Int16Array,
    size: readonly [height: number, width: number],
    options: IntegerOptions,
  ): IntegerOutput;
  dispose(): void;
}

export interface IntegerKernels {
  /** The instruction that multiplies codes and weights of at most 8 bits, by its name in WebAssembly. */
  readonly instruction: string;
  load(network: IntegerNetwork): IntegerRunner;
}
