/**
 * A network over its steps: what is fired between two simulations is what a trace of every neuron holds; what
 * the layers fired adds up; each neuron is in one bin and one cell.
 */

import fc from 'fast-check';
import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { overSteps, stepsUpTo } from '../../lib/diagnose/overSteps.js';
import { MOST_RATE, RATE_CELL, rateCells } from '../../lib/diagnose/rateCells.js';
import { withProgram } from '../../lib/engine/door.js';
import { padImage } from '../../lib/engine/predict.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { makeImage } from '../../lib/picture/image.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

/** Pixels of the image per pixel of some layers, along a side. */
const STRIDES: Readonly<Record<string, number>> = { relu2: 1, pooling1: 2, relu6: 4, relu18: 1 };
const configuration = { task: 'segment', width: 2, channels: 1, classes: 2 } as const;

/** A network of integrate-and-fire neurons, whose output in a step is V_th for its only spike. */
function fireNetwork(seed: number) {
  const neuron = findNeuron('if');
  const kind = { neuron, neuronParameters: neuronParameters(neuron, { thresholds: [0.25] }) };
  return { ...randomModel(configuration, seed), ...kind };
}

/** A sample of noise with a label of both classes. */
function noiseSample(seed: number, height: number, width: number) {
  const label = Uint8Array.from({ length: height * width }, (_, p) => p % 2);
  const input = randomImage(stream(seed, 'image'), height, width, 1);
  const picture = makeImage(height, width, 1);
  return { name: 'noise', height, width, channels: 1 as const, input, picture, label };
}

t.test('the column of a pixel fires what the trace of all neurons holds', async (t) => {
  fc.assert(
    fc.property(
      fc.record({
        seed: fc.integer({ min: 0, max: 1000 }),
        height: fc.integer({ min: 9, max: 20 }),
        width: fc.integer({ min: 9, max: 20 }),
        last: fc.integer({ min: 1, max: 4 }),
        layer: fc.constantFrom(...Object.keys(STRIDES)),
        at: fc.record({ y: fc.double({ min: 0, max: 0.99 }), x: fc.double({ min: 0, max: 0.99 }) }),
      }),
      ({ seed, height, width, last, layer: signal, at }) => {
        const network = fireNetwork(seed);
        const sample = noiseSample(seed, height, width);
        const [row, column] = [Math.floor(at.y * height), Math.floor(at.x * width)];
        const place = { signal, row, column };
        const judged = { steps: stepsUpTo(last, 9), seed: 1, column: place };
        const { points } = overSteps(referenceEngine, network, [sample], judged);
        const image = padImage({ data: sample.input, height, width, channels: 1 }, 16);
        const trace = withProgram(
          referenceEngine,
          network,
          (program) => program.simulate(image, { steps: last, trace: true }).trace!,
        );
        const { shape, data } = trace.get(`spike.${signal}`)!;
        const [, C, h, w] = shape;
        const [y, x] = [row, column].map((side) => Math.floor(side / STRIDES[signal]));
        for (const [k, point] of points.entries()) {
          const fired = Array.from({ length: C }, (_, c) => Number(data[((k * C + c) * h + y) * w + x] > 0));
          if (fired.join() !== point.column.join())
            throw new Error(`t=${k + 1}: ${point.column}, the trace has ${fired}`);
        }
      },
    ),
    { seed: 3, numRuns: 12 },
  );
  t.pass('12 random networks');
});

t.test('activity adds up to the spikes of the evaluation', async (t) => {
  const samples = [noiseSample(1, 16, 20), noiseSample(2, 32, 16)];
  const column = { signal: 'relu1', row: 0, column: 0 };
  const { points, activity } = overSteps(referenceEngine, fireNetwork(1), samples, {
    ...{ steps: [1, 3], seed: 1, column },
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const { spikes } = points[1].evaluation;
  t.ok(spikes > 0);
  t.equal(sum(activity.layers.flatMap(({ perStep }) => perStep)) * samples.length, spikes);
  t.equal(sum(activity.neuronsBySpikes.map((neurons, k) => neurons * k)), spikes);
  t.equal(sum(activity.costs.map((cost) => cost.spikes)) * samples.length, spikes);
  t.ok(activity.layers.every(({ perStep }) => perStep.length === 3));
});

t.test('the steps: all, or evenly spread from 1 to T', async (t) => {
  t.strictSame(stepsUpTo(1, 4), [1]);
  t.strictSame(stepsUpTo(4, 4), [1, 2, 3, 4]);
  t.strictSame(stepsUpTo(10, 4), [1, 4, 7, 10]);
});

t.test('a column that is not there', async (t) => {
  const run = (signal: string, row: number) => () =>
    overSteps(referenceEngine, fireNetwork(1), [noiseSample(1, 16, 16)], {
      ...{ steps: [1], seed: 1, column: { signal, row, column: 0 } },
    });
  t.throws(run('output', 0), UsageError, 'no neurons');
  t.throws(run('output', 0), /layer output: has no neurons, expected one of relu1/);
  t.throws(run('relu1', 16), /pixel 16,0: the picture has 16 rows, 16 columns/);
});

t.test('every neuron is in one cell, and what is above the axes in the last', async (t) => {
  const x = Float64Array.of(0, 0.01, 0.5, 9, -1);
  const cells = rateCells({ activations: x, rates: Float64Array.of(0, 0, 0.5, 1, 0) });
  const end = MOST_RATE - RATE_CELL;
  t.strictSame(cells, [
    { x: 0, y: 0, neurons: 3 },
    { x: 0.5, y: 0.5, neurons: 1 },
    { x: end, y: 1, neurons: 1 },
  ]);
});
