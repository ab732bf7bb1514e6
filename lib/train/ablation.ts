/**
 * What each choice changes that the paper leaves open or that the authors' code makes differently: the same
 * U-Net is converted, run and differentiated once for each variant, and compared with the variant that it
 * departs from.
 */

import { normaliseModel } from '../convert/normaliseModel.js';
import { type SpikingModel, withNeurons } from '../convert/spikingModel.js';
import type { Lambdas } from '../convert/statistics.js';
import { type Engine, withProgram } from '../engine/door.js';
import { asf } from '../engine/learn/asfMethod.js';
import type { Example } from '../engine/learn/method.js';
import { anySize } from '../engine/predict.js';
import { spikingRun } from '../engine/readout.js';
import type { SimulationOptions } from '../engine/simulate/simulation.js';
import { patchwiseRun } from '../engine/tiles.js';
import { evaluateTask } from '../measure/evaluateTask.js';
import type { Model } from '../model/model.js';
import { findNeuron } from '../neuron/index.js';
import { type AsfChoices, departuresOf } from '../official/asfChoices.js';
import { PAPER_SCALES, type ScaleChoices } from '../official/scaleChoices.js';
import { readingStepBefore } from '../official/stepBefore.js';
import type { Sample } from '../picture/sample.js';
import { drawExample } from './example.js';
import { padToPatches } from './patches.js';

/** One way to do it. What is left out is done as the paper says. */
export interface Variant {
  readonly name: string;
  /** The variant that it departs from; the first of the table for itself. */
  readonly against: string;
  readonly normalisation: 'connection' | 'layer';
  readonly scales?: Partial<ScaleChoices>;
  readonly neuron?: string;
  /** Membranes start at half of the smallest threshold. */
  readonly halfFull?: true;
  readonly order?: NonNullable<SimulationOptions['order']>;
  readonly asf?: Partial<AsfChoices>;
  /** Images are segmented patch by patch, and scored with their padding. */
  readonly cut?: true;
  readonly padded?: true;
}

const CW = { against: 'connection-wise', normalisation: 'connection' } as const;
const LW = { against: 'layer-wise', normalisation: 'layer' } as const;

export const variants: readonly Variant[] = [
  { ...CW, name: 'connection-wise' },
  { ...CW, name: 'slices short', scales: { slices: 'short' } },
  { ...CW, name: 'flow-bias once', asf: { flowBias: 'once' } },
  { ...CW, name: 'flow gated', asf: { flow: 'gated' } },
  { ...CW, name: 'logits sum', asf: { logits: 'sum' } },
  { ...CW, name: 'cut patches', cut: true },
  { ...CW, name: 'area padded', padded: true },
  { ...CW, name: 'v-init half', halfFull: true },
  { ...CW, name: 'reading the step before', order: readingStepBefore },
  { ...CW, name: 'neuron if', neuron: 'if' },
  { ...CW, name: 'neuron if-hard', neuron: 'if-hard', against: 'neuron if' },
  { ...CW, name: 'neuron if, flow gated', neuron: 'if', asf: { flow: 'gated' }, against: 'neuron if' },
  {
    ...CW,
    name: 'profile official',
    scales: { slices: 'short' },
    asf: { flowBias: 'once', flow: 'counted' },
    cut: true,
    padded: true,
  },
  { ...LW, name: 'layer-wise', against: 'connection-wise' },
  { ...LW, name: 'norm layer, layer-input tensor', scales: { layerInput: 'tensor' } },
  {
    ...LW,
    name: 'norm layer, profile official',
    scales: { layerInput: 'tensor' },
    asf: { flowBias: 'once', flow: 'counted' },
    cut: true,
    padded: true,
  },
];

/** What the variants are tried on. */
export interface AblationTask {
  readonly unet: Model;
  readonly lambdas: Lambdas;
  readonly samples: readonly Sample[];
  /**
   * Side of the patch whose gradient is computed, and of the patches that an image is cut into, in pixels.
   */
  readonly patchSize: number;
  /** T */
  readonly steps: number;
  /** Noise for denoisers, in grey levels. */
  readonly sigma: number;
  readonly seed: number;
}

export interface AblationRow {
  readonly name: string;
  readonly against: string;
  /** F1 (inside the field of view), mIoU or PSNR over the samples. */
  readonly score: number;
  readonly spikes: number;
  /** Relative L2 distance of the outputs of all samples to those of `against`. */
  readonly outputChange: number;
  /** Loss on one patch, and relative L2 distance of its ASF-BP gradient. */
  readonly loss: number;
  readonly gradientChange: number;
}

/** Tries every variant; `onRow` is called after each. */
export function ablate(engine: Engine, task: AblationTask, onRow?: (done: number) => void): AblationRow[] {
  const example = drawExample({ ...task, task: task.unet.configuration.task }, 1, 0);
  const bases = new Map<string, Trial>();
  return variants.map((variant, done) => {
    const trial = tryVariant(engine, task, variant, example);
    if (variants.some(({ against }) => against === variant.name)) bases.set(variant.name, trial);
    const base = bases.get(variant.against)!;
    onRow?.(done + 1);
    return {
      name: variant.name,
      against: variant.against,
      score: trial.score,
      spikes: trial.spikes,
      outputChange: relativeDistance(trial.outputs, base.outputs),
      loss: trial.loss,
      gradientChange: relativeDistance(trial.gradients, base.gradients),
    };
  });
}

interface Trial {
  readonly score: number;
  readonly spikes: number;
  readonly outputs: readonly Float32Array[];
  readonly loss: number;
  readonly gradients: readonly Float32Array[];
}

function tryVariant(engine: Engine, task: AblationTask, variant: Variant, example: Example): Trial {
  const network = spikingVariant(task, variant);
  const { steps } = task;
  const method = asf({ steps }, departuresOf(variant.asf ?? {}));
  const { loss, gradients } = engine.gradient(network, method, [example]);
  return { ...judge(engine, network, task, variant), loss, gradients: [...gradients.values()] };
}

/** Score, spikes and outputs of a variant on all samples. */
function judge(
  engine: Engine,
  network: SpikingModel,
  task: AblationTask,
  variant: Variant,
): Pick<Trial, 'score' | 'spikes' | 'outputs'> {
  const { layers, configuration } = network;
  const { steps, patchSize } = task;
  const segmenting = configuration.task === 'segment';
  const samples = task.samples.map((sample) =>
    variant.padded && segmenting ? padToPatches(sample, patchSize) : sample,
  );
  const outputs: Float32Array[] = [];
  const { score, spikes } = withProgram(engine, network, (program) => {
    const whole = spikingRun(program, configuration.task, {
      steps,
      ...(variant.order && { order: variant.order }),
    });
    const run = variant.cut && segmenting ? patchwiseRun(whole, layers, patchSize) : whole;
    const recording = anySize(program.multipleOf, (image) => {
      const prediction = run(image);
      outputs.push(prediction.output); // the padding included
      return prediction;
    });
    return evaluateTask(network, samples, recording, task);
  });
  return { score, spikes, outputs };
}

/** The spiking network of a variant. */
function spikingVariant({ unet, lambdas }: AblationTask, variant: Variant): SpikingModel {
  const scales = { ...PAPER_SCALES, ...variant.scales };
  const neuron = findNeuron(variant.neuron ?? 'mt');
  const thresholds = neuron.parameters.thresholds.defaults;
  return withNeurons(unet, normaliseModel(unet, lambdas, variant.normalisation, scales), {
    neuron,
    thresholds,
    initialPotential: variant.halfFull ? Math.min(...thresholds) / 2 : 0,
    normalisation: variant.normalisation,
    percentile: 99.9,
    ...scales,
  });
}

/** |a - b| / |b| over all tensors; NaN where they differ in size (one picture was padded). */
function relativeDistance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let [difference, size] = [0, 0];
  for (const [k, values] of a.entries()) {
    if (values.length !== b[k].length) return Number.NaN;
    for (let i = 0; i < values.length; i++) {
      difference += (values[i] - b[k][i]) ** 2;
      size += b[k][i] ** 2;
    }
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}
