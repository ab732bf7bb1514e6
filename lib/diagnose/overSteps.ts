/**
 * A spiking network at growing numbers of steps t: its metric, and the spikes of the neurons above one pixel.
 * Each t is a simulation of its own, as `evaluate` runs it: so every number is one that the user can get
 * alone, for every neuron and read-out. With the timing of Algorithm 1 the first t steps are the same in all
 * simulations, so the difference of two of them is what was fired between.
 */

import { UsageError } from '../core/error.js';
import { type Engine, withProgram } from '../engine/door.js';
import { anySize, type Run } from '../engine/predict.js';
import { readOut } from '../engine/readout.js';
import type { Mode, Simulation } from '../engine/simulate/simulation.js';
import { type Evaluation, evaluateRun, type RunEvaluationOptions } from '../measure/evaluateTask.js';
import type { OnImage } from '../measure/imageResult.js';
import type { Model } from '../model/model.js';
import { type Layer, outputDims } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { Sample } from '../picture/sample.js';
import { type Activity, newActivity } from './activity.js';

/** The neurons of a layer above one pixel of the first image. */
export interface Column {
  /** The name of the signal: relu18, .. */
  readonly signal: string;
  readonly row: number;
  readonly column: number;
}

export interface OverStepsOptions extends Omit<RunEvaluationOptions, 'ignore'> {
  /** The numbers of steps t, growing; the last is T. */
  readonly steps: readonly number[];
  readonly mode?: Mode;
  readonly column: Column;
  /** Called with every image at T, as in an evaluation. */
  readonly onImage?: OnImage;
  /** Called after each t with the steps that are done, of the sum of all t. */
  readonly onSteps?: (done: number) => void;
}

/** The network after t steps. */
export interface AtStep {
  readonly steps: number;
  readonly evaluation: Evaluation;
  /** Spikes that each neuron of the column fired since the t before, [C]. */
  readonly column: readonly number[];
}

export interface OverSteps {
  readonly points: readonly AtStep[];
  /** At T. */
  readonly activity: Activity;
}

/** The numbers of steps from 1 to T, or if those are more than `most`, so many of them, evenly spread. */
export function stepsUpTo(last: number, most: number): number[] {
  if (last <= most) return Array.from({ length: last }, (_, t) => t + 1);
  return Array.from({ length: most }, (_, k) => Math.round(1 + (k * (last - 1)) / (most - 1)));
}

/** Measures a network after each number of steps. UsageError for a column that is not there. */
export function overSteps(
  engine: Engine,
  spiking: Model & SpikingNetwork,
  samples: readonly Sample[],
  { steps, mode = 'auto', column, onImage, onSteps, ...judged }: OverStepsOptions,
): OverSteps {
  const { layers, configuration } = spiking;
  const layer = columnLayer(layers, column, samples[0]);
  const activity = newActivity(layers);
  let fired = new Uint32Array(layer.channelsOut);
  let done = 0;
  return withProgram(engine, spiking, (program) => {
    const points = steps.map((t, k): AtStep => {
      const isLast = k === steps.length - 1;
      const columns: Uint32Array[] = [];
      const run: Run = anySize(program.multipleOf, (image) => {
        const simulation = program.simulate(image, { steps: t, mode, keep: ['spikeCounts'] });
        if (columns.length === 0) columns.push(countsOf(simulation, layer, column, image));
        if (isLast) activity.add(simulation, image);
        return { output: readOut(configuration.task, simulation.output, t), spikes: simulation.spikes };
      });
      const evaluation = evaluateRun(spiking, samples, run, judged, isLast ? onImage : undefined);
      const [counts] = columns;
      const since = Array.from(counts, (count, c) => count - fired[c]);
      fired = counts.slice();
      onSteps?.((done += t));
      return { steps: t, evaluation, column: since };
    });
    return { points, activity: activity.summary() };
  });
}

function columnLayer(
  layers: readonly Layer[],
  { signal, row, column }: Column,
  { height, width }: Pick<Sample, 'height' | 'width'>,
): Layer {
  const found = layers.filter(hasNeuron).find(({ output }) => output === signal);
  if (!found) {
    const known = layers.filter(hasNeuron).map(({ output }) => output);
    throw new UsageError(`layer ${signal}: has no neurons, expected one of ${known.join(', ')}`, 'layer');
  }
  if (row >= height || column >= width)
    throw new UsageError(`pixel ${row},${column}: the picture has ${height} rows, ${width} columns`, 'pixel');
  return found;
}

/** Spikes of the neurons of a layer above a pixel of the (padded) image, [C]. */
function countsOf(
  { spikeCounts }: Simulation,
  layer: Layer,
  { row, column }: Column,
  image: { readonly height: number; readonly width: number },
): Uint32Array<ArrayBuffer> {
  const { height, width, channels } = outputDims(layer, image.height, image.width);
  const y = Math.floor((row * height) / image.height);
  const x = Math.floor((column * width) / image.width);
  const at = (y * width + x) * channels;
  return Uint32Array.from(spikeCounts.get(layer.output)!.subarray(at, at + channels));
}
