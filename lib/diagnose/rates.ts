/**
 * Activation against firing rate (Fig. 3 of the paper): for the neurons of some layers, what the U-Net's
 * activation is and what the neuron fires a step, in the unit of the layer. A good conversion has them on the
 * diagonal.
 */

import type { SpikingModel } from '../convert/spikingModel.js';
import type { FloatImage } from '../core/floatImage.js';
import { type Engine, withProgram } from '../engine/door.js';
import type { Model } from '../model/model.js';
import { signalOf } from '../net/network.js';
import { unitsOf } from './flowError.js';

export interface Rates {
  /** The name of the signal: relu11, .. */
  readonly signal: string;
  /** a / lambda of each neuron, [h,w,C] */
  readonly activations: Float64Array;
  /** I_out / T of each neuron, in volts: 1 stands for lambda. */
  readonly rates: Float64Array;
  /** Pearson's correlation of the two; undefined where one of them does not vary. */
  readonly correlation: number | undefined;
}

/** The rates of some signals on one image, whose sides the network divides, over T steps. */
export function firingRates(
  engine: Engine,
  { unet, spiking }: { readonly unet: Model; readonly spiking: SpikingModel },
  image: FloatImage,
  signals: readonly string[],
  steps: number,
): Rates[] {
  const units = unitsOf(spiking);
  const flows = withProgram(
    engine,
    spiking,
    (program) => program.simulate(image, { steps, keep: ['flows'] }).flows,
  );
  return withProgram(engine, unet, (program) =>
    program.examine(image, (pass) =>
      signals.map((signal) => {
        const unit = units.get(signal)!;
        const activations = Float64Array.from(pass.signal(signal), (a, n) => a / unit[n % unit.length]);
        const rates = Float64Array.from(signalOf(flows, signal), (flow) => flow / steps);
        return { signal, activations, rates, correlation: correlation(activations, rates) };
      }),
    ),
  );
}

/** Pearson's correlation; undefined where one of the two does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number | undefined {
  const [meanX, meanY] = [x, y].map(mean);
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - meanX, y[i] - meanY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy);
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
