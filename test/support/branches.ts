/**
 * A second architecture, with what the U-Net lacks: stride, dilation, sums of two and three signals, three
 * inputs.
 */

import { stream } from '../../lib/core/rng.js';
import { type Configuration, IMAGE, OUTPUT } from '../../lib/net/architecture.js';
import { type Architectures, architectures, buildLayers } from '../../lib/net/architectures.js';
import type { Node } from '../../lib/net/graph.js';
import type { Network } from '../../lib/net/network.js';
import { newParameters } from '../../lib/net/parameters.js';
import { avgPool2d } from '../../lib/op/avgPool2d.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { convTranspose2d } from '../../lib/op/convTranspose2d.js';

/** Sides are multiples of 4: a stride of 2, and a pooling after it. */
export function branches({ width, classes }: Configuration): Node[] {
  const conv = (channelsOut: number, kernel: number, stride = 1, dilation = 1) =>
    conv2d({ channelsOut, kernel, stride, dilation });
  const up = convTranspose2d({ channelsOut: width, kernel: 3, stride: 2 });
  const relu = (
    name: string,
    op: Node['op'],
    inputs: readonly string[],
    join: Node['join'] = 'concat',
  ): Node => ({
    ...{ name, op, inputs, join },
    ...{ output: `after_${name}`, follows: 'relu' },
  });
  return [
    relu('stem', conv(width, 3), [IMAGE]),
    relu('half', conv(width, 3, 2), ['after_stem']),
    relu('wide', conv(width, 3, 1, 2), ['after_half']),
    relu('sum', conv(width, 3), ['after_half', 'after_wide'], 'add'),
    { name: 'pool', op: avgPool2d({ kernel: 2 }), inputs: ['after_sum'], output: 'pool', follows: 'neurons' },
    relu('up1', up, ['pool']),
    relu('three', conv(2 * width, 1), ['after_up1', 'after_sum', 'after_half']),
    relu('sum3', conv(width, 1), ['after_up1', 'after_wide', 'after_sum'], 'add'),
    relu('up2', up, ['after_three']),
    relu('up3', up, ['after_sum3']),
    relu('mixed', conv(width, 3), ['after_up2', IMAGE]),
    {
      name: 'last',
      op: conv(classes, 3),
      inputs: ['after_mixed', 'after_up3', 'after_stem'],
      join: 'add',
      output: OUTPUT,
      follows: 'nothing',
    },
  ];
}

/** The project's table with one more line. */
export const withBranches: Architectures = { ...architectures, branches };

/** Such a network whose weights are odd multiples of 2^-5, so that sums are exact and little is exactly 0. */
export function branchesNetwork(configuration: Omit<Configuration, 'architecture'>, seed = 1): Network {
  const layers = buildLayers({ ...configuration, architecture: 'branches' }, withBranches);
  const parameters = new Map(newParameters(layers, (length) => new Float32Array(length)));
  for (const [name, values] of parameters) {
    const random = stream(seed, 'branches', name);
    parameters.set(
      name,
      values.map(() => (2 * random.integer(16) - 13) / 32),
    );
  }
  return { layers, parameters };
}
