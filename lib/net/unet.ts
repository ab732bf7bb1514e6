/**
 * The network of the paper (section 3.1, Fig. 1d). Encoder and decoder have four stages of widths F, 2F, 4F,
 * 8F with 16F between them (the paper's F is 64). Every conv but the last and every transposed conv is
 * followed by a ReLU; there is no batch normalisation.
 */

import { avgPool2d } from '../op/avgPool2d.js';
import { conv2d } from '../op/conv2d.js';
import { convTranspose2d } from '../op/convTranspose2d.js';
import { type Configuration, IMAGE, OUTPUT } from './architecture.js';
import type { Node } from './graph.js';

const STAGES = 4;
const pool = avgPool2d({ kernel: 2 });

/** Its nodes in the order of computation. */
export function unet({ task, width, classes }: Configuration): Node[] {
  const nodes: Node[] = [];
  const add = (node: Node): string => {
    nodes.push(node);
    return node.output;
  };
  let convs = 0;
  const addConv = (channelsOut: number, ...inputs: readonly string[]): string => {
    convs += 1;
    const op = conv2d({ channelsOut, kernel: 3 });
    return add({ name: `conv${convs}`, op, inputs, output: `relu${convs}`, follows: 'relu' });
  };

  let signal = IMAGE;
  const skips: string[] = [];
  for (let level = 0; level < STAGES; level++) {
    const channels = width * 2 ** level;
    skips[level] = addConv(channels, addConv(channels, signal));
    const name = `pooling${level + 1}`;
    signal = add({ name, op: pool, inputs: [skips[level]], output: name, follows: 'neurons' });
  }
  const deepest = width * 2 ** STAGES;
  signal = addConv(deepest, addConv(deepest, signal));
  for (let level = STAGES - 1; level >= 0; level--) {
    const channelsOut = width * 2 ** level;
    const name = `convtranspose${STAGES - level}`;
    const op = convTranspose2d({ channelsOut, kernel: 3, stride: 2 });
    const up = add({ name, op, inputs: [signal], output: `relu_${name}`, follows: 'relu' });
    signal = addConv(channelsOut, addConv(channelsOut, skips[level], up)); // the order (skip, up)
  }
  const op = conv2d({ channelsOut: classes, kernel: task === 'segment' ? 1 : 3 });
  add({ name: `conv${convs + 1}`, op, inputs: [signal], output: OUTPUT, follows: 'nothing' });
  return nodes;
}
