/**
 * Spiking-FCN as a table of layers: its shapes, its files, its conversion, its energy, and what it is
 * refused.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { layerScales } from '../../lib/convert/scales.js';
import { stream } from '../../lib/core/rng.js';
import { planTiles } from '../../lib/engine/tiles.js';
import { energyReport, layerCosts, layerEnergy } from '../../lib/measure/energyModels.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import { OUTPUT, outputDims, parameterShapes } from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { multipleOf } from '../../lib/net/graph.js';
import { handsOnCurrent, hasNeuron, hasRelu } from '../../lib/net/network.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { simulate, type Update } from '../../lib/paper/simulate.js';
import { randomImage } from '../support/networks.js';

const task = 'segment';
const configuration = { architecture: 'spiking-fcn', task, width: 2, channels: 3, classes: 3 } as const;
const layers = buildLayers(configuration);
const [HEIGHT, WIDTH] = [16, 24];
const random = stream(3, 'spiking-fcn');
const image = randomImage(random, HEIGHT, WIDTH, 3);
const model: Model = {
  ...{ layers, parameters: initialParameters(layers, 3), stage: 'ann', configuration },
  ...{ preprocess: 'plain', classNames: ['a', 'b', 'c'], notes: {} },
};
const byName = new Map(layers.map((layer) => [layer.name, layer]));

t.test('the layers of the paper of Spiking-FCN, at its width of 64', async (t) => {
  const wide = buildLayers({ ...configuration, width: 64, classes: 21 });
  const shapes = wide.map((layer) => [layer.name, ...parameterShapes(layer).values()]);
  const conv = (name: string, ...shape: number[]) => [name, shape, [shape[0]]];
  t.strictSame(shapes, [
    ...[conv('conv1', 64, 3, 3, 3), conv('conv2', 64, 64, 3, 3), conv('score1', 21, 64, 1, 1)],
    ...[['pooling1'], conv('conv3', 128, 64, 3, 3), conv('conv4', 128, 128, 3, 3)],
    ...[conv('score2', 21, 128, 1, 1), ['pooling2'], conv('conv5', 256, 128, 3, 3)],
    ...[conv('conv6', 256, 256, 3, 3), conv('conv7', 256, 256, 3, 3), conv('score3', 21, 256, 1, 1)],
    ...[['pooling3'], conv('conv8', 1024, 256, 3, 3), conv('conv9', 1024, 1024, 3, 3)],
    conv('score4', 21, 1024, 1, 1),
    ...[1, 2, 3].flatMap((k) => [[`upsample${k}`, [21, 21, 3, 3]], [`sum${k}`]]),
  ]);
  t.equal(multipleOf(wide), 8);
  t.strictSame(
    wide.filter(hasNeuron).map(({ output }) => output),
    [...Array.from({ length: 9 }, (_, k) => `relu${k + 1}`), 'relu_sum1', 'relu_sum2'],
  );
  const heights = wide.map((layer) => outputDims(layer, 32, 64).height);
  t.strictSame(heights, [32, 32, 32, 16, 16, 16, 16, 8, 8, 8, 8, 8, 4, 4, 4, 4, 8, 8, 16, 16, 32, 32]);
});

t.test('a file knows its architecture', async (t) => {
  const { model: read } = decodeModel(encodeModel(model), 'm');
  t.strictSame(read.configuration, configuration);
  t.strictSame([...read.parameters], [...model.parameters]);
  t.notOk(read.parameters.has('upsample1.bias'));
});

/** A ReLU in the place of the neurons. */
const relu: Update = (_V, C) => ({ o: C.map((c) => Math.max(0, c)), s: new Uint8Array() });
const currents = (parameters: Model['parameters']) =>
  simulate({ layers, parameters }, image, [HEIGHT, WIDTH], 1, relu).Iin;

t.test('normalised, it computes the same in other units: a current has that of its sum', async (t) => {
  const neurons = layers.filter(hasRelu);
  const lambdas = new Map(neurons.map(({ output }) => [output, 0.25 + 3 * random.uniform()]));
  const channelLambdas = new Map(
    neurons.map(({ output, channelsOut }) => [
      output,
      new Float32Array(channelsOut).map(() => 0.25 + 3 * random.uniform()),
    ]),
  );
  const plain = currents(model.parameters);
  for (const normalisation of ['connection', 'layer', 'channel']) {
    const ofChannels = normalisation === 'channel' ? channelLambdas : undefined;
    const { parameters, scales } = normaliseModel(model, lambdas, normalisation, undefined, ofChannels);
    const normalised = currents(parameters);
    for (const { layer, lambdaOut, channels } of scales) {
      const own = plain.get(layer.output)!;
      const unit = (n: number) => channels?.out[n % layer.channelsOut] ?? lambdaOut;
      const error = own.map((value, n) => Math.abs(normalised.get(layer.output)![n] * unit(n) - value));
      t.ok(Math.max(...error) < 1e-5 * Math.max(...own.map(Math.abs)), `${normalisation}: ${layer.name}`);
    }
  }
  const units = new Map(
    layerScales(layers, lambdas, 'connection').map((own) => [own.layer.name, own.lambdaOut]),
  );
  for (const name of ['sum1', 'upsample1', 'score3'])
    t.equal(units.get(name), lambdas.get('relu_sum1'), name);
  for (const name of ['sum3', 'upsample3', 'score1', 'score4']) t.equal(units.get(name), 1, name);
  t.equal(units.get('pooling1'), lambdas.get('relu2'), 'a pooling has that of what it reads');
});

t.test('spikes are added; numbers that are no spikes are multiplied', async (t) => {
  const counts = new Map(
    layers
      .filter(({ output }) => output !== OUTPUT)
      .map((layer) => {
        const { height, width, channels } = outputDims(layer, HEIGHT, WIDTH);
        return [layer.output, new Uint32Array(height * width * channels).fill(1)] as const;
      }),
  );
  const costs = layerCosts(layers, counts, HEIGHT, WIDTH);
  const cost = (name: string) => costs[layers.indexOf(byName.get(name)!)];
  t.equal(cost('conv2').products, 0, 'reads spikes');
  t.equal(cost('conv3').products, cost('conv3').synops, 'reads means of spikes');
  t.equal(
    cost('conv3').synops,
    (3 * 8 - 2) * (3 * 12 - 2) * 2 * 4,
    'every value reaches nine pixels, fewer at the edges',
  );
  t.equal(cost('sum1').products, 0, 'an addition');
  t.equal(cost('sum1').synops, 2 * 4 * 6 * 3);
  t.equal(cost('upsample2').products, 0, 'reads spikes');
  t.equal(cost('pooling1').spikes, 0, 'a current is no spike');
  const { synops, joules } = energyReport(layers, costs).synops;
  const products = costs.reduce((sum, each) => sum + each.products, 0);
  const expected = ((synops - products) * 0.9 + (products + cost('conv1').exactMacs) * 4.6) * 1e-12;
  t.ok(Math.abs(joules / expected - 1) < 1e-12);
  const total = layers.reduce((sum, layer, l) => sum + layerEnergy(layer, costs[l]).synops, 0);
  t.ok(Math.abs(total / expected - 1) < 1e-12);
});

t.test('what it cannot be is refused: in tiles, in ONNX', async (t) => {
  const limit = { bytes: 2 ** 20, bytesOf: () => 2 ** 21 };
  t.throws(
    () => planTiles(layers, 64, 64, limit),
    /^memory 1: this image needs 2 MiB, and cannot be cut into tiles: upsample1 \(upsample2d/,
  );
  t.equal(planTiles(layers, 64, 64, { ...limit, bytes: 2 ** 21 }), undefined, 'what fits needs no tiles');
  t.throws(() => unetGraph(model), /^upsample1: upsample2d 3x3 stride 2 has no form in ONNX here/);
  t.equal(layers.filter(handsOnCurrent).length, 10);
});
