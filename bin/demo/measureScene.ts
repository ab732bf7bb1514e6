/** One scene through three networks of one bundled model: U-Net, one step, and the paper's conversion. */

import { paperTwin } from '../../lib/convert/paperTwin.js';
import { toSpikingModel, toUnet } from '../../lib/convert/spikingModel.js';
import { stepsOf } from '../../lib/convert/usualSteps.js';
import type { FloatImage } from '../../lib/core/floatImage.js';
import { type Engine, withProgram } from '../../lib/engine/door.js';
import { padImage, type Run, unetRun } from '../../lib/engine/predict.js';
import type { Program } from '../../lib/engine/program.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { energyReport, layerCosts } from '../../lib/measure/energyModels.js';
import { evaluateTask, scoreName } from '../../lib/measure/evaluateTask.js';
import type { Model } from '../../lib/model/model.js';
import { inputOf } from '../../lib/picture/sample.js';
import type { CaptionedPrediction } from '../../lib/picture/taskPicture.js';
import { readModel } from '../cli/modelOptions.js';
import type { Scene } from './scenes.js';

/** How many networks run on each scene. */
export const NETWORKS = 3;
/** The paper's T for DRIVE. */
const PAPER_STEPS = 10;
/** Standard deviation of the noise to be removed, in grey levels. */
const SIGMA = 25;

export interface Row {
  readonly network: string;
  /** 0: a U-Net. */
  readonly steps: number;
  readonly metric: 'F1' | 'mIoU' | 'PSNR';
  readonly value: number;
  readonly spikes: number;
  /** Multiply-accumulates of a U-Net, synaptic operations of a spiking network. */
  readonly operations: number;
  /** Milliseconds of the network alone, after a first run. */
  readonly ms: number;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly predictions: readonly CaptionedPrediction[];
  /** The input of the networks, [H,W,C]. */
  readonly seen: Float32Array;
  readonly classes: number;
}

/** A network as the demo runs it. */
interface Contestant {
  readonly name: string;
  readonly network: Model;
  /** 0: a U-Net. */
  readonly steps: number;
}

export function measureScene(engine: Engine, scene: Scene, seed: number, onDone: () => void): Measured {
  const { model } = readModel(scene.model);
  const unet = toUnet(model, scene.model);
  const oneStep = toSpikingModel(model, scene.model);
  const contestants: readonly Contestant[] = [
    { name: 'U-Net', network: unet, steps: 0 },
    { name: 'Spiking-UNet', network: oneStep, steps: stepsOf(oneStep.conversion) },
    { name: "the paper's conversion", network: paperTwin(model, scene.model), steps: PAPER_STEPS },
  ];
  const results = contestants.map((contestant) => {
    const result = withProgram(engine, contestant.network, (program) =>
      compete(program, contestant, { unet, scene, seed }),
    );
    onDone();
    return result;
  });
  return {
    rows: results.map(({ row }) => row),
    predictions: results.map(({ row, prediction }) => ({ caption: row.network, prediction })),
    seen: results[0].seen.data,
    classes: unet.classNames.length,
  };
}

interface Course {
  readonly unet: Model;
  readonly scene: Scene;
  readonly seed: number;
}

/** Runs a network three times: for its quality, its operations, and its time. */
function compete(program: Program, { name, steps }: Contestant, { unet, scene, seed }: Course) {
  const { sample } = scene;
  const { task } = unet.configuration;
  const run = steps === 0 ? unetRun(program) : spikingRun(program, task, { steps });
  const shown: { prediction: Uint8Array | Float32Array; seen: FloatImage }[] = [];
  const { score, spikes } = evaluateTask(
    unet,
    [sample],
    run,
    { sigma: SIGMA, seed },
    (_, prediction, input) => {
      shown.push({ prediction, seen: inputOf(sample, input) });
    },
  );
  const [{ prediction, seen }] = shown;
  const network = steps === 0 ? name : `${name}, T=${steps}`;
  const row: Row = {
    ...{ network, steps, spikes, metric: scoreName(unet), value: score },
    operations: operationsOf(program, unet, seen, steps),
    ms: timeOf(run, seen),
  };
  return { row, prediction, seen };
}

function timeOf(run: Run, image: FloatImage): number {
  const start = performance.now();
  run(image);
  return performance.now() - start;
}

/** Multiply-accumulates of a U-Net; synaptic operations of a spiking network, which is run to count them. */
function operationsOf(program: Program, { layers }: Model, image: FloatImage, steps: number): number {
  const padded = padImage(image, program.multipleOf);
  const { spikeCounts } =
    steps === 0 ? { spikeCounts: new Map() } : program.simulate(padded, { steps, keep: ['spikeCounts'] });
  const { unet, synops } = energyReport(layers, layerCosts(layers, spikeCounts, padded.height, padded.width));
  return steps === 0 ? unet.exact.operations : synops.operations;
}
