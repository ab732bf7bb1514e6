/**
 * Synthetic street scenes with exact labels: a road in perspective between two rows of houses, trees and
 * fences, and upright figures (cars, people, poles, signs) that hide each other by depth. They replace
 * CamSeq01 if its data is missing. Lengths are in metres: X to the right, Y up from the ground, Z away from
 * the camera.
 */

import { exp } from '../../core/elementary.js';
import { type Rng, stream } from '../../core/rng.js';
import { type Image, makeImage } from '../../picture/image.js';
import { bin, bonnet, car, cyclist, person, pole, sign, tree } from './streetFigures.js';
import {
  BUILDING,
  FENCE,
  type Figure,
  mod,
  type Paint,
  type Rgb,
  ROAD,
  SIDEWALK,
  SKY,
  scaled,
  TREE,
  wave,
} from './streetPaint.js';
import { blur, pinkField, toBytes } from './textures.js';

export interface Street {
  /** RGB [H,W,3] */
  readonly picture: Image;
  /** Class ids [H,W] */
  readonly label: Uint8Array;
}

/** A stretch of one side of the street, from `from` to the next one's. */
interface Plot {
  readonly from: number;
  readonly kind: 'house' | 'garden';
  readonly height: number;
  readonly colour: Rgb;
  readonly window: Rgb;
  /** Metres from window to window. */
  readonly spacing: number;
}

interface Scene {
  /** Pixels: the vanishing point, and the size of a metre at one metre. */
  readonly vanish: { readonly x: number; readonly y: number };
  readonly focal: number;
  /** X of the kerbs and of what stands behind the sidewalks, left and right. */
  readonly kerbs: readonly [number, number];
  readonly walls: readonly [number, number];
  readonly plots: readonly [readonly Plot[], readonly Plot[]];
  readonly figures: readonly Figure[];
  readonly sky: Rgb;
  /** Brightness of the two sides of the street: the sun shines on one. */
  readonly sun: readonly [number, number];
}

const EYE = 1.6;
const FAR = 90;
/** Every pixel of the picture is drawn as 2x2, so that borders are soft. */
const FINE = 2;
const NOISE = 2;
const FENCE_HEIGHT = 1.3;

/** Picture `index` of a seed. */
export function drawStreet(seed: number, index: number, height: number, width: number): Street {
  const random = stream(seed, 'street', index);
  const [H, W] = [FINE * height, FINE * width];
  const scene = makeScene(H, W, random);
  const rough = pinkField(H, W, 8, 1, random);
  const ids = new Uint8Array(H * W);
  const colours = new Float64Array(3 * H * W);
  const put = (p: number, z: number, { id, colour, rough: by = 0.05 }: Paint) => {
    const clear = id === SKY ? 1 : exp(-z / 160); // haze
    ids[p] = id;
    for (let c = 0; c < 3; c++) {
      colours[3 * p + c] = clear * colour[c] * (1 + by * rough[p]) + (1 - clear) * scene.sky[c];
    }
  };
  for (let p = 0; p < H * W; p++) {
    const { z, paint } = backdrop(scene, p % W, Math.floor(p / W));
    put(p, z, paint);
  }
  for (const figure of scene.figures) drawFigure(scene, figure, H, W, put);
  return { picture: develop(colours, height, width, random), label: everySecond(ids, height, width) };
}

/** What stands behind all figures at a pixel, and how far away. */
function backdrop(scene: Scene, px: number, py: number): { z: number; paint: Paint } {
  const right = (px + 0.5 - scene.vanish.x) / scene.focal;
  const down = (py + 0.5 - scene.vanish.y) / scene.focal;
  const side = right < 0 ? 0 : 1;
  const wall = right === 0 ? FAR : Math.min(FAR, scene.walls[side] / right);
  const ground = down > 0 ? EYE / down : FAR;
  if (ground < wall) return { z: ground, paint: groundPaint(scene, right * ground, ground) };
  const plot = scene.plots[side].findLast(({ from }) => from <= wall) ?? scene.plots[side][0];
  const paint = plotPaint(plot, wall, EYE - down * wall, right * wall, scene.sun[side]);
  return { z: wall, paint: paint ?? skyPaint(scene.sky, down) };
}

function skyPaint(sky: Rgb, down: number): Paint {
  const deep = Math.min(1, -1.2 * down);
  return { id: SKY, colour: [sky[0] * (1 - 0.25 * deep), sky[1] * (1 - 0.12 * deep), sky[2]], rough: 0.015 };
}

function groundPaint({ kerbs, sun }: Scene, x: number, z: number): Paint {
  const beside = x < kerbs[0] ? kerbs[0] - x : x - kerbs[1];
  if (beside > 0.18) {
    const joint = mod(z, 1.2) < 0.06 || mod(x, 1.2) < 0.06;
    return {
      id: SIDEWALK,
      colour: scaled(joint ? [48, 49, 53] : [58, 60, 65], sun[x < 0 ? 0 : 1]),
      rough: 0.05,
    };
  }
  if (beside > 0) return { id: SIDEWALK, colour: [92, 92, 94] };
  const middle = (kerbs[0] + kerbs[1]) / 2;
  const dash = Math.abs(x - middle) < 0.08 && mod(z, 6) < 3;
  const line = beside > -0.4 && beside < -0.28;
  const colour: Rgb = dash ? [130, 134, 142] : line ? [112, 104, 78] : [52, 58, 68];
  return { id: ROAD, colour, rough: 0.05 };
}

/** A house front, or a fence with trees behind it; undefined above them. */
function plotPaint(plot: Plot, z: number, y: number, x: number, sun: number): Paint | undefined {
  const along = Math.abs(x) < 3 ? x : z - plot.from; // the end of the street is seen from the front
  if (plot.kind === 'garden') {
    const slat = mod(along, 0.5) < 0.3 || Math.abs(y - 1) < 0.1;
    if (y < FENCE_HEIGHT)
      return { id: FENCE, colour: scaled(slat ? plot.window : [58, 62, 50], sun), rough: 0.05 };
    const top = plot.height + 0.9 * wave(along / 3.1) + 0.5 * wave(along / 1.3);
    return y < top
      ? { id: TREE, colour: scaled([112, 112, 106], sun * (0.6 + 0.4 * (y / top))), rough: 0.5 }
      : undefined;
  }
  if (y > plot.height) return undefined;
  if (y > plot.height - 0.35) return { id: BUILDING, colour: scaled([88, 80, 76], sun) };
  const [u, v] = [mod(along, plot.spacing) / plot.spacing, mod(y, 3) / 3];
  const door = y < 2.2 && mod(along, 3 * plot.spacing) < plot.spacing;
  const open = u > 0.3 && u < 0.7 && (door || (v > 0.32 && v < 0.82));
  const frame = u > 0.25 && u < 0.75 && v > 0.26 && v < 0.88;
  const colour = open ? plot.window : frame ? scaled(plot.colour, 1.25) : plot.colour;
  return { id: BUILDING, colour: scaled(colour, sun), rough: open ? 0.12 : 0.07 };
}

/** Fills the pixels of an upright figure. */
function drawFigure(
  { vanish, focal }: Scene,
  { x, z, width, height, at }: Figure,
  H: number,
  W: number,
  put: (p: number, z: number, paint: Paint) => void,
): void {
  const metre = focal / z;
  const [left, bottom] = [vanish.x + (x - width / 2) * metre, vanish.y + EYE * metre];
  const [right, top] = [left + width * metre, bottom - height * metre];
  for (let py = Math.max(0, Math.ceil(top - 0.5)); py < Math.min(H, bottom); py++) {
    for (let px = Math.max(0, Math.ceil(left - 0.5)); px < Math.min(W, right); px++) {
      const paint = at((px + 0.5 - left) / (right - left), (bottom - py - 0.5) / (bottom - top));
      if (paint) put(py * W + px, z, paint);
    }
  }
}

/** A street at random: its perspective, light, both rows of plots, and figures from far to near. */
function makeScene(H: number, W: number, random: Rng): Scene {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const kerbs: [number, number] = [between(-4, -2.6), between(4, 6.5)];
  const [blue, shade] = [random.uniform(), between(0.55, 0.85)];
  const many = (low: number, high: number, make: () => Figure) =>
    Array.from({ length: low + random.integer(high - low + 1) }, make);
  const put = (x: number, z: number, figure: Omit<Figure, 'x' | 'z'>): Figure => ({ x, z, ...figure });
  const inside = (by: number) => (random.uniform() < 0.5 ? kerbs[0] + by : kerbs[1] - by);
  const figures = [
    ...many(1, 4, () => put(inside(1.1), between(6, 40), car(random))),
    ...many(1, 2, () => put(kerbs[1] * between(-0.1, 0.7), between(10, 40), car(random))),
    ...many(2, 6, () => put(inside(-between(0.4, 1.8)), between(5, 25), person(random))),
    ...many(0, 2, () => put(between(kerbs[0], kerbs[1]), between(10, 30), person(random))),
    ...many(1, 3, () => put(inside(between(0.6, 1.6)), between(6, 20), cyclist(random))),
    ...many(2, 5, () => put(inside(-0.4), between(5, 40), pole(random))),
    ...many(2, 4, () => put(inside(-0.6), between(5, 25), sign(random))),
    ...many(0, 5, () => put(inside(-1), between(9, 50), tree(random))),
    ...many(1, 2, () => put(inside(-between(0.5, 1.5)), between(5, 20), bin(random))),
    ...many(0, 1, () => put(0, 2, { width: 1.9, height: between(0.72, 0.85), at: bonnet })),
  ];
  return {
    vanish: { x: W * between(0.4, 0.6), y: H * between(0.4, 0.5) },
    focal: W * between(0.85, 1.1),
    kerbs,
    walls: [kerbs[0] - between(2, 4), kerbs[1] + between(2, 4)],
    plots: [plotsOf(random), plotsOf(random)],
    figures: figures.sort((a, b) => b.z - a.z),
    sky: [246 - 40 * blue, 254 - 6 * blue, 255],
    sun: random.uniform() < 0.5 ? [shade, 1] : [1, shade],
  };
}

/** One side of the street up to FAR; a third are gardens. */
function plotsOf(random: Rng): Plot[] {
  const plots: Plot[] = [];
  for (let from = 0; from < FAR; from += 7 + 12 * random.uniform()) {
    const kind = random.uniform() < 0.35 ? 'garden' : 'house';
    const [level, warm] = [50 + 110 * random.uniform(), random.uniform()];
    const colour: Rgb = [level, level * (1 - 0.15 * warm), level * (1 - 0.25 * warm)];
    const glass = 15 + 35 * random.uniform();
    const window: Rgb = kind === 'garden' ? scaled(colour, 0.8) : [glass, 1.05 * glass, 1.15 * glass];
    const height = kind === 'garden' ? 3 + 4 * random.uniform() : 5 + 9 * random.uniform();
    plots.push({ from, kind, height, colour, window, spacing: 1.8 + 1.6 * random.uniform() });
  }
  return plots;
}

/** The picture that a camera takes of 2x2 colours a pixel: exposure, white balance, noise. */
function develop(colours: Float64Array, height: number, width: number, random: Rng): Image {
  const gain = [0, 1, 2].map(() => 0.96 + 0.08 * random.uniform());
  const exposure = 0.9 + 0.2 * random.uniform();
  const seen = blur(colours, FINE * height, FINE * width, 3, 0.7);
  const levels = new Float64Array(3 * height * width);
  const row = 3 * FINE * width;
  for (let i = 0; i < levels.length; i++) {
    const p = Math.floor(i / 3);
    const c = i % 3;
    const first = FINE * Math.floor(p / width) * row + 3 * FINE * (p % width) + c;
    const sum = seen[first] + seen[first + 3] + seen[first + row] + seen[first + row + 3];
    levels[i] = (exposure * gain[c] * sum) / 4 + NOISE * random.normal();
  }
  return makeImage(height, width, 3, toBytes(levels));
}

/** The class ids of every second pixel of every second row. */
function everySecond(ids: Uint8Array, height: number, width: number): Uint8Array {
  return Uint8Array.from(
    { length: height * width },
    (_, p) => ids[FINE * Math.floor(p / width) * FINE * width + FINE * (p % width)],
  );
}
