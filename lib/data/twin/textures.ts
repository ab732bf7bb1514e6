/**
 * Synthetic natural pictures for denoising, and the random fields that the other drawings are textured with.
 * A picture is a pile of leaves: regions of power-law sizes that hide each other, each with its own colour,
 * shading and texture, the far ones sometimes out of focus. Such piles have the 1/f^2 spectrum of
 * photographs.
 */

import { cosTurns, exp, sinTurns } from '../../core/elementary.js';
import { type Rng, stream } from '../../core/rng.js';
import { type Image, makeImage } from '../../picture/image.js';

/** What a surface reflects of red, green and blue: soil, foliage, sky, stone, rust, sand, water. */
const TINTS = [
  [1.12, 0.98, 0.82],
  [0.93, 1.06, 0.72],
  [0.86, 1, 1.16],
  [1.02, 1, 0.96],
  [1.25, 0.92, 0.76],
  [1.15, 1.04, 0.84],
  [0.86, 1.01, 1.04],
];

/** One region. Lengths in pixels, levels in grey levels. */
interface Leaf {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** How often it is longer than wide, and where its long axis points (in turns). */
  readonly aspect: number;
  readonly turn: number;
  readonly colour: readonly number[];
  /** Level gained along the long axis, and lost at the border, as parts of the colour. */
  readonly slope: number;
  readonly roundness: number;
  readonly texture: Float64Array | undefined;
  readonly contrast: number;
  /** Waves a pixel of stripes across the leaf; 0 for none. */
  readonly stripes: number;
  /** How many pixels its border frays. */
  readonly ragged: number;
}

/** Picture `index` of a seed: RGB [H,W,3]. */
export function drawTexture(seed: number, index: number, height: number, width: number): Image {
  const random = stream(seed, 'texture', index);
  const field = (coarsest: number, finest: number) => pinkField(height, width, coarsest, finest, random);
  const textures = [field(1, 1), field(4, 1), field(16, 1), field(32, 2)];
  const wobble = { coarse: field(36, 18), fine: field(8, 2) };
  const tints = Array.from({ length: 3 }, () => TINTS[random.integer(TINTS.length)]);
  const ground = 5 + random.integer(4);
  const leaves = ground + 15 + random.integer(60);
  const focus = random.uniform() < 0.5 ? ground + random.integer(15) : -1;
  let canvas: Float64Array = new Float64Array(height * width * 3);
  for (let i = 0; i < leaves; i++) {
    if (i === focus) canvas = blur(canvas, height, width, 3, 0.7 + 1.1 * random.uniform());
    const radius = i === 0 ? 4 * width : leafRadius(i < ground ? 0.35 * height : 3, 0.8 * height, random);
    const leaf = makeLeaf(radius, tints, textures, random);
    const at = { x: width * random.uniform(), y: height * random.uniform() };
    drawLeaf(canvas, height, width, { ...leaf, ...at }, wobble);
  }
  const light = smoothField(height, width, 0.7 * height, random);
  canvas = blur(canvas, height, width, 3, 0.45); // the lens
  const levels = canvas.map((value, i) => value * (1 + 0.12 * light[Math.floor(i / 3)]));
  return makeImage(height, width, 3, toBytes(levels));
}

/** A radius whose density falls with its cube, so that every size covers as much area as any other. */
function leafRadius(smallest: number, largest: number, random: Rng): number {
  const [a, b] = [smallest ** -2, largest ** -2];
  return 1 / Math.sqrt(a + (b - a) * random.uniform());
}

function makeLeaf(
  radius: number,
  tints: readonly number[][],
  textures: readonly Float64Array[],
  random: Rng,
): Omit<Leaf, 'x' | 'y'> {
  const level = 25 + 190 * random.uniform();
  const tint = tints[random.integer(tints.length)];
  const texture = textures[random.integer(textures.length + 1)]; // one in five is smooth
  return {
    radius,
    aspect: 1 + 5 * random.uniform() ** 3,
    turn: random.uniform(),
    colour: tint.map((share) => level * share * (0.94 + 0.12 * random.uniform())),
    slope: 0.25 * random.normal(),
    roundness: 0.4 * random.uniform() ** 2,
    texture,
    contrast: 0.03 + 0.2 * random.uniform() ** 2,
    stripes: random.uniform() < 0.15 ? 0.05 + 0.2 * random.uniform() : 0,
    ragged: 0.2 + 1.8 * random.uniform() ** 3,
  };
}

/** Paints a leaf over what is there; its border follows the fields `wobble` and is one pixel soft. */
function drawLeaf(
  canvas: Float64Array,
  height: number,
  width: number,
  leaf: Leaf,
  wobble: { readonly coarse: Float64Array; readonly fine: Float64Array },
): void {
  const reach = (1.4 * leaf.radius + 4) * Math.sqrt(leaf.aspect) + 1;
  const [cos, sin, stretch] = [cosTurns(leaf.turn), sinTurns(leaf.turn), Math.sqrt(leaf.aspect)];
  const bottom = Math.min(height - 1, Math.floor(leaf.y + reach));
  const right = Math.min(width - 1, Math.floor(leaf.x + reach));
  for (let y = Math.max(0, Math.ceil(leaf.y - reach)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.ceil(leaf.x - reach)); x <= right; x++) {
      const p = y * width + x;
      const along = (cos * (x - leaf.x) + sin * (y - leaf.y)) / leaf.radius;
      const across = (cos * (y - leaf.y) - sin * (x - leaf.x)) / leaf.radius;
      const far = Math.sqrt((along / stretch) ** 2 + (across * stretch) ** 2);
      const border =
        (1 + 0.2 * clamp(wobble.coarse[p], 2)) * leaf.radius + leaf.ragged * clamp(wobble.fine[p], 2);
      const cover = Math.min(1, Math.max(0, border - far * leaf.radius + 0.5));
      if (cover === 0) continue;
      const wave = leaf.stripes && sinTurns(across * leaf.radius * leaf.stripes + 0.15 * wobble.coarse[p]);
      const texture = leaf.contrast * ((leaf.texture?.[p] ?? 0) + wave);
      const shading = 1 + (leaf.slope * along) / (1 + Math.abs(along)) - leaf.roundness * far * far;
      for (let c = 0; c < 3; c++) {
        canvas[3 * p + c] += cover * (leaf.colour[c] * (shading + texture) - canvas[3 * p + c]);
      }
    }
  }
}

/**
 * Smooth fields [H,W] of cells `coarsest`, half of it, and so on to `finest`, added; about standard normal.
 */
export function pinkField(
  height: number,
  width: number,
  coarsest: number,
  finest: number,
  random: Rng,
): Float64Array {
  const sum = new Float64Array(height * width);
  let octaves = 0;
  for (let cell = coarsest; cell >= finest; cell /= 2) {
    const octave = smoothField(height, width, cell, random);
    for (let p = 0; p < sum.length; p++) sum[p] += octave[p];
    octaves += 1;
  }
  return sum.map((value) => value / Math.sqrt(octaves));
}

/**
 * A random field [H,W], about standard normal, that changes within `cell` pixels: splines over random knots.
 */
export function smoothField(height: number, width: number, cell: number, random: Rng): Float64Array {
  const [rows, columns] = [Math.ceil(height / cell) + 4, Math.ceil(width / cell) + 4];
  const [acrossAt, downAt] = [random.uniform(), random.uniform()];
  const knots = new Float64Array(rows * columns);
  for (let i = 0; i < knots.length; i++) knots[i] = 2.1 * random.normal();
  const wide = new Float64Array(rows * width);
  for (let x = 0; x < width; x++) {
    const { first, weights } = splineAt(x / cell + acrossAt);
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += weights[k] * knots[row * columns + first + k];
      wide[row * width + x] = sum;
    }
  }
  const field = new Float64Array(height * width);
  for (let y = 0; y < height; y++) {
    const { first, weights } = splineAt(y / cell + downAt);
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let k = 0; k < 4; k++) sum += weights[k] * wide[(first + k) * width + x];
      field[y * width + x] = sum;
    }
  }
  return field;
}

/** The four knots around a position and their weights in a cubic B-spline. */
function splineAt(position: number): { first: number; weights: number[] } {
  const first = Math.floor(position);
  const t = position - first;
  const s = 1 - t;
  const inner = (u: number) => (4 - 6 * u * u + 3 * u * u * u) / 6;
  return { first, weights: [(s * s * s) / 6, inner(t), inner(s), (t * t * t) / 6] };
}

/** Values [H,W,C] seen through a Gaussian of `sigma` pixels; borders are continued. */
export function blur(
  values: Float64Array,
  height: number,
  width: number,
  channels: number,
  sigma: number,
): Float64Array {
  const reach = Math.ceil(2.5 * sigma);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, k) =>
    exp(-((k - reach) ** 2) / (2 * sigma * sigma)),
  );
  const total = bell.reduce((sum, weight) => sum + weight, 0);
  const across = blurAlong(values, width, channels, bell, total);
  return blurAlong(across, height, width * channels, bell, total);
}

/** Means of the neighbours along an axis of `length` values that lie `stride` apart, weighted by a bell. */
function blurAlong(
  from: Float64Array,
  length: number,
  stride: number,
  bell: readonly number[],
  total: number,
): Float64Array {
  const reach = (bell.length - 1) / 2;
  const to = new Float64Array(from.length);
  for (let line = 0; line < from.length; line += length * stride) {
    for (let at = 0; at < length; at++) {
      for (let i = line + at * stride; i < line + (at + 1) * stride; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          const there = Math.min(length - 1, Math.max(0, at + k));
          sum += bell[k + reach] * from[i + (there - at) * stride];
        }
        to[i] = sum / total;
      }
    }
  }
  return to;
}

function clamp(value: number, limit: number): number {
  return Math.min(limit, Math.max(-limit, value));
}

/** Rounded to whole levels 0..255. */
export function toBytes(levels: Float64Array): Uint8Array {
  const bytes = new Uint8Array(levels.length); // Uint8Array.from would make a list of them first
  for (let i = 0; i < levels.length; i++) bytes[i] = Math.min(255, Math.max(0, Math.round(levels[i])));
  return bytes;
}
