/** A U-Net as an ONNX graph: what other programs run. Of images of any size that can be halved four times. */

import type { OnnxGraph, OnnxNode } from '../format/onnx.js';
import { IMAGE, type Layer, OUTPUT } from '../net/architecture.js';
import { hasRelu } from '../net/network.js';
import { unpackParameters } from '../net/parameters.js';
import type { Model } from './model.js';

/** The layer table as nodes: input `image` [1,C,H,W], output `output` [1,K,H,W]; weights in PyTorch's layouts, ONNX's too. */
export function unetGraph(model: Model): OnnxGraph {
  const { channels, classes } = model.configuration;
  return {
    nodes: model.layers.flatMap(nodesOf),
    tensors: unpackParameters(model.layers, model.parameters),
    input: { name: IMAGE, shape: [1, channels, 'height', 'width'] },
    output: { name: OUTPUT, shape: [1, classes, 'height', 'width'] },
  };
}

/** Concatenation, operation and ReLU of a layer, where it has them. */
function nodesOf(layer: Layer): OnnxNode[] {
  const { name, op, inputs, output } = layer;
  const joined = inputs.length > 1 ? `${name}.input` : inputs[0];
  const result = hasRelu(layer) ? `${name}.result` : output;
  const weights = op.hasWeights ? [`${name}.weight`, `${name}.bias`] : [];
  return [
    ...(inputs.length > 1 ? [{ op: 'Concat', inputs, output: joined, attributes: { axis: 1 } }] : []),
    { op: op.onnx.type, inputs: [joined, ...weights], output: result, attributes: op.onnx.attributes },
    ...(hasRelu(layer) ? [{ op: 'Relu', inputs: [result], output }] : []),
  ];
}
