/**
 * 3x3 convolutions in whole numbers with their neurons, beside the same convolutions in float32 without any.
 * They are timed as `simulate` runs them: one step of a network of such layers, between a 1x1 layer that
 * reads the picture and a 1x1 layer for its output, whose products are not counted but whose time is.
 */

import { quantiseParameters } from '../../lib/integer/quantise.js';
import { IMAGE, OUTPUT } from '../../lib/net/architecture.js';
import { layersOf, type Node } from '../../lib/net/graph.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { neuronParameters } from '../../lib/neuron/index.js';
import { multiThreshold } from '../../lib/neuron/multiThreshold.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { denseWork, describe, macsOf, randomValues, type Shape, type Together } from './convolutionRows.js';
import { door } from './engine.js';
import type { Work } from './measure.js';

/** Enough for the two layers that are not counted to weigh little. */
const LAYERS = 8;
const CLASSES = 2;
/** With fewer bits more products fit a sum of 16 bits (lib/engine/wasm/shortSums.ts). */
const BITS = [8, 4];
const THRESHOLDS = optimalThresholds(7);

/** 16 channels at the size of the image, 32 at half of it, 64 at a quarter: the same work. */
export function integerSets(size: number): Together[] {
  return [16, 32, 64].map((channels) => {
    const shape: Shape = {
      size: (16 * size) / channels,
      channelsIn: channels,
      channelsOut: channels,
      kernel: 3,
    };
    return [denseWork('float32', 'conv2d', shape), ...BITS.map((bits) => integerWork(shape, bits))];
  });
}

function integerWork(shape: Shape, bits: number): Work {
  const { size, channelsIn: channels } = shape;
  return {
    name: `${bits} bits conv2d ${describe(shape)}`,
    unit: 'GMAC/s',
    amount: LAYERS * macsOf(shape),
    frozen: true,
    prepare: (engine) => {
      const program = door(engine).prepare(networkOf(channels, bits));
      const image = { data: randomValues(size * size).map(Math.abs), height: size, width: size, channels: 1 };
      const call = () => program.simulate(image, { steps: 1, keep: [] }).output;
      return { call, dispose: program.dispose };
    },
  };
}

/** Random weights in whole numbers; how often its neurons fire does not change its time. */
function networkOf(channels: number, bits: number): SpikingNetwork {
  const kernels = [1, ...Array<number>(LAYERS).fill(3), 1];
  const nodes = kernels.map((kernel, k): Node => {
    const last = k === kernels.length - 1;
    return {
      name: `conv${k}`,
      op: conv2d({ channelsOut: last ? CLASSES : channels, kernel }),
      inputs: [k === 0 ? IMAGE : `relu${k - 1}`],
      output: last ? OUTPUT : `relu${k}`,
      follows: last ? 'nothing' : 'relu',
    };
  });
  const layers = layersOf(nodes, 1);
  const neurons = { thresholds: THRESHOLDS, initialPotential: THRESHOLDS.at(-1)! / 2 };
  const network: SpikingNetwork = {
    layers,
    parameters: initialParameters(layers, 1),
    neuron: multiThreshold,
    neuronParameters: neuronParameters(multiThreshold, neurons),
  };
  return { ...network, parameters: quantiseParameters(network, { bits }), bits };
}
