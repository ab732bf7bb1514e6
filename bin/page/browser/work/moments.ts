/**
 * A network runs, and is watched: one moment for each step, or in one step for each threshold more. What the
 * watched layer did is kept, for neurons that are looked at later.
 */

import type { FloatImage } from '../../../../lib/core/floatImage.js';
import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { cropOutput, padImage } from '../../../../lib/engine/predict.js';
import type { Program } from '../../../../lib/engine/program.js';
import { readOut } from '../../../../lib/engine/readout.js';
import type { Simulation, WatchedStep } from '../../../../lib/engine/simulate/simulation.js';
import { energyReport, layerCosts } from '../../../../lib/measure/energyModels.js';
import { OUTPUT, outputDims } from '../../../../lib/net/architecture.js';
import { multipleOf } from '../../../../lib/net/graph.js';
import { hasNeuron } from '../../../../lib/net/network.js';
import { type LayerNeuron, neuronOf } from '../../../../lib/neuron/spikingNetwork.js';
import { inputOf } from '../../../../lib/picture/sample.js';
import type { Answer, Choice, Counted } from '../messages.js';
import { differencePicture, type Judged, judge, type Task } from './judge.js';
import { mapOf, tilesOf } from './mapOfLayer.js';
import type { OpenPicture } from './opened.js';
import { pixelsOf } from './pixels.js';
import type { Stage } from './stages.js';

/** The watched layer at one moment: [h,w,C]. */
export interface LayerMoment extends Pick<WatchedStep, 'output' | 'membrane' | 'spikes'> {
  readonly kind: LayerNeuron;
}

/** All that happened in a run. */
export interface Happened {
  readonly choice: Choice;
  readonly picture: OpenPicture;
  readonly task: Task;
  readonly padded: FloatImage;
  /** The whole network, and the T that it ran for. */
  readonly last: Stage;
  /** Its read-out [H,W,K], of the picture without padding. */
  readonly output: Float32Array;
  readonly judged: Judged;
  readonly layer: readonly LayerMoment[];
  readonly size: { readonly height: number; readonly width: number; readonly channels: number };
}

interface Watching {
  readonly engine: Engine;
  readonly choice: Choice;
  readonly picture: OpenPicture;
  readonly task: Task;
  /** What the U-Net answers, if there is one. */
  readonly unet: Judged['prediction'] | undefined;
  tell(answer: Answer): void;
}

/** Runs the stages of a choice, and tells of every moment as soon as it is there. */
export function runMoments(stages: readonly Stage[], watching: Watching): Happened {
  const { engine, choice, picture, task, tell } = watching;
  const last = stages.at(-1)!;
  const padded = padImage(inputOf(task.sample, task.seen), multipleOf(last.network.layers));
  const layer = last.network.layers.filter(hasNeuron).find(({ output }) => output === choice.signal)!;
  const size = outputDims(layer, padded.height, padded.width);
  const tiles = tilesOf({ channels: size.channels, rows: size.height, columns: size.width });
  const seen: LayerMoment[] = [];
  const answers: { output: Float32Array; judged: Judged }[] = [];
  tell({ tell: 'begins', moments: choice.steps === 1 ? stages.length : choice.steps, tiles });

  /** The output after a step; the watched layer has been seen before. */
  const add = ({ network, steps, label }: Stage, { step, output: sum }: WatchedStep) => {
    const readout = readOut(network.configuration.task, sum, step + 1);
    const output = cropOutput(readout, padded, task.sample);
    const judged = judge(task, output, watching.unet);
    answers.push({ output, judged });
    const moment = seen.at(-1)!;
    const most = moment.kind.parameters.thresholds.reduce((all, volts) => all + volts, 0);
    tell({
      tell: 'moment',
      moment: {
        ...{ index: seen.length - 1, label: steps === 1 ? label : `step ${step + 1} of ${steps}` },
        ...{ scores: judged.scores, answer: pixelsOf(judged.picture) },
        ...(watching.unet && { difference: pixelsOf(differencePicture(task, judged, watching.unet)) }),
        map: mapOf(moment.output, tiles, most),
      },
    });
  };

  for (const stage of stages)
    withProgram(engine, stage.network, (program) => {
      const kind = neuronOf(stage.network, layer);
      const first = seen.length;
      const { signal } = choice;
      const onStep = (watched: WatchedStep) => {
        if (watched.signal === signal) seen.push({ ...watched, kind });
        else add(stage, watched);
      };
      const watch = { signals: [signal, OUTPUT], onStep };
      const simulation = program.simulate(padded, { steps: stage.steps, keep: [], watch });
      tell({ tell: 'fired', first, spikes: spikesUpTo(simulation) });
      if (stage === last) tell({ tell: 'ends', ...totals(program, stage, padded) });
    });
  return { choice, picture, task, padded, last, ...answers.at(-1)!, layer: seen, size };
}

/** Spikes of all layers up to each step. */
function spikesUpTo({ spikesPerStep, steps }: Simulation): number[] {
  let spikes = 0;
  return Array.from({ length: steps }, (_, t) => {
    for (const perStep of spikesPerStep.values()) spikes += perStep[t];
    return spikes;
  });
}

/** Spikes, operations, joules and time of the whole network, and where its spikes are. */
function totals(program: Program, { network, steps }: Stage, padded: FloatImage) {
  const { layers } = network;
  const simulation = program.simulate(padded, { steps, keep: ['spikeCounts'] });
  const start = performance.now();
  program.simulate(padded, { steps, keep: [] });
  const ms = performance.now() - start;
  const counts = new Map([...simulation.spikeCounts, ...simulation.eventCounts]);
  const report = energyReport(layers, layerCosts(layers, counts, padded.height, padded.width));
  const { operations } = report.synops;
  const { joules } = network.bits === 8 ? report.whole : report.synops;
  const counted: Counted = { spikes: simulation.spikes, operations, joules, ms };
  return { counted, layers: layersChart(simulation, steps) };
}

function layersChart({ spikesPerStep }: Simulation, steps: number) {
  const spikes = [...spikesPerStep].flatMap(([layer, perStep]) =>
    Array.from(perStep, (count, t) => ({ layer, step: t + 1, spikes: count })),
  );
  return { spikes, order: [...spikesPerStep.keys()], steps };
}
