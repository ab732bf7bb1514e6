/** A simulation as named tensors in PyTorch's layout, for dumps and comparisons (docs/formats.md). */

import { sizeOf } from '../../core/shape.js';
import { toChw } from '../../format/layout.js';
import { imageChannels, type Layer, outputDims, outputLayer } from '../../net/architecture.js';
import { hasNeuron, signalOf } from '../../net/network.js';
import type { NamedTensors } from '../../net/parameters.js';
import type { Footprint } from '../kernels/memory.js';
import type { Simulation, StepRecord } from './simulation.js';

/** `flow.NAME` [C,h,w] and `spikes.NAME` [T] of each neuron layer; its flows must have been kept. */
export function sumsOf(
  layers: readonly Layer[],
  simulation: Simulation,
  height: number,
  width: number,
): NamedTensors {
  const tensors: NamedTensors = new Map();
  for (const layer of layers.filter(hasNeuron)) {
    const { shape, chw } = layoutOf(layer, height, width);
    const name = layer.output;
    tensors.set(`flow.${name}`, { shape, data: chw(signalOf(simulation.flows, name)) });
    const perStep = Float32Array.from(simulation.spikesPerStep.get(name)!);
    tensors.set(`spikes.${name}`, { shape: [perStep.length], data: perStep });
  }
  return tensors;
}

/** The tensors of every step of every neuron, while they are being filled. */
interface StepTrace {
  /**
   * `spike.NAME` and `membrane.NAME` [T,C,h,w] of each neuron layer; [T,k,C,h,w] for neurons with k > 1
   * membranes.
   */
  readonly tensors: NamedTensors;
  /** Adds one step of one layer. */
  add(record: StepRecord): void;
}

/** An empty trace for T steps on an image of this size; `membranes` per neuron (0: no `membrane.NAME`). */
export function newTrace(
  layers: readonly Layer[],
  { height, width }: { readonly height: number; readonly width: number },
  steps: number,
  membranes: (layer: Layer) => number,
): StepTrace {
  const tensors: NamedTensors = new Map();
  for (const layer of layers.filter(hasNeuron)) {
    const { shape } = layoutOf(layer, height, width);
    const levels = membranes(layer) > 1 ? [membranes(layer)] : [];
    const shapes = { spike: [steps, ...shape], membrane: [steps, ...levels, ...shape] };
    for (const [kind, shape] of Object.entries(shapes)) {
      if (kind === 'membrane' && membranes(layer) === 0) continue;
      tensors.set(`${kind}.${layer.output}`, { shape, data: new Float32Array(sizeOf(shape)) });
    }
  }
  const add = ({ layer, step, output, membrane }: StepRecord) => {
    const { chw } = layoutOf(layer, height, width);
    const size = output.length;
    tensors.get(`spike.${layer.output}`)!.data.set(chw(output), step * size);
    const data = tensors.get(`membrane.${layer.output}`)?.data ?? membrane;
    for (let from = 0; from < membrane.length; from += size)
      data.set(chw(membrane.subarray(from, from + size)), step * membrane.length + from);
  };
  return { tensors, add };
}

/** Bytes of the tensors of a dump with its trace: input, output, flows, spike counts, and all steps. */
export function tracedDumpBytes(
  layers: readonly Layer[],
  { height, width, steps, membranes }: Omit<Footprint, 'sums'>,
): number {
  const neuronLayers = layers.filter(hasNeuron);
  const neurons = neuronLayers.reduce((sum, layer) => sum + sizeOf(layoutOf(layer, height, width).shape), 0);
  const ends = height * width * (imageChannels(layers) + outputLayer(layers).channelsOut);
  return 4 * (ends + neurons + neuronLayers.length * steps + (1 + membranes) * steps * neurons);
}

/** The shape [C,h,w] of a layer's output, and the function that brings it there from [h,w,C]. */
function layoutOf(layer: Layer, imageHeight: number, imageWidth: number) {
  const { height, width, channels } = outputDims(layer, imageHeight, imageWidth);
  const chw = (values: Float32Array) => toChw(values, height, width, channels);
  return { shape: [channels, height, width], chw };
}
