/**
 * What weights are drawn from before a training, as a table; biases are 0. `he` is this project's; the others
 * are PyTorch's of the same names, with its count of fans: of a weight [O,I,k,k] fan-in is I k^2 and fan-out
 * O k^2, and of a transposed convolution's [I,O,k,k] the other way round. The gain is sqrt(2), a ReLU's, for
 * Kaiming.
 */

import { UsageError } from '../core/error.js';
import type { Rng } from '../core/rng.js';
import { type Layer, parameterShapes, totalChannelsIn } from './architecture.js';

export interface Initialisation {
  readonly name: string;
  readonly summary: string;
  /** One weight of a layer that has weights. */
  draw(random: Rng, layer: Layer): number;
}

/** Fans of a layer's weight as PyTorch counts them. */
function fansOf(layer: Layer): { fanIn: number; fanOut: number } {
  const [first, second, ...kernel] = parameterShapes(layer).get('weight')!;
  const taps = kernel.reduce((product, side) => product * side, 1);
  return { fanIn: second * taps, fanOut: first * taps };
}

/** From -bound to bound. */
const between = (random: Rng, bound: number) => bound * (2 * random.uniform() - 1);

export const he: Initialisation = {
  name: 'he',
  summary: 'N(0, 2 / fan-in), a transposed convolution counted by the taps that meet (He et al., 2015)',
  draw: (random, layer) => random.normal() * Math.sqrt(2 / layer.op.fanIn(totalChannelsIn(layer))),
};

const kaimingNormal: Initialisation = {
  name: 'kaiming-normal',
  summary: 'N(0, 2 / fan-in)',
  draw: (random, layer) => random.normal() * Math.sqrt(2 / fansOf(layer).fanIn),
};

const kaimingNormalOut: Initialisation = {
  name: 'kaiming-normal-out',
  summary: 'N(0, 2 / fan-out)',
  draw: (random, layer) => random.normal() * Math.sqrt(2 / fansOf(layer).fanOut),
};

const kaimingUniform: Initialisation = {
  name: 'kaiming-uniform',
  summary: 'up to sqrt(6 / fan-in) either way',
  draw: (random, layer) => between(random, Math.sqrt(6 / fansOf(layer).fanIn)),
};

const kaimingUniformOut: Initialisation = {
  name: 'kaiming-uniform-out',
  summary: 'up to sqrt(6 / fan-out) either way',
  draw: (random, layer) => between(random, Math.sqrt(6 / fansOf(layer).fanOut)),
};

/** Xavier's (Glorot and Bengio, 2010) with a gain; the table has 1, and 2: that of Spiking-FCN's authors. */
export function xavierUniform(gain: number): Initialisation {
  const times = gain === 1 ? '' : `${gain} `;
  return {
    name: gain === 1 ? 'xavier-uniform' : `xavier-uniform-${gain}`,
    summary: `up to ${times}sqrt(6 / (fan-in + fan-out)) either way`,
    draw(random, layer) {
      const { fanIn, fanOut } = fansOf(layer);
      return between(random, gain * Math.sqrt(6 / (fanIn + fanOut)));
    },
  };
}

/** Those that options can name, by their names. */
export const initialisations: Readonly<Record<string, Initialisation>> = Object.fromEntries(
  [
    he,
    kaimingNormal,
    kaimingNormalOut,
    kaimingUniform,
    kaimingUniformOut,
    xavierUniform(1),
    xavierUniform(2),
  ].map((one) => [one.name, one]),
);

/** An initialisation by name; UsageError for a name that is not in the table. */
export function findInitialisation(name: string): Initialisation {
  const initialisation = Object.hasOwn(initialisations, name) ? initialisations[name] : undefined;
  if (initialisation) return initialisation;
  throw new UsageError(`initialisation ${name}: expected one of ${Object.keys(initialisations).join(', ')}`);
}
