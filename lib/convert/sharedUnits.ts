/**
 * Signals that are added must count in one unit, and so must those that an operation without weights passes
 * on together. The largest lambda of such a group becomes the lambda of all its signals, so nothing more is
 * clipped. In a group with the image it is 1, the image's own. The paper's U-Net has no such groups.
 */

import { UsageError } from '../core/error.js';
import { IMAGE, type Layer } from '../net/architecture.js';
import type { ChannelLambdas, Lambdas } from './statistics.js';

/** Lambdas of signals, made equal within each group. */
export function shareLambdas(layers: readonly Layer[], lambdas: Lambdas): Lambdas {
  const shared = new Map(lambdas);
  for (const group of groupsOf(layers, 'signal')) {
    const known = group.map((name) => lambdas.get(name)!);
    const common = group.includes(IMAGE) ? 1 : Math.max(...known);
    for (const name of group) if (name !== IMAGE) shared.set(name, common);
  }
  return shared;
}

/** Lambdas of the channels of each signal, [C], made equal within each group, channel by channel. */
export function shareChannelLambdas(layers: readonly Layer[], lambdas: ChannelLambdas): ChannelLambdas {
  const shared = new Map(lambdas);
  for (const group of groupsOf(layers, 'channel')) {
    const signals = group.filter((name) => name !== IMAGE);
    const known = signals.map((name) => lambdas.get(name)!);
    const isImage = group.includes(IMAGE);
    const common = known[0].map((_, c) => (isImage ? 1 : Math.max(...known.map((lambda) => lambda[c]))));
    for (const name of signals) shared.set(name, common);
  }
  return shared;
}

/**
 * The groups of more than one signal. Each signal is named after the layer with weights that it comes from,
 * or is the image.
 */
function groupsOf(layers: readonly Layer[], unit: 'signal' | 'channel'): string[][] {
  const source = new Map<string, string | undefined>([[IMAGE, IMAGE]]);
  const groupOf = new Map<string, Set<string>>();
  const unite = (names: readonly string[]) => {
    const whole = new Set(names.flatMap((name) => [...(groupOf.get(name) ?? [name])]));
    for (const name of whole) groupOf.set(name, whole);
  };
  for (const { name, op, inputs, join, output } of layers) {
    const sources = inputs.map((input) => source.get(input));
    const isMixed = join === 'concat' && inputs.length > 1;
    if (join === 'add' || (!op.hasWeights && isMixed && unit === 'signal')) {
      if (sources.includes(undefined))
        throw new UsageError(
          `normalisation channel: ${name} adds what was concatenated: its units differ, take another`,
        );
      unite(sources as string[]);
    }
    source.set(output, op.hasWeights ? output : isMixed && unit === 'channel' ? undefined : sources[0]);
  }
  return [...new Set(groupOf.values())].filter((group) => group.size > 1).map((group) => [...group]);
}
