/** An image with what is known about it: what metrics measure, and what trainings learn from. */

import { DataError } from '../core/error.js';
import type { FloatImage } from '../core/floatImage.js';
import { VOID } from '../op/losses.js';
import type { Image } from './image.js';
import { placeOf } from './label.js';

/** One image with what is known about it. */
export interface Sample {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** The network's input [H,W,C], 0..1, preprocessed. */
  readonly input: Float32Array;
  /** What a person looks at. */
  readonly picture: Image;
  /** Class ids [H,W]; VOID where a pixel does not count. */
  readonly label?: Uint8Array;
  /** Field of view [H,W]: 1 inside. */
  readonly fov?: Uint8Array;
}

/** What a network reads of a sample, or `data` [H,W,C] in its place. */
export function inputOf(
  { input, height, width, channels }: Omit<Sample, 'name' | 'picture'>,
  data = input,
): FloatImage {
  return { data, height, width, channels };
}

/** Refuses labels with a class id that a network of `classes` classes does not know (DataError). */
export function checkLabels(samples: readonly Sample[], classes: number): void {
  for (const { name, label, width } of samples) {
    const at = label?.findIndex((id) => id >= classes && id !== VOID) ?? -1;
    if (at < 0) continue;
    throw new DataError(
      `${name}: its label holds the class ${label![at]} at ${placeOf(at, width)}; expected 0 to ${classes - 1}`,
    );
  }
}
