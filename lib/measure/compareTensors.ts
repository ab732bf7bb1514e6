/**
 * Where two sets of named tensors (two dumps, two models, two sets of gradients) first differ, and how much
 * each tensor does. A spike is a comparison: one rounding that differs flips it, and all layers after it
 * differ as well; so the first difference is the one to look at.
 */

import type { Shape } from '../core/shape.js';
import { axesOf, byPlace, placeOf } from './tensorOrder.js';

export type Tensors = ReadonlyMap<string, { readonly shape: Shape; readonly data: ArrayLike<number> }>;

export interface CompareOptions {
  /** Values whose distance is at most this count as equal; default: 0. */
  readonly tolerance?: number;
  /** Only tensors whose names start with one of these; default: all. */
  readonly only?: readonly string[];
}

/** One tensor that both have in the same shape. */
export interface TensorDifference {
  readonly name: string;
  readonly shape: Shape;
  readonly elements: number;
  /** Elements that are farther apart than the tolerance. */
  readonly differing: number;
  /** max |a - b|; Infinity where one of two is not a number. */
  readonly largest: number;
  /** ||a - b|| / ||a||; Infinity where a is 0 and b is not. */
  readonly relativeL2: number;
  /** Index of the first element that differs, in the order of the file; -1 if none does. */
  readonly firstIndex: number;
}

/** The first element that differs, by layer, then by step, then by neuron. */
export interface FirstDifference {
  readonly tensor: string;
  readonly layer: string;
  /** The index along each axis of the tensor, from 0. */
  readonly index: readonly number[];
  /** The index by the names of the axes, if they have names: step, channel, row, column. */
  readonly position: Readonly<Record<string, number>>;
  /**
   * If the tensor has no steps: the first step in which the layer's spike counts differ, if they are known.
   */
  readonly firstStep?: number;
  readonly a: number;
  readonly b: number;
  readonly differing: number;
  readonly elements: number;
  readonly largest: number;
}

export interface Comparison {
  readonly equal: boolean;
  /** Undefined where no tensor that both have differs. */
  readonly first?: FirstDifference;
  /** In the order of computation, as are the lists below. */
  readonly tensors: readonly TensorDifference[];
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  readonly shapes: readonly { readonly name: string; readonly a: Shape; readonly b: Shape }[];
}

export function compareTensors(a: Tensors, b: Tensors, options: CompareOptions = {}): Comparison {
  const { tolerance = 0, only = [''] } = options;
  const wanted = (name: string) => only.some((prefix) => name.startsWith(prefix));
  const names = [...new Set([...a.keys(), ...b.keys()])].filter(wanted).sort(byPlace);
  const shared = names.filter((name) => a.has(name) && b.has(name));
  const fits = (name: string) => String(a.get(name)!.shape) === String(b.get(name)!.shape);
  const tensors = shared.filter(fits).map((name) => differenceOf(name, a, b, tolerance));
  const shapes = shared
    .filter((name) => !fits(name))
    .map((name) => ({ name, a: a.get(name)!.shape, b: b.get(name)!.shape }));
  const onlyInA = names.filter((name) => !b.has(name));
  const onlyInB = names.filter((name) => !a.has(name));
  const first = firstDifference(tensors, a, b);
  const equal = !first && shapes.length + onlyInA.length + onlyInB.length === 0;
  return { equal, ...(first && { first }), tensors, onlyInA, onlyInB, shapes };
}

function differenceOf(name: string, a: Tensors, b: Tensors, tolerance: number): TensorDifference {
  const { shape, data: left } = a.get(name)!;
  const { data: right } = b.get(name)!;
  let [differing, firstIndex, largest, squares, size] = [0, -1, 0, 0, 0];
  for (let i = 0; i < left.length; i++) {
    const distance = distanceOf(left[i], right[i]);
    if (distance > tolerance && differing++ === 0) firstIndex = i;
    if (distance > largest) largest = distance;
    squares += distance * distance;
    if (Number.isFinite(left[i])) size += left[i] * left[i];
  }
  const relativeL2 = squares === 0 ? 0 : Math.sqrt(squares / size);
  return { name, shape, elements: left.length, differing, largest, relativeL2, firstIndex };
}

/** |a - b|; NaN equals only NaN, an infinity only itself. */
function distanceOf(a: number, b: number): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0;
  const distance = Math.abs(a - b);
  return Number.isNaN(distance) ? Number.POSITIVE_INFINITY : distance;
}

/**
 * The first difference in the first layer with a tensor that differs. `tensors` are in the order of
 * computation.
 */
function firstDifference(
  tensors: readonly TensorDifference[],
  a: Tensors,
  b: Tensors,
): FirstDifference | undefined {
  const differing = tensors.filter((tensor) => tensor.differing > 0);
  if (differing.length === 0) return undefined;
  const { layer } = placeOf(differing[0].name);
  const ofLayer = differing.filter(({ name }) => placeOf(name).layer === layer);
  // Both [T,C,h,w]: the smaller index is the earlier step and, in the same step, the earlier neuron.
  const stepwise = ofLayer.filter(({ name, shape }) => axesOf(name, shape).length === 4);
  const [tensor] = stepwise.length > 0 ? stepwise.sort((x, y) => x.firstIndex - y.firstIndex) : ofLayer;
  const { name, shape, firstIndex, elements, largest } = tensor;
  const axes = axesOf(name, shape);
  const index = indexAlong(shape, firstIndex);
  const counts = ofLayer.find((other) => other.name === `spikes.${layer}`);
  return {
    tensor: name,
    layer,
    index,
    position: Object.fromEntries(axes.map((axis, k) => [axis, index[k]])),
    ...(counts && axes[0] !== 'step' && { firstStep: counts.firstIndex }),
    a: a.get(name)!.data[firstIndex],
    b: b.get(name)!.data[firstIndex],
    differing: tensor.differing,
    elements,
    largest,
  };
}

/** The index of an element along each axis. */
function indexAlong(shape: Shape, element: number): number[] {
  const index: number[] = [];
  let rest = element;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
}

/** The first difference in a line; `a` and `b` are what the two sides are called. */
export function describeDifference(first: FirstDifference, a: string, b: string): string {
  const named = Object.entries(first.position).map(([axis, at]) => `${axis} ${at}`);
  const where = named.length > 0 ? named.join(', ') : `[${first.index}]`;
  const step =
    first.firstStep === undefined ? '' : ` (its spike counts differ from step ${first.firstStep} on)`;
  const values = `${first.a} in ${a}, ${first.b} in ${b}`;
  const extent = `${first.differing} of ${first.elements} values differ, by at most ${first.largest}`;
  return `${first.tensor}, ${where}${step}: ${values}; ${extent}`;
}
