/**
 * A network runs, and is watched: one moment for each step, or in one step for each threshold more. What the
 * watched layer did is kept, for neurons that are looked at later.
 */

import type { FloatImage } from '../../../../lib/core/floatImage.js';
import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { cropOutput, padImage } from '../../../../lib/engine/predict.js';
import { readOut } from '../../../../lib/engine/readout.js';
import type { WatchedStep } from '../../../../lib/engine/simulate/simulation.js';
import { OUTPUT, outputDims } from '../../../../lib/net/architecture.js';
import { multipleOf } from '../../../../lib/net/graph.js';
import { hasNeuron } from '../../../../lib/net/network.js';
import { type LayerNeuron, neuronOf } from '../../../../lib/neuron/spikingNetwork.js';
import type { Size } from '../../../../lib/op/op.js';
import { inputOf } from '../../../../lib/picture/sample.js';
import type { Answer, Choice, Moment } from '../messages.js';
import { differencePicture, type Judged, judge, type Task } from './judge.js';
import { mapOf, tilesOf } from './mapOfLayer.js';
import type { OpenModel, OpenPicture } from './opened.js';
import { pixelsOf } from './pixels.js';
import type { Stage } from './stages.js';
import { spikesUpTo, totals } from './totals.js';

/** What runs, and on what. */
export interface Subject {
  readonly choice: Choice;
  readonly model: OpenModel;
  readonly picture: OpenPicture;
  readonly task: Task;
  /** What the U-Net answers, if the model has one. */
  readonly unet: Judged['prediction'] | undefined;
}

/** The watched layer at one moment: [h,w,C]. */
export interface LayerMoment extends Pick<WatchedStep, 'output' | 'membrane' | 'spikes'> {
  readonly kind: LayerNeuron;
}

/** All that happened in a run. */
export interface Happened extends Subject {
  readonly padded: FloatImage;
  /** The whole network, and the T that it ran for. */
  readonly last: Stage;
  /** Its read-out [H,W,K], of the picture without padding. */
  readonly output: Float32Array;
  /** The watched layer at all moments, and its size. */
  readonly layer: readonly LayerMoment[];
  readonly size: Size;
}

/** Runs the stages of a choice, and tells of every moment as soon as it is there. */
export function runMoments(
  engine: Engine,
  stages: readonly Stage[],
  subject: Subject,
  tell: (answer: Answer) => void,
): Happened {
  const { choice, task } = subject;
  const { signal, steps } = choice;
  const last = stages.at(-1)!;
  const { layers } = last.network;
  const padded = padImage(inputOf(task.sample, task.seen), multipleOf(layers));
  const watched = layers.filter(hasNeuron).find(({ output }) => output === signal)!;
  const size = outputDims(watched, padded.height, padded.width);
  const layer: LayerMoment[] = [];
  const latest: { output: Float32Array } = { output: new Float32Array(0) };
  tell({ tell: 'begins', moments: steps === 1 ? stages.length : steps, tiles: tilesOf(size) });
  for (const stage of stages)
    withProgram(engine, stage.network, (program) => {
      const kind = neuronOf(stage.network, watched);
      const first = layer.length;
      const onStep = (seen: WatchedStep) => {
        if (seen.signal === signal) {
          layer.push({ ...seen, kind });
          return;
        }
        const { task: work } = stage.network.configuration;
        latest.output = cropOutput(readOut(work, seen.output, seen.step + 1), padded, task.sample);
        const label = steps === 1 ? stage.label : `step ${seen.step + 1} of ${steps}`;
        const shown = shownMoment(subject, latest.output, layer.at(-1)!, size);
        tell({ tell: 'moment', moment: { index: layer.length - 1, label, ...shown } });
      };
      const watch = { signals: [signal, OUTPUT], onStep };
      const simulation = program.simulate(padded, { steps, keep: [], watch });
      tell({ tell: 'fired', first, spikes: spikesUpTo(simulation) });
      if (stage === last) tell({ tell: 'ends', ...totals(program, stage, padded) });
    });
  return { ...subject, padded, last, ...latest, layer, size };
}

/** What one sees of an output [H,W,K] and of the watched layer. */
function shownMoment(
  { task, unet }: Subject,
  output: Float32Array,
  { output: fired, kind }: LayerMoment,
  size: Size,
): Omit<Moment, 'index' | 'label'> {
  const judged = judge(task, output, unet);
  const most = kind.parameters.spikeValues.reduce((all, volts) => all + volts, 0);
  return {
    scores: judged.scores,
    answer: pixelsOf(judged.picture),
    ...(unet && { difference: pixelsOf(differencePicture(task, judged, unet)) }),
    map: mapOf(fired, tilesOf(size), most),
  };
}
