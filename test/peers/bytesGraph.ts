/**
 * A U-Net as an ONNX graph of 8 bits, in the form that ONNX Runtime takes: every signal is rounded to a byte
 * and made float32 again (QuantizeLinear, DequantizeLinear), and the runtime makes one operation on bytes of
 * every operation between such pairs that it has on bytes. Version 1.22 has convolutions, poolings and
 * concatenations; transposed convolutions and the output layer run in float32. Scales of signals come from
 * their largest values on the picture that is timed; weights have 7 bits and a scale for each
 * output channel.
 */

import type { FloatImage } from '../../lib/core/floatImage.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { withProgram } from '../../lib/engine/door.js';
import type { OnnxGraph, OnnxNode, OnnxTensor } from '../../lib/format/onnx.js';
import type { Model } from '../../lib/model/model.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import { IMAGE, OUTPUT } from '../../lib/net/architecture.js';

/** TensorProto.DataType. Numbers are written as float32; the runtime casts them when it reads the graph. */
const TYPE = { byte: 2, signedByte: 3, integer: 6 };
const MOST_BYTE = 255;
/** 7 bits: without VNNI instructions its sums of two products have 16 bits, and are wrong beyond them. */
const MOST_WEIGHT = 63;

/** The graph for signals such as those of this picture [H,W,C]. */
export function bytesGraph(model: Model, picture: FloatImage): OnnxGraph {
  const graph = unetGraph(model);
  const scales = scalesOf(graph, model, picture);
  const made = new Map(graph.tensors);
  const tensor = (name: string, data: Float32Array, shape: readonly number[] = [data.length]) => {
    made.set(name, { data, shape });
    return name;
  };
  const zero = tensor('zero', Float32Array.of(0), []);
  /** A signal that is rounded, `NAME.rounded`. */
  const round = (name: string): OnnxNode[] => {
    const how = [tensor(`${name}.scale`, Float32Array.of(scales.get(name)!), []), `${zero}.byte`];
    return [
      { op: 'QuantizeLinear', inputs: [name, ...how], output: `${name}.byte` },
      { op: 'DequantizeLinear', inputs: [`${name}.byte`, ...how], output: `${name}.rounded` },
    ];
  };
  /** A parameter [O,..] as whole numbers of a type, times the scale of its output channel. */
  const whole = (name: string, to: number, scale: Float32Array): OnnxNode[] => {
    const { data, shape } = graph.tensors.get(name)!;
    const each = data.length / shape[0];
    tensor(
      name,
      data.map((value, k) => Math.round(value / scale[Math.floor(k / each)])),
      shape,
    );
    tensor(`${name}.scale`, scale);
    return [
      { op: 'Cast', inputs: [name], output: `${name}.whole`, attributes: { to } },
      {
        ...{ op: 'DequantizeLinear', inputs: [`${name}.whole`, `${name}.scale`], output: `${name}.rounded` },
        attributes: { axis: 0 },
      },
    ];
  };
  /** An operation on rounded signals, and with parameters in whole numbers where there is one on bytes. */
  const onRounded = (node: OnnxNode): OnnxNode[] => {
    const [signal, weight, bias] = node.inputs;
    const inputs = node.inputs.map((name) => (scales.has(name) ? `${name}.rounded` : name));
    if (node.op !== 'Conv' || node.output === OUTPUT) return [{ ...node, inputs }];
    const ofWeight = weightScales(graph.tensors.get(weight)!);
    const ofBias = ofWeight.map((scale) => scale * scales.get(signal)!);
    const parameters = [weight, bias].map((name) => `${name}.rounded`);
    return [
      ...whole(weight, TYPE.signedByte, ofWeight),
      ...whole(bias, TYPE.integer, ofBias),
      { ...node, inputs: [inputs[0], ...parameters] },
    ];
  };
  const nodes = graph.nodes.flatMap((node) => [
    ...onRounded(node),
    ...(scales.has(node.output) ? round(node.output) : []),
  ]);
  const cast: OnnxNode = {
    op: 'Cast',
    inputs: [zero],
    output: `${zero}.byte`,
    attributes: { to: TYPE.byte },
  };
  return { ...graph, nodes: [cast, ...round(IMAGE), ...nodes], tensors: made };
}

/** What a unit of a byte is worth, of every signal that is rounded: those after a ReLU, none before it. */
function scalesOf(graph: OnnxGraph, model: Model, picture: FloatImage): ReadonlyMap<string, number> {
  const signals = [IMAGE, ...model.layers.map(({ output }) => output).filter((name) => name !== OUTPUT)];
  const engine = chooseEngine();
  const largest = withProgram(engine, model, (program) =>
    program.examine(
      picture,
      ({ signal }) => new Map(signals.map((name) => [name, signal(name).reduce(larger, 0)])),
    ),
  );
  engine.dispose();
  for (const { op, inputs, output } of graph.nodes)
    if (op === 'Concat') largest.set(output, inputs.map((name) => largest.get(name)!).reduce(larger));
  return new Map([...largest].map(([name, value]) => [name, (value || 1) / MOST_BYTE]));
}

/** Of a weight [O,I,ky,kx]: the largest of an output channel is 63 units. */
function weightScales({ data, shape: [channelsOut] }: OnnxTensor): Float32Array {
  const each = data.length / channelsOut;
  return Float32Array.from({ length: channelsOut }, (_, o) => {
    const largest = data
      .subarray(o * each, (o + 1) * each)
      .map(Math.abs)
      .reduce(larger, 0);
    return (largest || 1) / MOST_WEIGHT;
  });
}

function larger(a: number, b: number): number {
  return Math.max(a, b);
}
