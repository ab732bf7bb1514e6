/**
 * Writes ONNX files: just enough of the format (protocol buffers, onnx.proto3) for a graph of single-output
 * nodes with integer attributes and float32 tensors. It reads none.
 */

import { field, integer, join, message, text } from './protobuf.js';

/** An attribute of a node. */
export type OnnxAttributes = Readonly<Record<string, number | readonly number[]>>;

export interface OnnxNode {
  /** Operator, such as Conv. */
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: OnnxAttributes;
}

export interface OnnxTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface OnnxValue {
  readonly name: string;
  /** A name in place of a size means any size. */
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly tensors: ReadonlyMap<string, OnnxTensor>;
  readonly input: OnnxValue;
  readonly output: OnnxValue;
}

const PRODUCER = 'spiking-unet';
const IR_VERSION = 7;
const OPERATOR_SET = 13;
const FLOAT = 1;
/** AttributeProto.AttributeType */
const ATTRIBUTE = { INT: 2, INTS: 7 };

/** The bytes of a model with one graph; the numbers are the fields' in onnx.proto3. */
export function encodeOnnx({ nodes, tensors, input, output }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => message(1, encodeNode(node))),
    text(2, 'network'),
    ...[...tensors].map(([name, tensor]) => message(5, encodeTensor(name, tensor))),
    message(11, encodeValue(input)),
    message(12, encodeValue(output)),
  ];
  return join([
    integer(1, IR_VERSION),
    text(2, PRODUCER),
    message(7, graph),
    message(8, [text(1, ''), integer(2, OPERATOR_SET)]),
  ]);
}

function encodeNode({ op, inputs, output, attributes = {} }: OnnxNode): Uint8Array[] {
  return [
    ...inputs.map((name) => text(1, name)),
    text(2, output),
    text(3, output),
    text(4, op),
    ...Object.entries(attributes).map(([name, value]) => message(5, encodeAttribute(name, value))),
  ];
}

function encodeAttribute(name: string, value: number | readonly number[]): Uint8Array[] {
  return typeof value === 'number'
    ? [text(1, name), integer(3, value), integer(20, ATTRIBUTE.INT)]
    : [text(1, name), ...value.map((item) => integer(8, item)), integer(20, ATTRIBUTE.INTS)];
}

function encodeTensor(name: string, { shape, data }: OnnxTensor): Uint8Array[] {
  // Little-endian, as the format requires, and as on every machine on which Node runs WebAssembly.
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return [...shape.map((size) => integer(1, size)), integer(2, FLOAT), text(8, name), field(9, raw)];
}

function encodeValue({ name, shape }: OnnxValue): Uint8Array[] {
  const dimensions = shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  const tensorType = [integer(1, FLOAT), message(2, dimensions)];
  return [text(1, name), message(2, [message(1, tensorType)])];
}
