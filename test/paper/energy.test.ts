/** The figures of Table 5 and section 4.4.3, from the architecture alone. */

import t from 'tap';
import { energyReport, layerCosts, spikingEnergy, synapticOperations } from '../../lib/spike/energy.js';
import { buildLayers } from '../../lib/unet/architecture.js';

const layers = buildLayers({ task: 'segment', width: 64, channels: 3, classes: 32 });
const costs = layerCosts(layers, new Map(), 256, 256);

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

t.test("1.744e8 spikes give the paper's 2.92e8 operations; its 6.98e-4 J are 6.97e-4", async (t) => {
  const { paper } = energyReport(layers, costs, 1.744e8);
  t.equal(paper.operations.toExponential(2), '2.92e+8');
  t.ok(Math.abs(paper.joules - 6.98e-4) < 1e-6, `${paper.joules} J`);
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
