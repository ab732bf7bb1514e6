/** The peer TensorFlow.js with its WebAssembly back-end. In Node that back-end has SIMD but no threads. */

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { packConv, unpackConvTranspose } from '../../lib/format/layout.js';
import type { Model } from '../../lib/model/model.js';
import { IMAGE, type Layer, OUTPUT, totalChannelsIn } from '../../lib/net/architecture.js';
import { layerParameters } from '../../lib/net/parameters.js';
import { type JsCall, type LoadPeer, runJsPeer } from './jsPeer.js';

interface Tensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

interface FusedConvolution {
  readonly x: Tensor;
  readonly filter: Tensor;
  readonly strides: number;
  readonly pad: number;
  readonly bias: Tensor;
  readonly activation?: 'linear' | 'relu';
}

/** What is used of @tensorflow/tfjs-core. */
interface Tensorflow {
  readonly version_core: string;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  tidy<T>(work: () => T): T;
  tensor(values: Float32Array, shape: number[]): Tensor;
  readonly fused: { conv2d(convolution: FusedConvolution): Tensor };
  conv2dTranspose(
    x: Tensor,
    filter: Tensor,
    outputShape: number[],
    strides: number,
    pad: number,
    rounding: 'floor',
  ): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  relu(x: Tensor): Tensor;
  avgPool(x: Tensor, size: number, strides: number, pad: number): Tensor;
  concat(parts: Tensor[], axis: number): Tensor;
}

const load: LoadPeer = async (modules) => {
  const require = createRequire(join(modules, 'peer.js'));
  const tf: Tensorflow = require('@tensorflow/tfjs-core');
  const backend: { setWasmPaths(folder: string): void } = require('@tensorflow/tfjs-backend-wasm');
  backend.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await tf.setBackend('wasm');
  await tf.ready();
  return {
    version: tf.version_core,
    threads: 1,
    conv: async (input, weight, size, channels) => {
      const x = tf.tensor(input, [1, size, size, channels]);
      const filter = tf.tensor(packConv(weight, [channels, channels, 3, 3]), [3, 3, channels, channels]);
      const bias = tf.tensor(new Float32Array(channels), [channels]);
      return callOf(tf, () => tf.fused.conv2d({ x, filter, strides: 1, pad: 1, bias }));
    },
    forward: async (input, model, height, width) => {
      const image = tf.tensor(input, [1, height, width, model.configuration.channels]);
      return callOf(tf, unet(tf, model, image));
    },
  };
};

/** Results are computed when they are asked for: reading one value in time would cost more than it tells. */
function callOf(tf: Tensorflow, compute: () => Tensor): JsCall {
  return {
    run: () => tf.tidy(compute).dispose(),
    output: () => tf.tidy(compute).data(),
  };
}

/** The network as a function; its weights are made once. */
function unet(tf: Tensorflow, model: Model, image: Tensor): () => Tensor {
  const linear = new Map(model.layers.map((layer) => [layer.name, linearOf(tf, layer, model)]));
  return () => {
    const signals = new Map([[IMAGE, image]]);
    for (const { name, inputs, output } of model.layers) {
      const parts = inputs.map((input) => signals.get(input)!);
      signals.set(output, linear.get(name)!(parts.length > 1 ? tf.concat(parts, 3) : parts[0]));
    }
    return signals.get(OUTPUT)!;
  };
}

/** One layer with the ReLU after it. */
function linearOf(tf: Tensorflow, layer: Layer, model: Model): (x: Tensor) => Tensor {
  const { op, channelsOut } = layer;
  const { kernel } = op;
  if (!op.hasWeights) return (x) => tf.avgPool(x, 2, 2, 0);
  const channelsIn = totalChannelsIn(layer);
  const parameters = layerParameters(model.parameters, layer);
  const bias = tf.tensor(parameters.bias, [channelsOut]);
  if (op.name.startsWith('conv2d')) {
    const filter = tf.tensor(parameters.weight, [kernel, kernel, channelsIn, channelsOut]);
    const activation = layer.output === OUTPUT ? 'linear' : 'relu';
    const pad = (kernel - 1) / 2;
    return (x) => tf.fused.conv2d({ x, filter, strides: 1, pad, bias, activation });
  }
  const weight = packConv(unpackConvTranspose(parameters.weight, [channelsIn, channelsOut, 3, 3]), [
    channelsIn,
    channelsOut,
    3,
    3,
  ]);
  const filter = tf.tensor(weight, [3, 3, channelsOut, channelsIn]);
  return (x) => {
    const [, height, width] = x.shape;
    const up = tf.conv2dTranspose(x, filter, [1, 2 * height, 2 * width, channelsOut], 2, 1, 'floor');
    return tf.relu(tf.add(up, bias));
  };
}

await runJsPeer(load);
