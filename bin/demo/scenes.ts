/**
 * The scenes of `demo`: pictures drawn for this project, and the bundled models, which were trained on
 * photographs.
 */

import { readSample } from '../../lib/data/folder.js';
import { packageFile } from '../../lib/node/package.js';
import type { PreprocessName } from '../../lib/picture/preprocess.js';
import type { Sample } from '../../lib/picture/sample.js';

export interface Scene {
  /** The name of the picture. */
  readonly name: string;
  /** What is to be found in the picture. */
  readonly task: string;
  /** The bundled model for this task. */
  readonly model: string;
  readonly sample: Sample;
}

/** The scenes, one line each. */
export function readScenes(): Scene[] {
  return [
    scene('vessels', 'vessels of a retina', 'drive', read('fundus', 1, 'drive', ['label', 'mask'])),
    scene('membranes', 'membranes between cells', 'em', read('membranes', 1, 'plain', ['label'])),
    scene('street', 'parts of a street', 'camseq01', read('street', 3, 'plain', ['label'])),
    scene('grey', 'noise, grey', 'bsd-grey', read('textures', 1, 'plain')),
    scene('colour', 'noise, colour', 'bsd-color', read('textures', 3, 'plain')),
  ];
}

function scene(name: string, task: string, model: string, sample: Sample): Scene {
  return { name, task, model, sample };
}

/** Reads `NAME.png`, and `NAME-label.png` and the field of view `NAME-mask.png` where it has them. */
function read(
  name: string,
  channels: 1 | 3,
  how: PreprocessName,
  more: readonly ('label' | 'mask')[] = [],
): Sample {
  const file = (ending: string) => packageFile('fixtures', 'samples', `${name}${ending}.png`);
  const others = Object.fromEntries(more.map((part) => [part, file(`-${part}`)]));
  return readSample({ name, image: file(''), ...others }, { channels, preprocess: how, classes: {} });
}
