/**
 * Trees of blood vessels for synthetic fundus images: smoothly turning paths that taper and branch, drawn as
 * overlapping discs. Lengths are in pixels, angles in turns (1 = 360 degrees). Everything comes from a seed.
 */

import { cosTurns, sinTurns } from '../../core/elementary.js';
import type { Rng } from '../../core/rng.js';

/** What the discs add up to, [S,S] each. */
export interface VesselMap {
  readonly size: number;
  /** 1 where a pixel's centre lies inside a vessel. */
  readonly label: Uint8Array;
  /** How much light the vessels absorb, 0..1, with soft borders. */
  readonly absorption: Float64Array;
}

/** One vessel on its way. */
interface Tip {
  x: number;
  y: number;
  /** Heading in turns, 0 to the right, clockwise. */
  heading: number;
  /** How fast the heading turns, in turns a pixel. */
  curvature: number;
  radius: number;
  /** Pixels until it branches next. */
  untilBranch: number;
}

export interface TreeOptions {
  readonly x: number;
  readonly y: number;
  readonly heading: number;
  readonly curvature: number;
  readonly radius: number;
  /** Absorption of a thick vessel; thin ones absorb less. */
  readonly depth: number;
  /** Arteries reflect light along their middle. */
  readonly reflex: number;
}

const STEP = 0.5;
const THINNEST_RADIUS = 0.5;

export function emptyVesselMap(size: number): VesselMap {
  return { size, label: new Uint8Array(size * size), absorption: new Float64Array(size * size) };
}

/** Grows one tree until its branches are too thin or leave the disc of radius `reach` around the centre. */
export function growTree(map: VesselMap, options: TreeOptions, reach: number, random: Rng): void {
  const { depth, reflex, ...start } = options;
  const tips: Tip[] = [{ ...start, untilBranch: branchDistance(start.radius, map.size, random) }];
  for (let tip = tips.pop(); tip; tip = tips.pop()) {
    while (tip.radius >= THINNEST_RADIUS && isInside(map, tip, reach)) {
      drawDisc(map, tip, depth * thickness(tip.radius, options.radius), reflex);
      advance(tip, map.size, random);
      if (tip.untilBranch <= 0) tips.push(branch(tip, map.size, random));
    }
  }
}

/** One step along the path; the curvature wanders, the radius shrinks slowly. */
function advance(tip: Tip, size: number, random: Rng): void {
  const scale = size / 192;
  tip.curvature = 0.97 * tip.curvature + (0.0007 / scale) * random.normal();
  tip.heading += tip.curvature * STEP;
  tip.x += STEP * cosTurns(tip.heading);
  tip.y += STEP * sinTurns(tip.heading);
  tip.radius *= 1 - (0.003 * STEP) / scale;
  tip.untilBranch -= STEP;
}

/**
 * Splits off a thinner vessel to one side; the parent goes on a little thinner and bends to the other side.
 */
function branch(tip: Tip, size: number, random: Rng): Tip {
  const side = random.uniform() < 0.5 ? -1 : 1;
  const share = 0.5 + 0.35 * random.uniform();
  const child: Tip = {
    ...tip,
    heading: tip.heading + side * (0.08 + 0.08 * random.uniform()),
    curvature: -0.0006 * side,
    radius: tip.radius * share,
    untilBranch: 0,
  };
  tip.heading -= side * 0.03 * random.uniform();
  tip.radius *= 1 - 0.2 * share;
  tip.untilBranch = branchDistance(tip.radius, size, random);
  child.untilBranch = branchDistance(child.radius, size, random);
  return child;
}

/** Thick vessels run farther between branches. */
function branchDistance(radius: number, size: number, random: Rng): number {
  return (size / 192) * (16 + 6 * radius) * (0.5 + random.uniform());
}

/** Thin vessels hold less blood: 0.35 .. 1. */
function thickness(radius: number, thickest: number): number {
  return Math.min(1, 0.35 + (0.8 * radius) / thickest);
}

function isInside({ size }: VesselMap, { x, y }: Tip, reach: number): boolean {
  const [dx, dy] = [x - size / 2, y - size / 2];
  return dx * dx + dy * dy < reach * reach;
}

/** Absorption is that of the darkest disc over a pixel; where the border crosses a pixel it is in between. */
function drawDisc({ size, label, absorption }: VesselMap, tip: Tip, depth: number, reflex: number): void {
  const { x, y, radius } = tip;
  const [left, right] = [
    Math.max(0, Math.floor(x - radius - 1)),
    Math.min(size - 1, Math.ceil(x + radius + 1)),
  ];
  const [top, bottom] = [
    Math.max(0, Math.floor(y - radius - 1)),
    Math.min(size - 1, Math.ceil(y + radius + 1)),
  ];
  for (let py = top; py <= bottom; py++) {
    for (let px = left; px <= right; px++) {
      const distance = Math.sqrt((px - x) * (px - x) + (py - y) * (py - y));
      const cover = Math.min(1, Math.max(0, radius + 0.5 - distance));
      const middle = radius > 1.2 ? Math.max(0, 1 - distance / (0.6 * radius)) : 0;
      const p = py * size + px;
      if (distance <= radius) label[p] = 1;
      absorption[p] = Math.max(absorption[p], depth * cover * (1 - reflex * middle));
    }
  }
}
