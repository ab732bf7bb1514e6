/**
 * Signals that are added must count in one unit, and so must those that an operation without weights passes
 * on together, and the activation of their sum. The largest lambda of such a group becomes the lambda of all
 * its signals, so nothing more is clipped. In a group with the image or the output it is 1, their own.
 * Currents without neurons have no lambda of their own; a group of them alone keeps 1. The paper's U-Net has
 * no such groups.
 */

import { UsageError } from '../core/error.js';
import { IMAGE, type Layer, OUTPUT } from '../net/architecture.js';
import { hasRelu } from '../net/network.js';
import type { ChannelLambdas, Lambdas } from './statistics.js';

/** Lambdas of signals, made equal within each group. */
export function shareLambdas(layers: readonly Layer[], lambdas: Lambdas): Lambdas {
  const shared = new Map(lambdas);
  for (const group of groupsOf(layers, 'signal')) {
    const known = group.flatMap((name) => lambdas.get(name) ?? []);
    const common = isFixed(group) ? 1 : Math.max(...known);
    if (isFixed(group) || known.length > 0) for (const name of namesIn(group)) shared.set(name, common);
  }
  return shared;
}

/** Lambdas of the channels of each signal, [C], made equal within each group, channel by channel. */
export function shareChannelLambdas(layers: readonly Layer[], lambdas: ChannelLambdas): ChannelLambdas {
  const shared = new Map(lambdas);
  for (const group of groupsOf(layers, 'channel')) {
    const known = group.flatMap((name) => lambdas.get(name) ?? []);
    if (known.length === 0) continue;
    const common = known[0].map((_, c) =>
      isFixed(group) ? 1 : Math.max(...known.map((lambda) => lambda[c])),
    );
    for (const name of namesIn(group)) shared.set(name, common);
  }
  return shared;
}

/** Whether the unit of a group is that of the image or of the output: 1. */
function isFixed(group: readonly string[]): boolean {
  return group.includes(IMAGE) || group.includes(OUTPUT);
}

/** The signals of a group that have a lambda: all but the image and the output. */
function namesIn(group: readonly string[]): string[] {
  return group.filter((name) => name !== IMAGE && name !== OUTPUT);
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
  for (const layer of layers) {
    const { name, op, inputs, join, output } = layer;
    const sources = inputs.map((input) => source.get(input));
    const isMixed = join === 'concat' && inputs.length > 1;
    const ends = !op.hasWeights && (hasRelu(layer) || output === OUTPUT);
    if (join === 'add' || (ends && !isMixed) || (!op.hasWeights && isMixed && unit === 'signal')) {
      if (sources.includes(undefined))
        throw new UsageError(
          `normalisation channel: ${name} adds what was concatenated: its units differ, take another`,
        );
      unite([...(sources as string[]), ...(ends ? [output] : [])]);
    }
    source.set(output, op.hasWeights ? output : isMixed && unit === 'channel' ? undefined : sources[0]);
  }
  return [...new Set(groupOf.values())].filter((group) => group.size > 1).map((group) => [...group]);
}
