/**
 * Training on every engine ends with the same bits: three updates of parameters that live in the engine's
 * memory, as a session runs them, and the validation after them.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { toTrainableModel, withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { reference } from '../../lib/engine/reference/index.js';
import type { Model } from '../../lib/model/model.js';
import type { Parameters } from '../../lib/net/parameters.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { sumLogits } from '../../lib/official/sumLogits.js';
import { type Learner, spikingLearner, trainingData, unetLearner } from '../../lib/train/learner.js';
import { type EpochRecord, initialProgress, trainLoop } from '../../lib/train/loop.js';
import { findSpikingMethod, type SpikingLearning } from '../../lib/train/spikingMethods.js';
import { backends } from '../engine/kernel/backends.js';
import { requireSameBits } from '../engine/kernel/bits.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const UPDATES = 3;
const BATCH = 2;

const samples = [1, 2, 3].map((number) => drawSample(5, number, `eye${number}`, 1, 48));
const data = trainingData(samples, 0.25, { height: 16, width: 32 }, 3);

const segmenterOf = (width: number): Model => ({
  ...randomModel({ task: 'segment', width, channels: 1, classes: 2 }),
  classNames: ['background', 'vessel'],
});
const segmenter = segmenterOf(3);
const denoiser = randomModel({ task: 'denoise', width: 2, channels: 1, classes: 1 });

/** A U-Net with neurons that fire in every layer. */
function spiking(unet: Model, neuron: string, thresholds: readonly number[]): Model {
  const network = normaliseModel(unet, measureLambdas(referenceEngine, unet, samples, 99.9), 'connection');
  const choice = { normalisation: 'connection', percentile: 99.9, initialPotential: thresholds.at(-1)! / 2 };
  return withNeurons(unet, network, { neuron: findNeuron(neuron), thresholds, ...choice });
}

type MakeLearner = (kernels: Kernels, model: Model) => Learner;
const backPropagation: MakeLearner = (kernels, model) => unetLearner(engineOf(kernels), model, data);
const spikingBy =
  (method: string) =>
  (options: SpikingLearning): MakeLearner =>
  (kernels, model) => {
    const network = toTrainableModel(model, 'test');
    return spikingLearner(engineOf(kernels), network, data, findSpikingMethod(method, options), options);
  };
const [asf, bptt] = ['asf', 'bptt'].map(spikingBy);

const multiThreshold = spiking(segmenter, 'mt', [1, 0.5, 0.25, 0.125]);
const cases: Readonly<Record<string, [start: Model, optimizer: string, makeLearner: MakeLearner]>> = {
  'a U-Net that segments, adam': [segmenterOf(9), 'adam', backPropagation],
  'a U-Net that segments, rmsprop': [segmenter, 'rmsprop', backPropagation],
  'a U-Net that removes noise, adam': [denoiser, 'adam', backPropagation],
  'ASF-BP, mean over the steps': [multiThreshold, 'adam', asf({ steps: 4, mode: 'auto' })],
  'ASF-BP, sum over the steps': [
    multiThreshold,
    'rmsprop',
    asf({ steps: 3, mode: 'event', pieces: sumLogits }),
  ],
  'ASF-BP, noise, integrate-and-fire': [
    spiking(denoiser, 'if', [0.5]),
    'adam',
    asf({ steps: 5, mode: 'dense' }),
  ],
  'through time, multi-threshold': [multiThreshold, 'adam', bptt({ steps: 2 })],
  'ASF-BP, levels': [spiking(segmenter, 'ml', [1, 0.75, 0.5]), 'adam', asf({ steps: 8, mode: 'auto' })],
  'ASF-BP, real spikes': [
    toTrainableModel(spiking(denoiser, 'rs', [0.5]), 'test'),
    'adam',
    asf({ steps: 5, mode: 'auto' }),
  ],
};

/** The results of training, as ordinary arrays. */
interface Trained {
  readonly tensors: Parameters;
  readonly losses: readonly number[];
  readonly record: EpochRecord;
}

/** Trains on one engine the way a session does. */
async function train(kernels: Kernels, name: string): Promise<Trained> {
  const [start, optimizer, makeLearner] = cases[name];
  const learner = makeLearner(kernels, start);
  const trainer = learner.newTrainer({ optimiser: findOptimiser(optimizer) });
  const losses: number[] = [];
  const records: EpochRecord[] = [];
  const hooks = {
    onUpdate: (_done: number, _total: number, loss: number) => losses.push(loss),
    onEpoch: (record: EpochRecord) => records.push(record),
    save: () => {},
  };
  const options = {
    epochs: 1,
    batch: BATCH,
    updatesPerEpoch: UPDATES,
    learningRate: 0.01,
    schedule: 'cosine',
  };
  const more = { patience: 0, saveEvery: UPDATES + 1 };
  const training = { learner, trainer, options: { ...options, ...more }, hooks };
  const completed = await trainLoop(training, initialProgress(), new AbortController().signal);
  if (!completed) throw new Error('training stopped');
  const tensors = [['parameters', trainer.parameters()] as const, ...trainer.averages()].flatMap(
    ([slot, values]) => [...values].map(([parameter, tensor]) => [`${slot} ${parameter}`, tensor] as const),
  );
  trainer.dispose();
  return { tensors: new Map(tensors), losses, record: records[0] };
}

for (const name of Object.keys(cases)) {
  t.test(`${name}: parameters, averages, losses and validation are the same bits everywhere`, async (t) => {
    const [start] = cases[name];
    const expected = await train(reference, name);
    for (const [parameter, values] of start.parameters) {
      const trained = expected.tensors.get(`parameters ${parameter}`)!;
      if (trained.every((value, i) => value === values[i])) t.fail(`${parameter} did not learn`);
    }
    for (const [engine, kernels] of backends.filter(([, kernels]) => kernels !== reference)) {
      const got = await train(kernels, name);
      t.strictSame([...got.tensors.keys()], [...expected.tensors.keys()], engine);
      t.doesNotThrow(() => {
        for (const [what, values] of expected.tensors)
          requireSameBits(got.tensors.get(what)!, values, `${engine}: ${what}`);
      });
      t.strictSame(got.losses, expected.losses, `${engine}: losses`);
      t.strictSame(got.record, expected.record, `${engine}: validation`);
    }
  });
}
