/**
 * Spiking-FCN (Kim, Chough, Panda, Neuromorphic Computing and Engineering 2, 044015, 2022, and its published
 * code), to which the paper compares its network. The encoder has nine convolutions in four stages of widths
 * F, 2F, 4F and 16F (its F is 64). A 1x1 convolution of each stage computes scores of the classes. From the
 * deepest stage on, the scores are enlarged by 2 and added to those of the stage before, with neurons after
 * each sum but the last one, which is the output.
 *
 * No neurons follow poolings, scores and enlarged scores: these pass on real numbers. Batch normalisation is
 * not included.
 */

import { avgPool2d } from '../op/avgPool2d.js';
import { conv2d } from '../op/conv2d.js';
import { identity } from '../op/identity.js';
import { upsample2d } from '../op/upsample2d.js';
import { type Configuration, IMAGE, OUTPUT } from './architecture.js';
import type { Node } from './graph.js';

/** Of each stage: how many convolutions, and their channels as multiples of F. */
const STAGES = [
  { convs: 2, factor: 1 },
  { convs: 2, factor: 2 },
  { convs: 3, factor: 4 },
  { convs: 2, factor: 16 },
];

/** Its nodes in the order of computation. */
export function spikingFcn({ width, classes }: Configuration): Node[] {
  const nodes: Node[] = [];
  const add = (node: Node): string => {
    nodes.push(node);
    return node.output;
  };
  /** A node without neurons; its signal has its name. */
  const addCurrent = (name: string, op: Node['op'], input: string): string =>
    add({ name, op, inputs: [input], output: name, follows: 'nothing' });

  let signal = IMAGE;
  let convs = 0;
  const scores: string[] = [];
  for (const [stage, { convs: count, factor }] of STAGES.entries()) {
    if (stage > 0) signal = addCurrent(`pooling${stage}`, halving, signal);
    for (let k = 0; k < count; k++) {
      convs += 1;
      const op = conv2d({ channelsOut: factor * width, kernel: 3 });
      signal = add({ name: `conv${convs}`, op, inputs: [signal], output: `relu${convs}`, follows: 'relu' });
    }
    scores[stage] = addCurrent(`score${stage + 1}`, conv2d({ channelsOut: classes, kernel: 1 }), signal);
  }
  signal = scores[STAGES.length - 1];
  for (let stage = STAGES.length - 2; stage >= 0; stage--) {
    const k = STAGES.length - 1 - stage;
    const up = addCurrent(`upsample${k}`, upsample2d({ channelsOut: classes }), signal);
    const sum = { name: `sum${k}`, op: identity, inputs: [up, scores[stage]], join: 'add' } as const;
    signal = add({
      ...sum,
      ...(stage > 0
        ? { output: `relu_sum${k}`, follows: 'relu' as const }
        : { output: OUTPUT, follows: 'nothing' as const }),
    });
  }
  return nodes;
}

/** Halves the sides; its windows overlap, and padding counts. */
const halving = avgPool2d({ kernel: 3, stride: 2, padding: 1 });
