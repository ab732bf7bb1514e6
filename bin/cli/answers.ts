/** The files that `run` writes for people and programs: masks, overlays, class ids, probabilities. */

import { join } from 'node:path';
import type { Model } from '../../lib/model/model.js';
import { writeFileAtomic } from '../../lib/node/files.js';
import { type Answer, answerFiles } from './answerFiles.js';

/**
 * Writes `NAME.clean.png`, the input without the noise that the network found in it; or `NAME.mask.png`
 * (class ids spread evenly over the grey levels), `NAME.overlay.png` and `NAME.classes.png` (class ids as
 * they are), and with --probability `NAME.probability.png` and `.npy`. Returns the paths.
 */
export function writeAnswer(
  folder: string,
  name: string,
  model: Model,
  answer: Answer,
  probability: boolean,
): string[] {
  return answerFiles(model, answer, probability).map(([ending, bytes]) => {
    const path = join(folder, `${name}.${ending}`);
    writeFileAtomic(path, bytes);
    return path;
  });
}
