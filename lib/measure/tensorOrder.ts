/**
 * Where a tensor of a file belongs in the network: files hold tensors in any order, but errors are searched
 * for in the order of computation.
 */

import { buildLayers } from '../net/architectures.js';

/** Place of a tensor among others, from its name. */
export interface TensorPlace {
  /**
   * The part of the name that names a layer, its signal, `input` or `output`; without one, the whole name.
   */
  readonly layer: string;
  /** Position of that layer in the network; Infinity if the name has no layer. */
  readonly order: number;
  /** Position within the layer. */
  readonly kind: number;
}

/** The order within a layer: parameters, tensors of single steps, sums over the steps. */
const KINDS = ['weight', 'bias', 'amplitude', 'spike', 'membrane', 'flow', 'spikes'];

const places = networkOrder();

/** All networks have the same layers; the image comes first, and `output` where conv19 is. */
function networkOrder(): ReadonlyMap<string, number> {
  const layers = buildLayers({ task: 'segment', width: 1, channels: 1, classes: 1 });
  const named = layers.flatMap(({ name, output }, k) => [[name, k + 1] as const, [output, k + 1] as const]);
  return new Map([['input', 0], ...named]);
}

/** The place of `conv1.weight`, `grad.conv1.weight`, `membrane.relu1`, `input` and the like. */
export function placeOf(name: string): TensorPlace {
  const parts = name.split('.');
  const layer = parts.find((part) => places.has(part)) ?? name;
  const kind = KINDS.findIndex((word) => parts.includes(word));
  return {
    layer,
    order: places.get(layer) ?? Number.POSITIVE_INFINITY,
    kind: kind < 0 ? KINDS.length : kind,
  };
}

/** For `sort`: by layer, within it by kind, then (and where no layer is known) by name. */
export function byPlace(a: string, b: string): number {
  const [first, second] = [placeOf(a), placeOf(b)];
  if (first.order !== second.order) return first.order < second.order ? -1 : 1;
  if (first.order < Number.POSITIVE_INFINITY && first.kind !== second.kind) return first.kind - second.kind;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The names of a tensor's axes, if its name and rank determine them; else none. */
export function axesOf(name: string, shape: readonly number[]): readonly string[] {
  const kind = name.split('.')[0];
  const neuron = ['channel', 'row', 'column'];
  if ((kind === 'spike' || kind === 'membrane') && shape.length === 4) return ['step', ...neuron];
  if (kind === 'membrane' && shape.length === 5) return ['step', 'level', ...neuron];
  if (kind === 'spikes' && shape.length === 1) return ['step'];
  if (['flow', 'input', 'output'].includes(kind) && shape.length === 3) return neuron;
  return [];
}
