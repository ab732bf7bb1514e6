/** A U-Net as an ONNX graph, for other programs; it takes images of any size that its operations divide. */

import { UsageError } from '../core/error.js';
import type { OnnxGraph, OnnxNode } from '../format/onnx.js';
import { IMAGE, type Layer, OUTPUT, parameterShapes } from '../net/architecture.js';
import { hasRelu } from '../net/network.js';
import { unpackParameters } from '../net/parameters.js';
import type { Model } from './model.js';

/**
 * The layer table as nodes: input `image` [1,C,H,W], output `output` [1,K,H,W]; weights in PyTorch's layouts,
 * which are also ONNX's. UsageError for an operation that has no form in ONNX.
 */
export function unetGraph(model: Model): OnnxGraph {
  const { channels, classes } = model.configuration;
  return {
    nodes: model.layers.flatMap(nodesOf),
    tensors: unpackParameters(model.layers, model.parameters),
    input: { name: IMAGE, shape: [1, channels, 'height', 'width'] },
    output: { name: OUTPUT, shape: [1, classes, 'height', 'width'] },
  };
}

/** The nodes of a layer: join, operation and ReLU, where it has them. */
function nodesOf(layer: Layer): OnnxNode[] {
  const { name, op, output } = layer;
  const [joined, joins] = joinNodes(layer);
  const result = hasRelu(layer) ? `${name}.result` : output;
  if (!op.onnx)
    throw new UsageError(`${name}: ${op.name} has no form in ONNX here, so this network cannot be exported`);
  const weights = [...parameterShapes(layer).keys()].map((kind) => `${name}.${kind}`);
  return [
    ...joins,
    { op: op.onnx.type, inputs: [joined, ...weights], output: result, attributes: op.onnx.attributes },
    ...(hasRelu(layer) ? [{ op: 'Relu', inputs: [result], output }] : []),
  ];
}

/** The name of a layer's input, and the nodes that join several inputs: ONNX adds two at a time. */
function joinNodes({ name, inputs, join }: Layer): [name: string, nodes: OnnxNode[]] {
  if (inputs.length === 1) return [inputs[0], []];
  const joined = `${name}.input`;
  if (join === 'concat') return [joined, [{ op: 'Concat', inputs, output: joined, attributes: { axis: 1 } }]];
  const sums = inputs.slice(1).map((input, k) => {
    const before = k === 0 ? inputs[0] : `${name}.sum${k}`;
    const output = k === inputs.length - 2 ? joined : `${name}.sum${k + 1}`;
    return { op: 'Add', inputs: [before, input], output, attributes: {} };
  });
  return [joined, sums];
}
