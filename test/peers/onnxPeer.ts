/** What the peers that are packages of ONNX Runtime share: graphs written for it, and running them. */

import type { FloatImage } from '../../lib/core/floatImage.js';
import { toChw, toHwc } from '../../lib/format/layout.js';
import { encodeOnnx, type OnnxGraph } from '../../lib/format/onnx.js';
import type { Model } from '../../lib/model/model.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import { IMAGE, OUTPUT } from '../../lib/net/architecture.js';
import { square } from '../../lib/op/conv2d.js';
import { bytesGraph } from './bytesGraph.js';
import type { JsCall, JsPeer } from './jsPeer.js';

interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

interface Session {
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
}

interface SessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
}

/** What is used of its packages. */
export interface OnnxRuntime {
  readonly env: {
    readonly versions: { readonly web?: string; readonly node?: string };
    logLevel?: string;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor;
  readonly InferenceSession: { create(model: Uint8Array, options: SessionOptions): Promise<Session> };
}

/** The peer of a package that has been loaded. */
export function onnxPeer(
  ort: OnnxRuntime,
  threads: number,
  version = 'unknown',
  options: SessionOptions,
): JsPeer {
  ort.env.logLevel = 'error';
  const call = async (graph: OnnxGraph, shape: readonly number[], input: Float32Array) =>
    callOf(ort, await ort.InferenceSession.create(encodeOnnx(graph), options), shape, input);
  const network =
    (graphOf: (model: Model, picture: FloatImage) => OnnxGraph): JsPeer['forward'] =>
    (input, model, height, width) => {
      const { channels } = model.configuration;
      const graph = graphOf(model, { data: input, height, width, channels });
      return call(graph, [1, channels, height, width], toChw(input, height, width, channels));
    };
  return {
    version,
    threads,
    conv: (input, weight, size, channels) => {
      const shape = [1, channels, size, size];
      return call(convGraph(weight, channels, shape), shape, toChw(input, size, size, channels));
    },
    forward: network(unetGraph),
    bytes: network(bytesGraph),
  };
}

function convGraph(weight: Float32Array, channels: number, shape: readonly number[]): OnnxGraph {
  return {
    nodes: [{ op: 'Conv', inputs: [IMAGE, 'weight', 'bias'], output: OUTPUT, attributes: square(3, 1) }],
    tensors: new Map([
      ['weight', { shape: [channels, channels, 3, 3], data: weight }],
      ['bias', { shape: [channels], data: new Float32Array(channels) }],
    ]),
    input: { name: IMAGE, shape },
    output: { name: OUTPUT, shape },
  };
}

function callOf(ort: OnnxRuntime, session: Session, shape: readonly number[], input: Float32Array): JsCall {
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
