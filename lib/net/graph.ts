/**
 * From the nodes that an architecture lists to its table of layers: channels and scales follow from the
 * operations, and a list that is not a network is refused. All mistakes that are found here are the
 * architecture's, not a user's.
 */

import type { Op } from '../op/op.js';
import { type Follower, IMAGE, type Join, type Layer, OUTPUT, type Ratio } from './architecture.js';

/** A layer as an architecture says it; see `Layer`. */
export interface Node {
  readonly name: string;
  readonly op: Op;
  readonly inputs: readonly string[];
  /** Left out: concatenation, which of one input is that input. */
  readonly join?: Join;
  readonly output: string;
  readonly follows: Follower;
}

/** The channels and the scale of a signal, for an image of any size. */
interface Signal {
  readonly channels: number;
  readonly scale: Ratio;
}

/** The table of layers for an image with this number of channels, in the order of the nodes. */
export function layersOf(nodes: readonly Node[], channels: number): readonly Layer[] {
  const signals = new Map<string, Signal>([[IMAGE, { channels, scale: { times: 1, over: 1 } }]]);
  const layers = nodes.map((node) => {
    const { name, op, inputs, join = 'concat', output, follows } = node;
    const parts = inputs.map(
      (input) => signals.get(input) ?? refuse(node, `nothing before it makes ${input}`),
    );
    if (parts.length === 0) refuse(node, 'it reads nothing');
    const [{ scale }] = parts;
    if (parts.some((part) => !isEqual(part.scale, scale))) refuse(node, 'its inputs differ in size');
    const channelsIn = parts.map((part) => part.channels);
    if (join === 'add' && channelsIn.some((count) => count !== channelsIn[0]))
      refuse(node, `it adds ${channelsIn.join(', ')} channels`);
    if (signals.has(output)) refuse(node, `there is a ${output} already`);
    const total = join === 'add' ? channelsIn[0] : channelsIn.reduce((sum, count) => sum + count, 0);
    const channelsOut = op.outputSize({ height: SIDE, width: SIDE, channels: total }).channels;
    signals.set(output, { channels: channelsOut, scale: product(scale, ratioOf(op)) });
    return { name, op, inputs, join, output, follows, channelsIn, channelsOut, scale };
  });
  checkEnds(layers, signals);
  return layers;
}

/** Checks that there is one output of the image's size, which no layer reads and nothing follows. */
function checkEnds(layers: readonly Layer[], signals: ReadonlyMap<string, Signal>): void {
  const output = signals.get(OUTPUT);
  if (output?.scale.times !== 1 || output.scale.over !== 1)
    throw new Error(`architecture: expected a signal "${OUTPUT}" of the size of the image`);
  if (!layers.some(({ inputs }) => inputs.includes(IMAGE)))
    throw new Error('architecture: nothing reads the image');
  const names = layers.map(({ name }) => name);
  for (const layer of layers) {
    if (names.indexOf(layer.name) !== names.lastIndexOf(layer.name)) refuse(layer, 'its name is there twice');
    if (layer.inputs.includes(OUTPUT)) refuse(layer, 'it reads the output');
    if (layer.output === OUTPUT && layer.follows !== 'nothing') refuse(layer, 'nothing follows the output');
  }
}

/**
 * Sides of an image must be multiples of this, so that every operation divides its input without remainder.
 */
export function multipleOf(layers: readonly Layer[]): number {
  return layers.reduce((multiple, { op, scale }) => {
    // Side times / over must be a multiple of over of the operation.
    const divisor = scale.over * ratioOf(op).over;
    return leastCommonMultiple(multiple, divisor / greatestCommonDivisor(divisor, scale.times));
  }, 1);
}

/** 1 * 2 * .. * 16 without its repeated factors: a side that every stride up to 16 divides. */
const SIDE = 720_720;

/** The side of an operation's output for a side of its input. */
function ratioOf(op: Op): Ratio {
  return reduced(op.outputSize({ height: SIDE, width: SIDE, channels: 1 }).height, SIDE);
}

function product(a: Ratio, b: Ratio): Ratio {
  return reduced(a.times * b.times, a.over * b.over);
}

function reduced(times: number, over: number): Ratio {
  const common = greatestCommonDivisor(times, over);
  return { times: times / common, over: over / common };
}

function isEqual(a: Ratio, b: Ratio): boolean {
  return a.times === b.times && a.over === b.over;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function leastCommonMultiple(a: number, b: number): number {
  return (a / greatestCommonDivisor(a, b)) * b;
}

function refuse({ name }: Node, what: string): never {
  throw new Error(`architecture: ${name}: ${what}`);
}
