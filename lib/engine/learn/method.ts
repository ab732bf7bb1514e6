/**
 * What a training method is: how the gradient of one example is computed. Each method is a value in a file of
 * its own (backprop.ts, asfMethod.ts, throughTime.ts). It is given to an engine's trainer, which does the
 * rest: batches, clipping, the optimiser.
 */

import type { FloatImage } from '../../core/floatImage.js';
import type { Network } from '../../net/network.js';
import type { Parameters } from '../../net/parameters.js';
import type { Kernels } from '../kernels/contract.js';

/** One image with what the network should make of it. */
export interface Example {
  readonly image: FloatImage;
  /** Class ids [H,W] (VOID: a pixel that does not count), or the noise map [H,W,K]. */
  readonly target: Uint8Array | Float32Array;
}

export interface LossGradient {
  readonly loss: number;
  /** With respect to every learned parameter of the network, in the form of the parameters. */
  readonly gradients: Parameters;
  /** Running averages after the update by this gradient, if the network has them. */
  readonly statistics?: Parameters;
}

export interface Method<N extends Network = Network> {
  readonly name: string;
  /**
   * Loss and gradients on one example, which has been checked. The gradients live in the scope of the caller.
   */
  gradient(kernels: Kernels, network: N, example: Example): LossGradient;
  /**
   * The mean loss and gradient of a network in which the gradient of one example depends on the others (by
   * statistics over the batch); undefined for other networks.
   */
  gradientOfBatch?(kernels: Kernels, network: N, examples: readonly Example[]): LossGradient | undefined;
}
