/** How the time of a whole network grows with the area of the image, with its width, and with T. */

import { roundUp } from '../../lib/core/padding.js';
import { exactMacs } from '../../lib/measure/energyModels.js';
import { multipleOf } from '../../lib/net/graph.js';
import type { Engine } from './engine.js';
import { type Limits, measure } from './measure.js';
import { networkWork, type Scene } from './networkTimes.js';
import { type Row, rowOf } from './rows.js';
import type { Subject } from './subject.js';

interface Axis {
  readonly name: string;
  readonly work: 'forward' | 'simulate';
  /** From the smallest to the largest. */
  readonly scenes: readonly Scene[];
  /** What the time should be proportional to. */
  load(scene: Scene): number;
}

/**
 * The axes to measure. `subjects` are the networks in order of width; the first is also run on growing
 * images.
 */
export function scalingAxes(subjects: readonly Subject[], size: number, steps: number): Axis[] {
  const [subject] = subjects;
  const multiple = multipleOf(subject.unet.layers);
  const sizes = ascending([size / 4, size / 2, size].map((side) => roundUp(side, multiple)));
  const [, middle = sizes[0]] = sizes;
  const times = ascending([Math.ceil(steps / 5), Math.ceil(steps / 2), steps]);
  return [
    {
      name: 'area',
      work: 'forward',
      scenes: sizes.map((side) => ({ subject, size: side, steps })),
      load: (scene) => scene.size ** 2,
    },
    {
      name: 'multiply-accumulates',
      work: 'forward',
      scenes: subjects.map((each) => ({ subject: each, size: middle, steps })),
      load: macs,
    },
    {
      name: 'T',
      work: 'simulate',
      scenes: times.map((T) => ({ subject, size: middle, steps: T })),
      load: (scene) => scene.steps,
    },
  ];
}

/** The times along an axis, and as ratios to that of its first point. */
export function measureAxis({ name, work, scenes, load }: Axis, engine: Engine, limits: Limits): Row[] {
  const works = scenes.map((scene) => networkWork(work, scene));
  const measured = measure(works, [engine], limits);
  return measured.map((own, k) => {
    const row = rowOf('scaling', own.work, engine.name, engine.threads, own);
    if (k === 0) return row;
    const times = Number((load(scenes[k]) / load(scenes[0])).toPrecision(3));
    return { ...row, ratio: own.median / measured[0].median, to: `the first, for ${times}x the ${name}` };
  });
}

function macs({ subject, size }: Scene): number {
  return subject.unet.layers.reduce((sum, layer) => sum + exactMacs(layer, size, size), 0);
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
