/** One scene through three networks of one bundled model: U-Net, one step, and the paper's conversion. */

import { paperTwin } from '../../lib/convert/paperTwin.js';
import { type SpikingModel, toSpikingModel, toUnet } from '../../lib/convert/spikingModel.js';
import { stepsOf } from '../../lib/convert/usualSteps.js';
import type { Kernels } from '../../lib/engine/contract.js';
import { paddedSize, predict, type Run, unetRun } from '../../lib/engine/predict.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { energyReport, layerCosts } from '../../lib/measure/energyModels.js';
import { evaluateTask, scoreName } from '../../lib/measure/evaluateTask.js';
import type { Model } from '../../lib/model/model.js';
import type { CaptionedPrediction } from '../../lib/picture/taskPicture.js';
import { readModel } from '../cli/modelOptions.js';
import type { Scene } from './scenes.js';

/** How many networks each scene is given to. */
export const NETWORKS = 3;
/** The paper's T for DRIVE. */
const PAPER_STEPS = 10;
/** Noise to be removed, in grey levels. */
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
  /** Of the network alone, when it runs for the second time. */
  readonly ms: number;
}

export interface Measured {
  readonly rows: readonly Row[];
  readonly predictions: readonly CaptionedPrediction[];
  /** What the networks saw, [H,W,C]. */
  readonly seen: Float32Array;
  readonly classes: number;
}

/** A network as the demo runs it; `operations` are known after it has run. */
interface Contestant {
  readonly network: string;
  readonly steps: number;
  readonly run: Run;
  operations(): number;
}

export function measureScene(kernels: Kernels, scene: Scene, seed: number, onDone: () => void): Measured {
  const { model } = readModel(scene.model);
  const unet = toUnet(model, scene.model);
  const oneStep = toSpikingModel(model, scene.model);
  const predictions: CaptionedPrediction[] = [];
  const inputs: Float32Array[] = [];
  const contestants: readonly Contestant[] = [
    { network: 'U-Net', steps: 0, run: unetRun(kernels, unet), operations: () => macsOf(unet, scene) },
    spiking(kernels, oneStep, scene, stepsOf(oneStep.conversion), 'Spiking-UNet'),
    spiking(kernels, paperTwin(model, scene.model), scene, PAPER_STEPS, "the paper's way"),
  ];
  const rows = contestants.map(({ network, steps, run, operations }): Row => {
    const name = steps === 0 ? network : `${network}, T=${steps}`;
    const { score, spikes } = evaluateTask(
      unet,
      [scene.sample],
      run,
      { sigma: SIGMA, seed },
      (_, prediction, seen) => {
        predictions.push({ caption: name, prediction });
        inputs.push(seen);
      },
    );
    const ms = timeOf(kernels, run, inputs[0], scene);
    onDone();
    return {
      network: name,
      steps,
      metric: scoreName(unet),
      value: score,
      spikes,
      operations: operations(),
      ms,
    };
  });
  return { rows, predictions, seen: inputs[0], classes: unet.classNames.length };
}

function timeOf(kernels: Kernels, run: Run, input: Float32Array, { sample }: Scene): number {
  return kernels.frozen(() => {
    const start = performance.now();
    predict(run, input, sample.height, sample.width);
    return performance.now() - start;
  });
}

/** A spiking network that counts its synaptic operations as it is run for the first time. */
function spiking(
  kernels: Kernels,
  network: SpikingModel,
  scene: Scene,
  steps: number,
  name: string,
): Contestant {
  let operations: number | undefined;
  const { task } = network.configuration;
  const counting = spikingRun(
    kernels,
    network,
    task,
    { steps, mode: 'auto', keep: ['spikeCounts'] },
    ({ spikeCounts }) => {
      operations = energyReport(network.layers, costsOf(network, scene, spikeCounts)).synops.operations;
    },
  );
  const plain = spikingRun(kernels, network, task, { steps, mode: 'auto', keep: [] });
  const run: Run = (...image) => (operations === undefined ? counting : plain)(...image);
  return { network: name, steps, run, operations: () => operations! };
}

function macsOf(unet: Model, scene: Scene): number {
  return energyReport(unet.layers, costsOf(unet, scene, new Map())).unet.exact.operations;
}

function costsOf({ layers }: Model, { sample }: Scene, spikeCounts: ReadonlyMap<string, Uint32Array>) {
  const { paddedHeight, paddedWidth } = paddedSize(sample.height, sample.width);
  return layerCosts(layers, spikeCounts, paddedHeight, paddedWidth);
}
