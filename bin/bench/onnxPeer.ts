/** The peer ONNX Runtime Web: its WebAssembly provider, on a graph that is written for it (onnx.ts). */

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { toChw, toHwc } from '../../lib/tensor/layout.js';
import { IMAGE, type Layer, OUTPUT } from '../../lib/unet/architecture.js';
import { hasRelu } from '../../lib/unet/forward.js';
import type { Model } from '../../lib/unet/model.js';
import { unpackParameters } from '../../lib/unet/parameters.js';
import { type JsCall, type LoadPeer, runJsPeer } from './jsPeer.js';
import { encodeOnnx, type OnnxGraph, type OnnxNode } from './onnx.js';

interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

/** What is used of onnxruntime-web. */
interface OnnxRuntime {
  readonly env: {
    readonly versions: { readonly web?: string };
    readonly wasm: { numThreads?: number; wasmPaths?: string };
    logLevel?: string;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
  readonly InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: string[] }): Promise<Session>;
  };
}

const load: LoadPeer = async (modules, threads) => {
  const require = createRequire(join(modules, 'peer.js'));
  const ort: OnnxRuntime = require('onnxruntime-web');
  ort.env.wasm.wasmPaths = dirname(require.resolve('onnxruntime-web')) + sep;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return {
    version: ort.env.versions.web ?? 'unknown',
    threads,
    conv: (input, weight, size, channels) => {
      const shape = [1, channels, size, size];
      const graph: OnnxGraph = {
        nodes: [
          { op: 'Conv', inputs: [IMAGE, 'weight', 'bias'], output: OUTPUT, attributes: convolution(3) },
        ],
        tensors: new Map([
          ['weight', { shape: [channels, channels, 3, 3], data: weight }],
          ['bias', { shape: [channels], data: new Float32Array(channels) }],
        ]),
        input: { name: IMAGE, shape },
        output: { name: OUTPUT, shape },
      };
      return callOf(ort, graph, toChw(input, size, size, channels));
    },
    forward: (input, model, height, width) => {
      const { channels } = model.configuration;
      return callOf(ort, unetGraph(model, height, width), toChw(input, height, width, channels));
    },
  };
};

async function callOf(ort: OnnxRuntime, graph: OnnxGraph, input: Float32Array): Promise<JsCall> {
  const session = await ort.InferenceSession.create(encodeOnnx(graph), { executionProviders: ['wasm'] });
  const feeds = { [IMAGE]: new ort.Tensor('float32', input, graph.input.shape) };
  return {
    run: async () => {
      await session.run(feeds);
    },
    output: async () => {
      const { data, dims } = (await session.run(feeds))[OUTPUT];
      const [, channels, height, width] = dims;
      return toHwc(data, channels, height, width);
    },
  };
}

/** The layer table as nodes, weights in PyTorch's layouts, which are ONNX's. */
function unetGraph(model: Model, height: number, width: number): OnnxGraph {
  const { channels, classes } = model.configuration;
  return {
    nodes: model.layers.flatMap(nodesOf),
    tensors: unpackParameters(model.layers, model.parameters),
    input: { name: IMAGE, shape: [1, channels, height, width] },
    output: { name: OUTPUT, shape: [1, classes, height, width] },
  };
}

/** Concatenation, linear operation and ReLU of a layer, where it has them. */
function nodesOf(layer: Layer): OnnxNode[] {
  const { name, op, inputs, output } = layer;
  const joined = inputs.length > 1 ? `${name}.input` : inputs[0];
  const result = hasRelu(layer) ? `${name}.result` : output;
  const nodes: OnnxNode[] = [];
  if (inputs.length > 1) nodes.push({ op: 'Concat', inputs, output: joined, attributes: { axis: 1 } });
  if (!op.hasWeights) {
    const attributes = { kernel_shape: [2, 2], strides: [2, 2] };
    nodes.push({ op: 'AveragePool', inputs: [joined], output: result, attributes });
  } else {
    const [type, attributes] = op.name.startsWith('conv2d')
      ? ['Conv', convolution(op.kernel)]
      : ['ConvTranspose', { ...convolution(3), strides: [2, 2], output_padding: [1, 1] }];
    nodes.push({ op: type, inputs: [joined, `${name}.weight`, `${name}.bias`], output: result, attributes });
  }
  if (hasRelu(layer)) nodes.push({ op: 'Relu', inputs: [result], output });
  return nodes;
}

/** Attributes of a convolution that keeps the size. */
function convolution(kernel: number) {
  return { kernel_shape: [kernel, kernel], pads: new Array<number>(4).fill((kernel - 1) / 2) };
}

await runJsPeer(load);
