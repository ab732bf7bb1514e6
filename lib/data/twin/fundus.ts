/**
 * Synthetic fundus photographs with exact labels: arteries and veins that leave a bright optic disc and
 * branch, on an uneven background with noise, inside a round field of view. They replace DRIVE if its data is
 * missing; thin vessels are lost in the noise, so that the task is not too easy.
 */

import { exp } from '../../core/elementary.js';
import { type Rng, stream } from '../../core/rng.js';
import { type Image, makeImage } from '../../picture/image.js';
import { emptyVesselMap, growTree, type VesselMap } from './vessels.js';

export interface Fundus {
  /** RGB [S,S,3] */
  readonly picture: Image;
  /** [S,S], 1 = vessel */
  readonly label: Uint8Array;
  /** [S,S], 1 = inside the field of view */
  readonly fov: Uint8Array;
}

/** A soft round spot: where, how wide (its sigma in pixels) and how much it adds at its centre. */
interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** RGB of the bare retina, of what the vessels take away, of what the optic disc adds; grey levels. */
const RETINA = [196, 104, 52];
const BLOOD = [50, 50, 22];
const DISC = [58, 96, 60];
const NOISE = [9, 9, 7];
const OUTSIDE = 4;

/** Image `index` of a seed, `size` pixels square. */
export function drawFundus(seed: number, index: number, size: number): Fundus {
  const random = stream(seed, 'fundus', index);
  const radius = 0.47 * size;
  const side = random.uniform() < 0.5 ? -1 : 1;
  const disc: Spot = {
    x: size / 2 + side * size * (0.2 + 0.05 * random.uniform()),
    y: size / 2 + size * 0.06 * (random.uniform() - 0.5),
    width: 0.045 * size,
    height: 1,
  };
  const vessels = growVessels(size, disc, side, radius, random);
  const light = lightSpots(size, disc, side, random);
  const picture = makeImage(size, size, 3);
  const label = new Uint8Array(size * size);
  const fov = new Uint8Array(size * size);
  for (let p = 0; p < size * size; p++) {
    const x = p % size;
    const y = Math.floor(p / size);
    const fromCentre = Math.sqrt((x - size / 2) ** 2 + (y - size / 2) ** 2) / radius;
    const inside = fromCentre <= 1;
    fov[p] = inside ? 1 : 0;
    label[p] = fov[p] * vessels.label[p];
    // What is outside shows none of the light, which takes longest.
    const illumination = inside ? (1 - 0.35 * fromCentre * fromCentre) * (1 + sumOfSpots(light, x, y)) : 0;
    const glow = inside ? sumOfSpots([disc], x, y) : 0;
    for (let c = 0; c < 3; c++) {
      const retina = RETINA[c] * illumination + DISC[c] * glow - BLOOD[c] * vessels.absorption[p];
      const level = (inside ? retina : OUTSIDE) + NOISE[c] * (inside ? 1 : 0.2) * random.normal();
      picture.data[3 * p + c] = Math.min(255, Math.max(0, Math.round(level)));
    }
  }
  return { picture, label, fov };
}

/**
 * Four arcades, up and down on both sides of the disc, each
 * an artery and a vein; a few small vessels besides.
 */
function growVessels(size: number, disc: Spot, side: number, radius: number, random: Rng): VesselMap {
  const map = emptyVesselMap(size);
  const scale = size / 192;
  const towardsCentre = side > 0 ? 0.5 : 0;
  for (const vertical of [-1, 1]) {
    for (const horizontal of [-1, 1]) {
      for (const vein of [false, true]) {
        const turn = 0.25 * vertical - horizontal * vertical * (0.07 + 0.1 * random.uniform());
        const temporal = (horizontal > 0 ? 0 : 0.5) === towardsCentre;
        // arcades arch around the macula
        const bend = temporal ? (horizontal * vertical * -0.0011) / scale : 0;
        const tree = {
          x: disc.x + 2 * random.normal(),
          y: disc.y + 2 * random.normal(),
          heading: turn,
          curvature: bend * -4,
          radius: scale * ((vein ? 1.8 : 1.4) + 0.4 * random.uniform()) * (temporal ? 1 : 0.7),
          depth: vein ? 1 : 0.8,
          reflex: vein ? 0.1 : 0.35,
        };
        growTree(map, tree, radius, random);
      }
    }
  }
  for (let small = 0; small < 5; small++) {
    const tree = { x: disc.x, y: disc.y, heading: random.uniform(), curvature: 0, depth: 0.7, reflex: 0 };
    growTree(map, { ...tree, radius: scale * (0.7 + 0.4 * random.uniform()) }, radius, random);
  }
  return map;
}

/** Uneven light: a darker macula on the far side of the disc, and a few broad brighter and darker regions. */
function lightSpots(size: number, disc: Spot, side: number, random: Rng): Spot[] {
  const macula = {
    x: disc.x - side * 0.38 * size,
    y: size / 2 + 0.03 * size,
    width: 0.07 * size,
    height: -0.22,
  };
  const regions = Array.from({ length: 6 }, () => ({
    x: size * random.uniform(),
    y: size * random.uniform(),
    width: size * (0.12 + 0.15 * random.uniform()),
    height: 0.3 * (random.uniform() - 0.5),
  }));
  return [macula, ...regions];
}

function sumOfSpots(spots: readonly Spot[], x: number, y: number): number {
  let sum = 0;
  for (const spot of spots) {
    const dx = x - spot.x;
    const dy = y - spot.y;
    sum += spot.height * exp(-(dx * dx + dy * dy) / (2 * spot.width * spot.width));
  }
  return sum;
}
