/**
 * Synthetic electron micrographs of neural tissue with exact labels: cells of very different sizes with
 * curved dark membranes between them, and inside the cells structures that are as dark but not membranes:
 * mitochondria, vesicles, reticulum, synaptic densities. They replace ISBI-2012 if its data is missing.
 */

import { cosTurns, exp, sinTurns } from '../../core/elementary.js';
import { type Rng, stream } from '../../core/rng.js';
import { type Image, makeImage } from '../../picture/image.js';
import { blur, pinkField, smoothField, toBytes } from './textures.js';

export interface Micrograph {
  /** Grey [S,S,1] */
  readonly picture: Image;
  /** [S,S], 1 = inside a cell, 0 = membrane */
  readonly label: Uint8Array;
}

/** Which cell a pixel lies in, and how many pixels its border is away, [S,S] each. */
interface Cells {
  readonly count: number;
  readonly owner: Uint16Array;
  readonly gap: Float64Array;
}

/** Where a cell grows, in pixels, and how many pixels farther than another it reaches. */
interface Centre {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/**
 * How many square pixels there are for one cell, one mitochondrion, one cluster of vesicles and one synapse.
 */
const AREA = { cell: 500, mitochondrion: 2600, cluster: 6000, synapse: 5000 };
const MEMBRANE_LEVEL = 62;
const NOISE = 13;

/** Picture `index` of a seed, `size` pixels square. */
export function drawMembranes(seed: number, index: number, size: number): Micrograph {
  const random = stream(seed, 'membranes', index);
  const cells = growCells(size, random);
  const thickness = smoothField(size, size, 14, random);
  const half = thickness.map((value) => Math.min(2.1, Math.max(1.1, 1.6 + 0.35 * value)));
  const label = new Uint8Array(size * size);
  for (let p = 0; p < label.length; p++) label[p] = cells.gap[p] > half[p] ? 1 : 0;
  const grey = drawCytoplasm(cells, size, random);
  const places = (area: number) => Math.round((size * size) / area);
  for (let i = 0; i < places(AREA.mitochondrion); i++) drawMitochondrion(grey, cells, size, random);
  for (let i = 0; i < places(AREA.cluster); i++) drawVesicles(grey, cells, size, random);
  for (let i = 0; i < places(AREA.synapse); i++) drawDensity(grey, cells, size, random);
  drawBorders(grey, cells, half, smoothField(size, size, 16, random));
  const light = smoothField(size, size, size / 3, random);
  const seen = blur(grey, size, size, 1, 0.75);
  const levels = seen.map((value, p) => value + 9 * light[p] + NOISE * random.normal());
  return { picture: makeImage(size, size, 1, toBytes(blur(levels, size, size, 1, 0.4))), label };
}

/**
 * Cells around random centres, large and small (weighted
 * Voronoi), in bent coordinates that make borders curve.
 */
function growCells(size: number, random: Rng): Cells {
  const count = Math.round((size * size) / AREA.cell);
  const centres: readonly Centre[] = Array.from({ length: count }, () => ({
    x: size * (1.2 * random.uniform() - 0.1),
    y: size * (1.2 * random.uniform() - 0.1),
    weight: 16 * random.uniform() ** 2,
  }));
  const bend = () => [smoothField(size, size, 36, random), smoothField(size, size, 11, random)];
  const [across, down] = [bend(), bend()];
  const [owner, gap] = [new Uint16Array(size * size), new Float64Array(size * size)];
  for (let p = 0; p < size * size; p++) {
    const x = (p % size) + 7 * across[0][p] + 1.6 * across[1][p];
    const y = Math.floor(p / size) + 7 * down[0][p] + 1.6 * down[1][p];
    const { first, second, own, other } = nearestTwo(x, y, centres);
    owner[p] = own;
    gap[p] = (second - first) / steepness(x, y, centres[own], centres[other]);
  }
  return { count, owner, gap };
}

/** The nearest centre, `own`, and the one after it, `other`, with their distances less their weights. */
function nearestTwo(x: number, y: number, centres: readonly Centre[]) {
  let [first, second, own, other] = [Number.MAX_VALUE, Number.MAX_VALUE, 0, 0];
  for (let i = 0; i < centres.length; i++) {
    const { x: cx, y: cy, weight } = centres[i];
    const far = Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - weight;
    if (far >= second) continue;
    if (far < first) {
      second = first;
      other = own;
      first = far;
      own = i;
    } else {
      second = far;
      other = i;
    }
  }
  return { first, second, own, other };
}

/** How fast the difference of the distances to two centres changes, a pixel. */
function steepness(x: number, y: number, a: Centre, b: Centre): number {
  const from = (centre: Centre) => Math.sqrt((x - centre.x) ** 2 + (y - centre.y) ** 2) + 0.01;
  const [fromA, fromB] = [from(a), from(b)];
  const dx = (x - a.x) / fromA - (x - b.x) / fromB;
  const dy = (y - a.y) / fromA - (y - b.y) / fromB;
  return Math.max(0.12, Math.sqrt(dx * dx + dy * dy));
}

/**
 * Grey levels [S,S] of the cells without borders: each its own grey, grainy, some with thin dark reticulum.
 */
function drawCytoplasm({ count, owner, gap }: Cells, size: number, random: Rng): Float64Array {
  const level = Array.from({ length: count }, () => 168 + 17 * random.normal());
  const reticulum = Array.from({ length: count }, () =>
    random.uniform() < 0.4 ? 30 + 45 * random.uniform() : 0,
  );
  const grain = pinkField(size, size, 8, 2, random);
  const folds = pinkField(size, size, 16, 8, random);
  return gap.map((far, p) => {
    const fold = Math.max(0, 1 - Math.abs(folds[p]) / 0.14) * Math.min(1, Math.max(0, far / 2 - 1.5));
    return level[owner[p]] + 11 * grain[p] - reticulum[owner[p]] * fold;
  });
}

/**
 * Darkens the borders between cells; `contrast` [S,S] is how clearly they were cut, about standard normal.
 */
function drawBorders(grey: Float64Array, { gap }: Cells, half: Float64Array, contrast: Float64Array): void {
  for (let p = 0; p < grey.length; p++) {
    const clear = Math.min(1, Math.max(0.2, 0.72 + 0.28 * contrast[p]));
    const soft = 1.2 + 2.5 * (1 - clear);
    const cover = Math.min(1, Math.max(0, (half[p] - gap[p]) / soft + 0.5));
    grey[p] += clear * cover * (MEMBRANE_LEVEL - grey[p]);
  }
}

/**
 * Calls `draw` for the pixels of one cell within `reach` of
 * a random place that is `room` away from the border.
 */
function inSomeCell(
  { owner, gap }: Cells,
  size: number,
  room: number,
  reach: number,
  random: Rng,
  draw: (p: number, dx: number, dy: number) => void,
): void {
  let at = random.integer(size * size);
  for (let tries = 0; tries < 30 && gap[at] < room; tries++) at = random.integer(size * size);
  const [cx, cy] = [at % size, Math.floor(at / size)];
  for (let y = Math.max(0, cy - reach); y <= Math.min(size - 1, cy + reach); y++) {
    for (let x = Math.max(0, cx - reach); x <= Math.min(size - 1, cx + reach); x++) {
      if (owner[y * size + x] === owner[at]) draw(y * size + x, x - cx, y - cy);
    }
  }
}

/** A dark ellipse with a darker rim and bright and dark folds across it. */
function drawMitochondrion(grey: Float64Array, cells: Cells, size: number, random: Rng): void {
  const [long, short] = [6 + 6 * random.uniform(), 4 + 2 * random.uniform()];
  const [cos, sin] = [cosTurns(random.uniform()), sinTurns(random.uniform())];
  const norm = Math.sqrt(cos * cos + sin * sin) + 0.01;
  const level = 92 + 30 * random.uniform();
  const wave = 0.2 + 0.1 * random.uniform();
  inSomeCell(cells, size, short + 2, 13, random, (p, dx, dy) => {
    const [along, across] = [(cos * dx + sin * dy) / norm, (cos * dy - sin * dx) / norm];
    const far = Math.sqrt((along / long) ** 2 + (across / short) ** 2);
    const cover =
      Math.min(1, Math.max(0, (1 - far) * short + 0.5)) * Math.min(1, Math.max(0, cells.gap[p] - 2));
    const rim = far > 1 - 1.3 / short ? -28 : 16 * sinTurns(along * wave + 0.03 * across);
    grey[p] += cover * (level + rim - grey[p]);
  });
}

/** A cluster of small bright bubbles with dark skins. */
function drawVesicles(grey: Float64Array, cells: Cells, size: number, random: Rng): void {
  const bubbles = Array.from({ length: 8 + random.integer(14) }, () => ({
    x: 5 * random.normal(),
    y: 5 * random.normal(),
    radius: 1.5 + 0.8 * random.uniform(),
  }));
  inSomeCell(cells, size, 7, 14, random, (p, dx, dy) => {
    if (cells.gap[p] < 2.5) return;
    for (const { x, y, radius } of bubbles) {
      const far = Math.sqrt((dx - x) ** 2 + (dy - y) ** 2);
      if (far < radius + 0.7) grey[p] += far < radius - 0.7 ? 12 : -50 * (1 - Math.abs(far - radius) / 0.9);
    }
  });
}

/** A dark cloud, most often near a border, as at a synapse. */
function drawDensity(grey: Float64Array, cells: Cells, size: number, random: Rng): void {
  const depth = 50 + 40 * random.uniform();
  const width = 2.5 + 2.5 * random.uniform();
  inSomeCell(cells, size, 0, 12, random, (p, dx, dy) => {
    grey[p] -= depth * exp(-(dx * dx + dy * dy) / (2 * width * width));
  });
}
