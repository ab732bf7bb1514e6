/** The figures of Table 5 and section 4.4.3, from the architecture alone. */

import t from 'tap';
import {
  energyReport,
  evenFanOut,
  layerCosts,
  layerEnergy,
  synapticOperations,
} from '../../lib/measure/energyModels.js';
import { type Layer, outputDims } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { spikingEnergy } from '../../lib/paper/flops.js';

const layers = buildLayers({ task: 'segment', width: 64, channels: 3, classes: 32 });
const costs = layerCosts(layers, new Map(), 256, 256);

/** Neurons of a layer for a square image. */
function outputSize(layer: Layer, side: number): number {
  const { height, width, channels } = outputDims(layer, side, side);
  return height * width * channels;
}

t.test('the U-Net has 6.55e10 operations and needs 3.01e-1 J', async (t) => {
  const { unet } = energyReport(layers, costs);
  t.equal(unet.paper.operations.toExponential(2), '6.55e+10');
  t.equal(unet.paper.joules.toExponential(2), '3.01e-1');
});

t.test('counted exactly it has 5.1e10: the paper counts transposed convolutions four times', async (t) => {
  t.equal(energyReport(layers, costs).unet.exact.operations.toExponential(1), '5.1e+10');
});

t.test('the first layer has 1.174e8 operations, biases included', async (t) => {
  t.equal(costs[0].paperMacs, 256 * 256 * 64 * (27 + 1));
  t.equal(costs[0].paperMacs.toExponential(3), '1.174e+8');
});

t.test('174 748 495 to 175 059 487 spikes give both figures of Table 5, no other count does', async (t) => {
  const printed = (spikes: number) => {
    const { operations, joules } = energyReport(layers, costs, spikes).paper;
    return [operations, joules].map((value) => value.toExponential(2));
  };
  const [least, most] = [174_748_495, 175_059_487];
  t.strictSame(printed(least - 1), ['2.92e+8', '6.97e-4']);
  for (const spikes of [least, 1.749e8, most]) t.strictSame(printed(spikes), ['2.92e+8', '6.98e-4']);
  t.strictSame(printed(most + 1), ['2.93e+8', '6.98e-4']);
});

t.test('without the biases of the first layer no spike count gives both figures of Table 5', async (t) => {
  const macs = 256 * 256 * 64 * 27;
  const most = 2.925e8 - macs; // more are 2.93e8 operations
  t.equal(spikingEnergy(most, macs).toExponential(2), '6.82e-4');
});

t.test('the layers of each model sum to its total', async (t) => {
  const counts = new Map(
    layers.map(
      (layer) => [layer.output, new Uint32Array(outputSize(layer, 16)).map((_, n) => n % 3)] as const,
    ),
  );
  const spiking = layerCosts(layers, counts, 16, 16);
  const report = energyReport(layers, spiking);
  const sum = (model: 'unet' | 'paper' | 'synops') =>
    layers.reduce((total, layer, l) => total + layerEnergy(layer, spiking[l])[model], 0);
  const totals = [report.unet.paper.joules, report.paper.joules, report.synops.joules];
  for (const [i, total] of [sum('unet'), sum('paper'), sum('synops')].entries()) {
    t.ok(Math.abs(total / totals[i] - 1) < 1e-12, `${total} of ${totals[i]}`);
  }
});

t.test(
  'in whole numbers of 8 bits, an addition costs 0.03 pJ, a product with its addition 0.23 pJ',
  async (t) => {
    const counts = new Map(
      layers.map((layer) => [layer.output, new Uint32Array(outputSize(layer, 16)).fill(1)]),
    );
    const { whole, synops, firstLayer } = energyReport(layers, layerCosts(layers, counts, 16, 16));
    const expected = 1e-12 * (0.03 * synops.synops + 0.23 * firstLayer.exact.operations);
    t.ok(Math.abs(whole.joules / expected - 1) < 1e-12, `${whole.joules} of ${expected}`);
    t.equal(whole.operations, synops.operations);
  },
);

t.test('where all neurons fire alike, the average fan-out is that of one spike each', async (t) => {
  const small = buildLayers({ task: 'segment', width: 2, channels: 3, classes: 4 });
  const spikes = small.map((layer) => new Uint32Array(outputSize(layer, 256)).fill(1));
  const alike = layerCosts(small, new Map(small.map(({ output }, l) => [output, spikes[l]])), 256, 256);
  const { synops } = energyReport(small, alike);
  const neurons = spikes.slice(0, -1).reduce((total, { length }) => total + length, 0);
  const ratio = (evenFanOut(small, alike, 256, 256) * neurons) / synops.synops;
  t.ok(ratio > 0.95 && ratio < 1.05, `${ratio}: at borders spikes reach less, and poolings are no MACs`);
});

t.test('one accumulation costs 0.9 pJ, one multiply-accumulate 4.6 pJ', async (t) => {
  t.match(spikingEnergy(1e12, 0), 0.9);
  t.match(spikingEnergy(0, 1e12), 4.6);
});

t.test('a spike pays for the synapses it reaches, fewer at the borders', async (t) => {
  const byName = (name: string) => layers.find((layer) => layer.name === name)!;
  const one = (y: number, x: number, size: number, channels: number) => {
    const counts = new Uint32Array(size * size * channels);
    counts[(y * size + x) * channels] = 1;
    return counts;
  };
  const conv2 = byName('conv2'); // 3x3, 64 -> 64, full resolution
  t.equal(synapticOperations(conv2, one(5, 5, 16, 64), 16, 16), 9 * 64, 'inside');
  t.equal(synapticOperations(conv2, one(0, 5, 16, 64), 16, 16), 6 * 64, 'at an edge');
  t.equal(synapticOperations(conv2, one(15, 15, 16, 64), 16, 16), 4 * 64, 'in a corner');
  t.equal(synapticOperations(byName('conv19'), one(0, 0, 16, 64), 16, 16), 32, '1x1');
  t.equal(synapticOperations(byName('pooling1'), one(3, 3, 16, 64), 16, 16), 1, 'pooling');
  const up = byName('convtranspose4'); // 128 -> 64, from half resolution
  t.equal(synapticOperations(up, one(3, 3, 8, 128), 16, 16), 9 * 64, 'transposed, inside');
  t.equal(synapticOperations(up, one(0, 3, 8, 128), 16, 16), 6 * 64, 'transposed, first row');
  t.equal(synapticOperations(up, one(7, 3, 8, 128), 16, 16), 9 * 64, 'transposed, last row');
});
