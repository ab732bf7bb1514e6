/**
 * Images that are too large for the memory, in overlapping tiles. An output depends only on a limited area
 * around its pixel, so a tile with a margin of that size gives, inside the margin, the bits of the whole
 * image. At the border of the image the zeros of the padding are the same; elsewhere wrong values do not
 * reach the inside.
 */

import { UsageError } from '../core/error.js';
import { copyWindow, cutWindow, newPlane } from '../core/floatImage.js';
import type { Window } from '../core/window.js';
import { IMAGE, type Layer, OUTPUT, outputLayer } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import type { Interval } from '../op/op.js';
import { toMiB } from './kernels/memory.js';
import { anySize, type Run } from './predict.js';

/**
 * How many pixels around a block its output depends on, rounded up to whole blocks. A block is a square whose
 * side is the smallest that the network divides. UsageError for a network in which that depends on the size
 * of the whole image.
 */
export function receptiveMargin(layers: readonly Layer[]): number {
  const step = multipleOf(layers);
  const block: Interval = { first: 0, last: step - 1 };
  const needed = new Map([[OUTPUT, block]]);
  for (const layer of layers.toReversed()) {
    const { first, last } = readsOf(layer, needed.get(layer.output)!);
    for (const name of layer.inputs) {
      const other = needed.get(name) ?? { first, last };
      needed.set(name, { first: Math.min(first, other.first), last: Math.max(last, other.last) });
    }
  }
  const { first, last } = needed.get(IMAGE)!;
  return Math.ceil(Math.max(-first, last - block.last) / step) * step;
}

/** What a layer reads for these rows of its output. */
function readsOf({ name, op }: Layer, rows: Interval): Interval {
  if (op.reads) return op.reads(rows);
  throw new UsageError(`${name}: what ${op.name} reads depends on the size of the whole image`);
}

/** Refuses tiles of a network in which a part of an image has other values (UsageError). */
function requireLocal(layers: readonly Layer[], needed: number, limit: MemoryLimit): void {
  const global = layers.find(({ op }) => !op.reads);
  if (!global) return;
  throw new UsageError(
    `memory ${toMiB(limit.bytes)}: this image needs ${toMiB(needed)} MiB, and cannot be cut into tiles: ` +
      `${global.name} (${global.op.name}) gives a part of an image other values than the whole`,
  );
}

/** The memory that a run takes, and its limit. */
export interface MemoryLimit {
  /** Bytes that a run on an image of this size takes. */
  bytesOf(height: number, width: number): number;
  /** Bytes that an image of this size takes besides its run: as a picture, as input and as output. */
  around?(height: number, width: number): number;
  readonly bytes: number;
}

/** Bytes of an image that is run as a whole. */
export function wholeBytes({ bytesOf, around }: MemoryLimit, height: number, width: number): number {
  return bytesOf(height, width) + (around?.(height, width) ?? 0);
}

/** Height and width of the tiles without their margins; undefined if the image fits as a whole. */
export function planTiles(
  layers: readonly Layer[],
  height: number,
  width: number,
  limit: MemoryLimit,
): TileSize | undefined {
  const whole = wholeBytes(limit, height, width);
  if (whole <= limit.bytes) return undefined;
  requireLocal(layers, whole, limit);
  const [margin, step] = [receptiveMargin(layers), multipleOf(layers)];
  const grown = (side: number, extent: number) => Math.min(extent, side + 2 * margin);
  const image = limit.around?.(height, width) ?? 0;
  const needed = (side: number) => image + limit.bytesOf(grown(side, height), grown(side, width));
  const fits = (side: number) => needed(side) <= limit.bytes;
  let side = 0;
  for (let more = step * 2 ** 12; more >= step; more /= 2) if (fits(side + more)) side += more;
  if (side === 0) {
    const least = toMiB(needed(step));
    const large = image > 0 ? `, ${toMiB(image)} of them for the image itself` : '';
    throw new UsageError(
      `memory ${toMiB(limit.bytes)}: even the smallest tiles of this image need ${least} MiB${large}`,
    );
  }
  return { height: Math.min(side, height), width: Math.min(side, width) };
}

/** A run that cuts images above the limit into tiles; outputs and spikes are those of the whole image. */
export function tiledRun(run: Run, layers: readonly Layer[], limit: MemoryLimit): Run {
  return anySize(multipleOf(layers), (image, counted) => {
    const tile = planTiles(layers, image.height, image.width, limit);
    return tile ? inTiles(layers, tile, receptiveMargin(layers), run)(image, counted) : run(image, counted);
  });
}

/**
 * A run that cuts an image into patches of side `size` and runs each on its own, as the authors' code
 * evaluates DRIVE: near the borders of the patches the outputs are not those of the whole image. UsageError
 * for a size that the network does not divide.
 */
export function patchwiseRun(run: Run, layers: readonly Layer[], size: number): Run {
  const multiple = multipleOf(layers);
  if (size % multiple !== 0) throw new UsageError(`patch ${size}: expected a multiple of ${multiple}`);
  return anySize(multiple, inTiles(layers, { height: size, width: size }, 0, run));
}

interface TileSize {
  readonly height: number;
  readonly width: number;
}

/** Runs each tile with `margin` pixels around it, and keeps the inside. */
function inTiles(layers: readonly Layer[], tile: TileSize, margin: number, run: Run): Run {
  return (image, counted) => {
    const { height, width } = image;
    const output = newPlane(height, width, outputLayer(layers).channelsOut);
    let spikes = 0;
    for (const inside of tilesOf(height, width, tile)) {
      const around = grow(inside, margin, height, width);
      const part = cutWindow(image, around);
      const window = counted ? intersect(inside, counted) : inside;
      const prediction = run(part, shift(window, around));
      const source = { ...part, data: prediction.output, channels: output.channels };
      copyWindow(output, inside, source, shift(inside, around));
      spikes += prediction.spikes;
    }
    return { output: output.data, spikes };
  };
}

function* tilesOf(height: number, width: number, tile: TileSize): Generator<Window> {
  for (let top = 0; top < height; top += tile.height) {
    for (let left = 0; left < width; left += tile.width) {
      const bottom = Math.min(height, top + tile.height);
      yield { top, bottom, left, right: Math.min(width, left + tile.width) };
    }
  }
}

function grow({ top, bottom, left, right }: Window, margin: number, height: number, width: number): Window {
  return {
    top: Math.max(0, top - margin),
    bottom: Math.min(height, bottom + margin),
    left: Math.max(0, left - margin),
    right: Math.min(width, right + margin),
  };
}

/** The intersection of two windows; an empty window if they share nothing. */
function intersect(a: Window, b: Window): Window {
  const [top, left] = [Math.max(a.top, b.top), Math.max(a.left, b.left)];
  const [bottom, right] = [Math.min(a.bottom, b.bottom), Math.min(a.right, b.right)];
  return { top, bottom: Math.max(top, bottom), left, right: Math.max(left, right) };
}

/** A window in the coordinates of one that encloses it. */
function shift({ top, bottom, left, right }: Window, around: Window): Window {
  return {
    top: top - around.top,
    bottom: bottom - around.top,
    left: left - around.left,
    right: right - around.left,
  };
}
