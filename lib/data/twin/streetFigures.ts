/** The figures of a street scene: cars, people, poles, signs, trees, and what no class is for. */

import type { Rng } from '../../core/rng.js';
import {
  BICYCLIST,
  CAR,
  type Figure,
  type Paint,
  PEDESTRIAN,
  POLE,
  type Rgb,
  SIGN,
  scaled,
  TREE,
  VOID,
  wave,
} from './streetPaint.js';

type Shape = Omit<Figure, 'x' | 'z'>;

/** A car or a van from behind. */
export function car(random: Rng): Shape {
  const [level, hue] = [30 + 180 * random.uniform(), random.integer(4)];
  const colour: Rgb =
    hue === 0 ? [level, 0.3 * level, 0.25 * level] : [level, level, (hue === 1 ? 1.5 : 1) * level];
  const at = (u: number, v: number): Paint | undefined => {
    const off = Math.abs(2 * u - 1);
    const body = (shade: Rgb) => ({ id: CAR, colour: shade, rough: 0.03 });
    if (off > (v < 0.58 ? 1 - 0.3 * Math.max(0, 0.12 - v) : 1.35 - 0.75 * v)) return undefined;
    if (v < 0.2)
      return off > 0.55 && off < 0.92 ? body([22, 22, 24]) : v > 0.04 ? body([40, 40, 42]) : undefined;
    if (off > 0.7 && v > 0.4 && v < 0.54) return body([186, 36, 28]);
    if (off < 0.28 && v > 0.34 && v < 0.44) return body([222, 204, 120]);
    if (v > 0.62 && v < 0.92 && off < 1.22 - 0.75 * v) return body([52, 60, 68]);
    return body(scaled(colour, v > 0.92 ? 1.15 : 0.7 + 0.4 * v));
  };
  return { width: 1.7 + 0.3 * random.uniform(), height: random.uniform() < 0.25 ? 2.2 : 1.5, at };
}

function clothes(random: Rng): Rgb {
  const level = 15 + 50 * random.uniform();
  return [level * (0.8 + 0.7 * random.uniform()), level, level * (0.9 + 0.5 * random.uniform())];
}

export function person(random: Rng): Shape {
  const [coat, trousers, step] = [
    clothes(random),
    scaled(clothes(random), 0.5),
    0.1 + 0.2 * random.uniform(),
  ];
  const at = (u: number, v: number): Paint | undefined => {
    const off = Math.abs(2 * u - 1);
    const part = (colour: Rgb) => ({ id: PEDESTRIAN, colour, rough: 0.1 });
    if (v > 0.86) return off ** 2 / 0.09 + ((v - 0.93) / 0.07) ** 2 < 1 ? part([170, 126, 104]) : undefined;
    if (v > 0.45) return off < (v > 0.8 ? 0.55 : 0.75) ? part(scaled(coat, off > 0.5 ? 0.75 : 1)) : undefined;
    return Math.abs(off - step - 0.5 * (0.45 - v)) < 0.24 ? part(trousers) : undefined;
  };
  return { width: 0.6, height: 1.55 + 0.3 * random.uniform(), at };
}

/** A rider on a bicycle from the side, more or less turned away. */
export function cyclist(random: Rng): Shape {
  const [coat, trousers] = [clothes(random), scaled(clothes(random), 0.5)];
  const at = (u: number, v: number): Paint | undefined => {
    const part = (colour: Rgb) => ({ id: BICYCLIST, colour, rough: 0.1 });
    const wheel = Math.min(Math.abs(u - 0.2), Math.abs(u - 0.8)) ** 2 / 0.04 + ((v - 0.19) / 0.19) ** 2;
    const lean = 0.4 + 0.35 * (v - 0.5);
    if (((u - 0.58) / 0.09) ** 2 + ((v - 0.92) / 0.08) ** 2 < 1) return part([172, 128, 106]);
    if (v > 0.5 && v < 0.86 && Math.abs(u - lean) < 0.14) return part(coat);
    if (v > 0.12 && v <= 0.52 && Math.abs(u - 0.46 - 0.2 * wave(1.2 * v)) < 0.09) return part(trousers);
    if (Math.abs(v - 0.66 + 0.5 * (u - 0.5)) < 0.04 && u > 0.5 && u < 0.8) return part(coat);
    if (wheel < 1) return part(wheel > 0.6 ? [26, 26, 28] : [104, 104, 106]);
    return Math.abs(v - 0.36) < 0.04 && u > 0.25 && u < 0.78 ? part([60, 50, 52]) : undefined;
  };
  return { width: 0.7 + random.uniform(), height: 1.65 + 0.15 * random.uniform(), at };
}

/** A lamp post with its arm to one side. */
export function pole(random: Rng): Shape {
  const [level, arm] = [50 + 80 * random.uniform(), random.uniform() < 0.5 ? 0 : 0.5];
  const at = (u: number, v: number): Paint | undefined => {
    const here = Math.abs(u - 0.5) < 0.06 || (v > 0.965 && u > arm && u < arm + 0.5);
    return here ? { id: POLE, colour: [level, level, level * 0.95] } : undefined;
  };
  return { width: 1.8, height: 4.5 + 3 * random.uniform(), at };
}

/** A round, square or triangular sign on a post. */
export function sign(random: Rng): Shape {
  const [kind, blue] = [random.integer(3), random.uniform() < 0.4];
  const [rim, face]: Rgb[] = blue
    ? [
        [230, 230, 234],
        [30, 70, 170],
      ]
    : [
        [190, 26, 30],
        [232, 230, 224],
      ];
  const at = (u: number, v: number): Paint | undefined => {
    const [x, y] = [2 * u - 1, (v - 0.84) / 0.16];
    const square = Math.max(Math.abs(x), Math.abs(y));
    const far = [Math.sqrt(x * x + y * y), square, Math.max(-y, 2 * Math.abs(x) + y) / 1][kind];
    if (v > 0.68 && far < 1) return { id: SIGN, colour: far > 0.68 ? rim : face, rough: 0.02 };
    return Math.abs(x) < 0.14 && v < 0.84 ? { id: POLE, colour: [112, 112, 112] } : undefined;
  };
  return { width: 0.8, height: 2.5 + 0.5 * random.uniform(), at };
}

export function tree(random: Rng): Shape {
  const [turn, green, dark] = [random.uniform(), random.uniform(), 0.7 + 0.5 * random.uniform()];
  const at = (u: number, v: number): Paint | undefined => {
    const lumps = 0.12 * (wave(2.3 * u + turn) + wave(2.9 * v + 2 * turn) + wave(5.1 * (u - v) + turn));
    const crown = ((u - 0.5) / 0.5) ** 2 + ((v - 0.66) / 0.34) ** 2 < 0.75 + lumps;
    if (!crown) return Math.abs(u - 0.5) < 0.05 && v < 0.6 ? { id: TREE, colour: [70, 58, 48] } : undefined;
    return { id: TREE, colour: scaled([104 + 16 * green, 110, 98], dark * (0.5 + 0.6 * v)), rough: 0.6 };
  };
  return { width: 2.5 + 2.5 * random.uniform(), height: 4.5 + 3 * random.uniform(), at };
}

/** Things that no class is for: a bin at the kerb, the bonnet of the camera's own car. */
export function bin(random: Rng): Shape {
  const colour = scaled(clothes(random), 0.6);
  const at = (u: number, v: number): Paint | undefined =>
    Math.abs(2 * u - 1) < 0.85 + 0.15 * v
      ? { id: VOID, colour: scaled(colour, v > 0.85 ? 1.4 : 1) }
      : undefined;
  return { width: 0.7, height: 1.1, at };
}

export function bonnet(u: number, v: number): Paint | undefined {
  return v < 1 - 0.3 * (2 * u - 1) ** 4
    ? { id: VOID, colour: scaled([46, 48, 54], 0.6 + v), rough: 0.02 }
    : undefined;
}
