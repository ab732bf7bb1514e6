/** A second architecture, which the project does not know, works in all that the U-Net is used for. */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { stream } from '../../lib/core/rng.js';
import { energyReport, layerCosts, layerEnergy } from '../../lib/measure/energyModels.js';
import type { Model } from '../../lib/model/model.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import {
  inputSize,
  isStatic,
  type Layer,
  OUTPUT,
  outputDims,
  totalChannelsIn,
} from '../../lib/net/architecture.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { layersOf, multipleOf, type Node } from '../../lib/net/graph.js';
import { hasNeuron, hasRelu, type Network, type Signals } from '../../lib/net/network.js';
import { layerParameters } from '../../lib/net/parameters.js';
import { valuesIn } from '../../lib/op/op.js';
import { asfGradient } from '../../lib/paper/asf.js';
import { segmentationLoss } from '../../lib/paper/loss.js';
import { simulate, type Update, withThresholds } from '../../lib/paper/simulate.js';
import { branches, branchesNetwork } from '../support/branches.js';
import { randomImage } from '../support/networks.js';

const configuration = { task: 'segment', width: 3, channels: 2, classes: 3 } as const;
const [HEIGHT, WIDTH] = [12, 8];
const network = branchesNetwork(configuration, 3);
const { layers } = network;
const random = stream(4, 'branches');
const image = randomImage(random, HEIGHT, WIDTH, 2);
const labels = Uint8Array.from({ length: HEIGHT * WIDTH }, () => random.integer(3));
const model: Model = {
  ...{ layers, parameters: network.parameters, stage: 'ann', configuration, preprocess: 'plain' },
  ...{ classNames: ['a', 'b', 'c'], notes: {} },
};
const byName = new Map(layers.map((layer) => [layer.name, layer]));

t.test('channels, sizes and the multiple follow from the operations', async (t) => {
  t.equal(multipleOf(layers), 4);
  t.equal(multipleOf(buildLayers({ task: 'segment', width: 1, channels: 1, classes: 2 })), 16);
  const sizes = new Map([['image', { height: HEIGHT, width: WIDTH, channels: 2 }]]);
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => sizes.get(name)!);
    t.strictSame(
      inputs.map(({ channels }) => channels),
      layer.channelsIn,
      layer.name,
    );
    for (const { height, width } of inputs) t.match(inputSize(layer, HEIGHT, WIDTH), { height, width });
    sizes.set(layer.output, layer.op.outputSize(inputSize(layer, HEIGHT, WIDTH)));
    t.strictSame(sizes.get(layer.output), outputDims(layer, HEIGHT, WIDTH));
  }
  t.equal(totalChannelsIn(byName.get('sum3')!), 3);
  t.equal(totalChannelsIn(byName.get('three')!), 9);
});

t.test('a list of nodes that is no network is refused with the node', async (t) => {
  const nodes = branches(configuration);
  const changed = (name: string, change: Partial<Node>) =>
    nodes.map((node) => (node.name === name ? { ...node, ...change } : node));
  const cases: readonly [string, Partial<Node>, RegExp][] = [
    ['sum', { inputs: ['after_half', 'nowhere'] }, /sum: nothing before it makes nowhere/],
    ['sum', { inputs: [] }, /sum: it reads nothing/],
    ['sum', { inputs: ['after_half', 'after_stem'] }, /sum: its inputs differ in size/],
    ['mixed', { join: 'add' }, /mixed: it adds 3, 2 channels/],
    ['wide', { output: 'after_half' }, /wide: there is a after_half already/],
    ['wide', { name: 'half' }, /half: its name is there twice/],
    ['last', { follows: 'relu' }, /last: nothing follows the output/],
    ['last', { output: 'result' }, /expected a signal "output" of the size of the image/],
  ];
  for (const [name, change, message] of cases) t.throws(() => layersOf(changed(name, change), 2), message);
  t.throws(
    () => buildLayers({ ...configuration, architecture: 'fcn' }),
    /architecture fcn: not known, expected one of unet/,
  );
});

/** A ReLU in place of the neurons: Algorithm 1 over one step is then ordinary back-propagation. */
const relu: Update = (_V, C, layer) => ({
  o: hasRelu(layer) ? C.map((c) => Math.max(0, c)) : C.slice(),
  s: new Uint8Array(C.length),
});

t.test('the gradient is that of finite differences', async (t) => {
  const loss = (prediction: Float32Array) => segmentationLoss(prediction, labels);
  const { byLayer } = asfGradient(network, image, [HEIGHT, WIDTH], 1, relu, loss);
  const lossAt = (changed: Network) => {
    const { Iin } = simulate(changed, image, [HEIGHT, WIDTH], 1, relu);
    return loss(Iin.get(OUTPUT)!).value;
  };
  for (const layer of layers.filter(({ op }) => op.hasWeights)) {
    const { weight } = byLayer.get(layer.name)!;
    const direction = weight.map(() => random.normal());
    const moved = (step: number): Network => {
      const own = layerParameters(network.parameters, layer).weight;
      const changed = own.map((value, k) => value + step * direction[k]);
      return { layers, parameters: new Map(network.parameters).set(`${layer.name}.weight`, changed) };
    };
    const step = 2 ** -12; // few ReLUs change sign on the way
    const slope = (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
    const expected = weight.reduce((sum, value, k) => sum + value * direction[k], 0);
    t.ok(
      Math.abs(slope - expected) < 0.02 * Math.abs(expected) + 2e-3,
      `${layer.name}: ${slope} ${expected}`,
    );
  }
  t.equal(byLayer.size, layers.length - 1, 'all but the pooling');
});

t.test('what comes in is out, but for what is left in the membranes', async (t) => {
  const thresholds = [1, 0.5, 0.25];
  const { Iin, Iout, spikes } = simulate(network, image, [HEIGHT, WIDTH], 6, withThresholds(thresholds));
  t.ok(spikes > 500, `${spikes} spikes`);
  t.equal(Iout.size, layers.length - 1);
  const inputsOf = (layer: Layer) =>
    layer.inputs.map((name) => (name === 'image' ? image.map((value) => 6 * value) : Iout.get(name)!));
  for (const layer of layers) {
    // Sums of exact products: the current of the summed flows is the sum of the currents.
    const { weight, bias } = layerParameters(network.parameters, layer);
    const size = inputSize(layer, HEIGHT, WIDTH);
    const weights = { weight, bias: bias.map((value) => 6 * value) };
    const current = layer.op.forward(naiveJoin(layer, inputsOf(layer)), size, weights);
    const reached = Iin.get(layer.output)!;
    t.ok(
      current.every((value, n) => Math.abs(value - reached[n]) < 1e-3),
      layer.name,
    );
  }
});

/** The joined input by its definition, pixel by pixel. */
function naiveJoin({ join, channelsIn }: Layer, parts: readonly Float32Array[]): Float32Array {
  const pixels = parts[0].length / channelsIn[0];
  const rows = Array.from({ length: pixels }, (_, p) => {
    const cut = parts.map((part, k) => [...part.subarray(p * channelsIn[k], (p + 1) * channelsIn[k])]);
    return join === 'concat' ? cut.flat() : cut[0].map((_, c) => cut.reduce((sum, part) => sum + part[c], 0));
  });
  return Float32Array.from(rows.flat());
}

t.test('every spike pays for the synapses that it reaches, and only the image is multiplied', async (t) => {
  const counts = new Map(
    layers
      .filter(hasNeuron)
      .map((layer) => [
        layer.output,
        Uint32Array.from({ length: valuesIn(outputDims(layer, HEIGHT, WIDTH)) }, () => random.integer(4)),
      ]),
  );
  const costs = layerCosts(layers, counts, HEIGHT, WIDTH);
  layers.forEach((layer, l) => {
    const size = inputSize(layer, HEIGHT, WIDTH);
    // Weights of 1, and of a mean 4: the current counts what arrives.
    const weight = new Float32Array(layer.op.kernel ** 2 * size.channels * layer.channelsOut).fill(1);
    const weights = { weight, bias: new Float32Array(layer.channelsOut) };
    const spikes = layer.inputs.map((name, k) => {
      const silent = new Uint32Array(size.height * size.width * layer.channelsIn[k]);
      return Float32Array.from(counts.get(name) ?? silent);
    });
    const arriving = layer.op
      .forward(naiveJoin(layer, spikes), size, weights)
      .reduce((sum, value) => sum + value, 0);
    t.equal(costs[l].synops, layer.op.hasWeights ? arriving : 4 * arriving, layer.name);
  });
  const macs = (name: string) => layerEnergy(byName.get(name)!, costs[layers.indexOf(byName.get(name)!)]);
  t.equal(macs('half').synops, costs[1].synops * 0.9e-12);
  const mixed = costs[layers.indexOf(byName.get('mixed')!)];
  t.equal(macs('mixed').synops, (mixed.synops * 0.9 + (2 / 5) * mixed.exactMacs * 4.6) * 1e-12);
  const { firstLayer } = energyReport(layers, costs);
  t.equal(firstLayer.exact.operations, costs[0].exactMacs + (2 / 5) * mixed.exactMacs);
});

t.test('normalised, it computes the same in other units', async (t) => {
  const names = layers.flatMap(({ name, output }) => [name, output]);
  const lambdas = new Map(names.map((name) => [name, 0.25 + 3 * random.uniform()]));
  const channelLambdas = new Map(
    layers
      .filter(hasRelu)
      .map(({ output, channelsOut }) => [
        output,
        new Float32Array(channelsOut).map(() => 0.25 + random.uniform()),
      ]),
  );
  const forward = (parameters: Network['parameters']): Signals =>
    simulate({ layers, parameters }, image, [HEIGHT, WIDTH], 1, relu).Iin;
  const plain = forward(network.parameters);
  for (const normalisation of ['connection', 'layer', 'channel']) {
    const ofChannels = normalisation === 'channel' ? channelLambdas : undefined;
    const { parameters, scales } = normaliseModel(model, lambdas, normalisation, undefined, ofChannels);
    if (normalisation === 'layer') continue; // exact only where a concatenation is in one unit (Eq. 7)
    const normalised = forward(parameters);
    for (const { layer, lambdaOut, channels } of scales) {
      const unit = (n: number) => channels?.out[n % layer.channelsOut] ?? lambdaOut;
      const own = plain.get(layer.output)!;
      t.ok(
        normalised.get(layer.output)!.every((value, n) => Math.abs(value * unit(n) - own[n]) < 1e-4),
        `${normalisation}: ${layer.name}`,
      );
    }
  }
});

t.test('ONNX: sums two at a time, concatenations at once', async (t) => {
  const { nodes, tensors } = unetGraph(model);
  const count = (op: string) => nodes.filter((node) => node.op === op).length;
  t.strictSame(['Add', 'Concat', 'Relu', 'Conv'].map(count), [1 + 2 + 2, 2, 10, 8]);
  const made = new Set(['image', ...tensors.keys()]);
  for (const { op, inputs, output } of nodes) {
    t.ok(
      inputs.every((name) => made.has(name)),
      `${op} reads what is there`,
    );
    t.notOk(made.has(output), `${output} is made once`);
    made.add(output);
  }
  t.ok(made.has(OUTPUT));
});

t.test('what reads only the image has one current for all steps', async (t) => {
  t.strictSame(
    layers.filter(isStatic).map(({ name }) => name),
    ['stem'],
  );
});
