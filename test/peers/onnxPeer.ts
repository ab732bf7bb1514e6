/** The peer ONNX Runtime Web: its WebAssembly provider, on graphs that are written for it. */

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { toChw, toHwc } from '../../lib/format/layout.js';
import { encodeOnnx, type OnnxGraph } from '../../lib/format/onnx.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import { IMAGE, OUTPUT } from '../../lib/net/architecture.js';
import { square } from '../../lib/op/conv2d.js';
import { type JsCall, type LoadPeer, runJsPeer } from './jsPeer.js';

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
        nodes: [{ op: 'Conv', inputs: [IMAGE, 'weight', 'bias'], output: OUTPUT, attributes: square(3, 1) }],
        tensors: new Map([
          ['weight', { shape: [channels, channels, 3, 3], data: weight }],
          ['bias', { shape: [channels], data: new Float32Array(channels) }],
        ]),
        input: { name: IMAGE, shape },
        output: { name: OUTPUT, shape },
      };
      return callOf(ort, graph, shape, toChw(input, size, size, channels));
    },
    forward: (input, model, height, width) => {
      const { channels } = model.configuration;
      return callOf(
        ort,
        unetGraph(model),
        [1, channels, height, width],
        toChw(input, height, width, channels),
      );
    },
  };
};

async function callOf(
  ort: OnnxRuntime,
  graph: OnnxGraph,
  shape: readonly number[],
  input: Float32Array,
): Promise<JsCall> {
  const session = await ort.InferenceSession.create(encodeOnnx(graph), { executionProviders: ['wasm'] });
  const feeds = { [IMAGE]: new ort.Tensor('float32', input, shape) };
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

await runJsPeer(load);
