/** The hash that tells whether two runs are trained on the same samples. */

import { sha256 } from '../../core/sha256.js';
import type { Sample } from '../../picture/sample.js';
import type { TrainingData } from '../../train/learner.js';

/** SHA-256 of the samples in their order: names, sizes, pixels, labels, fields of view. */
export function hashOfSamples({ train, validation }: Pick<TrainingData, 'train' | 'validation'>): string {
  return sha256(...[...train, ...validation].flatMap(partsOf));
}

function partsOf({ name, height, width, channels, input, label, fov }: Sample): (string | Uint8Array)[] {
  const about = JSON.stringify([name, height, width, channels, label !== undefined, fov !== undefined]);
  const arrays = [input, label, fov].flatMap((array) => array ?? []);
  return [
    about,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ];
}
