/**
 * The cost of every number of thresholds in every layer: the squared error that a layer alone causes at the
 * output of the U-Net, with all others exact, and the spikes that it fires. Errors of layers nearly add up,
 * so this table is enough to choose thresholds for all of them (chooseThresholds.ts). No labels are used.
 */

import type { LambdaChoice } from '../convert/conversion.js';
import { type CalibrationImage, forEachImage } from '../convert/statistics.js';
import type { Engine } from '../engine/door.js';
import { type Layer, OUTPUT } from '../net/architecture.js';
import { hasNeuron, hasRelu, type Network } from '../net/network.js';
import type { LayerNeuron } from '../neuron/spikingNetwork.js';
import { outputAlone } from './alone.js';

/** The numbers of thresholds that are tried. */
export const FEWEST = 2;
export const MOST = 8;

export interface Cost {
  readonly thresholds: number;
  /** Sum of the squared differences at the output, over all pixels, channels and images. */
  readonly error: number;
  /** Spikes over all images. */
  readonly spikes: number;
}

/** The costs of FEWEST .. MOST thresholds in one layer, in this order. */
export interface LayerCosts {
  readonly signal: string;
  readonly costs: readonly Cost[];
}

/** The neurons of a layer. */
export interface Encoding {
  kindOf(thresholds: number): LayerNeuron;
  readonly lambdas: LambdaChoice;
  /** T */
  readonly steps: number;
}

/** Runs each layer alone at each number of thresholds; `onCell` is called after each. */
export function measureLayers(
  engine: Engine,
  unet: Network,
  images: readonly CalibrationImage[],
  { kindOf, lambdas, steps }: Encoding,
  onCell?: (done: number) => void,
): LayerCosts[] {
  const layers = unet.layers.filter(hasNeuron);
  const table = layers.map(({ output }) => ({
    signal: output,
    costs: Array.from({ length: MOST - FEWEST + 1 }, (_, k) => ({
      thresholds: FEWEST + k,
      error: 0,
      spikes: 0,
    })),
  }));
  let done = 0;
  forEachImage(engine, unet, images, (pass) => {
    const exact = pass.signal(OUTPUT);
    for (const [l, layer] of layers.entries()) {
      const activations = pass.signal(layer.output);
      for (const cost of table[l].costs) {
        const { thresholds } = cost;
        const alone = {
          ...{ name: layer.output, steps },
          neurons: kindOf(thresholds),
          lambdas: lambdas(unitOf(layer), thresholds),
        };
        const { output, spikes } = outputAlone(pass, activations, alone);
        cost.error += squaredDistance(output, exact);
        cost.spikes += spikes;
        onCell?.(++done);
      }
    }
  });
  return table;
}

/** The number of cells that `measureLayers` computes. */
export function cellCount(unet: Network, images: number): number {
  return unet.layers.filter(hasNeuron).length * (MOST - FEWEST + 1) * images;
}

/** The signal whose lambdas are the units of a layer: a pooling keeps those of the signal that it reads. */
export function unitOf(layer: Layer): string {
  return hasRelu(layer) ? layer.output : layer.inputs[0];
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum;
}
