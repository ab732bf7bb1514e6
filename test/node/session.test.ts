import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { directModel } from '../../lib/convert/directModel.js';
import { numbersToLearn } from '../../lib/convert/keptNumbers.js';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { toTrainableModel, withBits, withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { asf as asfMethod } from '../../lib/engine/learn/asfMethod.js';
import type { Method } from '../../lib/engine/learn/method.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import type { Model } from '../../lib/model/model.js';
import { mapParameters, zerosLike } from '../../lib/net/parameters.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { loadCheckpoint, saveCheckpoint } from '../../lib/node/run/checkpoint.js';
import { openRunFolder, type RunConfig } from '../../lib/node/run/runFolder.js';
import { runSession } from '../../lib/node/run/session.js';
import { type Learner, spikingLearner, trainingData, unetLearner } from '../../lib/train/learner.js';
import { initialProgress, trainLoop } from '../../lib/train/loop.js';
import { findSpikingMethod } from '../../lib/train/spikingMethods.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const samples = [1, 2, 3, 4].map((number) => drawSample(5, number, `eye${number}`, 1, 48));
const data = trainingData(samples, 0.25, 16, 3);
const unet = {
  ...randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }),
  classNames: ['background', 'vessel'],
};
const lambdas = measureLambdas(referenceEngine, unet, samples, 99.9);
const spiking = withNeurons(unet, normaliseModel(unet, lambdas, 'connection'), {
  neuron: findNeuron('mt'),
  thresholds: [2, 1, 0.5, 0.25],
  initialPotential: 0,
  normalisation: 'connection',
  percentile: 99.9,
});
const realSpikes = withNeurons(unet, normaliseModel(unet, lambdas, 'connection'), {
  neuron: findNeuron('rs'),
  initialPotential: 0.5,
  normalisation: 'connection',
  percentile: 99.9,
});
const asf = (model: Model) =>
  spikingLearner(referenceEngine, toTrainableModel(model, 'test'), data, asfMethod({ steps: 2 }), {
    steps: 2,
    mode: 'auto',
  });
const normalised = directModel(unet, { neuron: findNeuron('rs'), steps: 2, batchNormalisation: 'tdbn' });
const bptt = (model: Model) =>
  spikingLearner(referenceEngine, toTrainableModel(model, 'test'), data, throughTime({ steps: 2 }), {
    steps: 2,
  });
const whole = withBits(spiking, { bits: 8 });
const kept = { steps: 2, ...numbersToLearn(whole, 'test', {}) };
const throughBits = (model: Model) =>
  spikingLearner(
    referenceEngine,
    toTrainableModel(model, 'test'),
    data,
    findSpikingMethod('asf', kept),
    kept,
  );

const learners: Record<string, [Model, (model: Model) => Learner]> = {
  'back-propagation': [unet, (model) => unetLearner(referenceEngine, model, data)],
  'ASF-BP': [spiking, asf],
  'ASF-BP of real spikes': [toTrainableModel(realSpikes, 'test'), asf],
  'ASF-BP of a network in whole numbers': [toTrainableModel(whole, 'test'), throughBits],
  'BPTT with batch normalisation': [normalised, bptt],
};

const open = (directory: string, config: RunConfig, resume: boolean) =>
  openRunFolder({ directory, config, start: '', resume, remark: () => {} });

/** A copy whose parameters can be trained without touching the original. */
function copy(model: Model): Model {
  return {
    ...model,
    parameters: new Map([...model.parameters].map(([name, values]) => [name, values.slice()])),
  };
}

/** Trains in a folder; stops after `stopAfter` updates. */
async function train(
  folder: string,
  kind: string,
  optimizer: string,
  resume: boolean,
  stopAfter = Number.POSITIVE_INFINITY,
) {
  const [start, makeLearner] = learners[kind];
  const controller = new AbortController();
  let updates = 0;
  return runSession({
    folder: open(folder, { kind, optimizer }, resume),
    options: {
      epochs: 3,
      batch: 2,
      updatesPerEpoch: 4,
      learningRate: 1e-3,
      optimizer,
      schedule: 'cosine',
      patience: 0,
      saveEvery: 3,
    },
    start: copy(start),
    resume,
    signal: controller.signal,
    makeLearner,
    onUpdate: () => {
      updates += 1;
      if (updates === stopAfter) controller.abort();
    },
    onEpoch: () => {},
  });
}

for (const [kind, optimizer] of [
  ['back-propagation', 'adam'],
  ['back-propagation', 'rmsprop'],
  ['ASF-BP', 'adam'],
  ['ASF-BP of real spikes', 'adam'],
  ['ASF-BP of a network in whole numbers', 'adam'],
  ['BPTT with batch normalisation', 'sgd'],
] as const) {
  t.test(
    `${kind} with ${optimizer}: a run that is stopped and resumed ends with the same bytes`,
    async (t) => {
      const [whole, pieces] = [t.testdir(), join(t.testdir(), 'pieces')];
      t.equal((await train(whole, kind, optimizer, false)).completed, true);
      t.equal((await train(pieces, kind, optimizer, false, 2)).completed, false, 'stopped within an epoch');
      t.equal((await train(pieces, kind, optimizer, true, 2)).completed, false, 'at the end of an epoch');
      t.equal((await train(pieces, kind, optimizer, true, 5)).completed, false);
      const last = await train(pieces, kind, optimizer, true);
      t.equal(last.completed, true);
      t.equal(last.records.length, 3);
      for (const file of ['checkpoints/last.safetensors', 'checkpoints/best.safetensors', 'metrics.jsonl']) {
        t.ok(readFileSync(join(whole, file)).equals(readFileSync(join(pieces, file))), file);
      }
    },
  );
}

t.test('a run is neither overwritten nor resumed with other options', async (t) => {
  const folder = t.testdir();
  await train(folder, 'back-propagation', 'adam', false, 1);
  await t.rejects(train(folder, 'back-propagation', 'adam', false), /holds a run already/);
  await t.rejects(train(folder, 'back-propagation', 'rmsprop', true), /was started with "adam"/);
  t.throws(() => open(join(folder, 'nowhere'), {}, true), UsageError);
});

t.test('a checkpoint needs the averages of all parameters, amplitudes too', async (t) => {
  const path = join(t.testdir(), 'last.safetensors');
  const optimiser = findOptimiser('adam');
  const progress = initialProgress();
  const averages = new Map(optimiser.slots.map((slot) => [slot, zerosLike(spiking.parameters)]));
  saveCheckpoint(path, toTrainableModel(realSpikes, 'test'), averages, progress);
  t.throws(() => loadCheckpoint(path, optimiser), /tensor optimiser.moment1.conv2.amplitude is missing/);
  saveCheckpoint(path, spiking, averages, progress);
  t.doesNotThrow(() => loadCheckpoint(path, optimiser));
});

t.test('training lowers the loss', async (t) => {
  const { records } = await train(t.testdir(), 'back-propagation', 'adam', false);
  t.ok(records[2].loss! < records[0].loss!, `${records.map((record) => record.loss)}`);
});

t.test('a loss that is not a number stops the run, and the checkpoint before it stays', async (t) => {
  const folder = t.testdir();
  await train(folder, 'back-propagation', 'adam', false, 2);
  const path = join(folder, 'checkpoints', 'last.safetensors');
  const before = readFileSync(path);
  const nothing: Method = {
    name: 'poisoned',
    gradient: () => ({ loss: Number.NaN, gradients: unet.parameters }),
  };
  const [, makeLearner] = learners['back-propagation'];
  learners['back-propagation'][1] = (model) => withMethod(makeLearner(model), nothing);
  await t.rejects(
    train(folder, 'back-propagation', 'adam', true),
    /loss became NaN at update 3: take a lower learning rate/,
  );
  learners['back-propagation'][1] = makeLearner;
  t.ok(readFileSync(path).equals(before));
});

/** A learner that learns by another method. */
function withMethod(learner: Learner, method: Method): Learner {
  return { ...learner, newTrainer: (options) => referenceEngine.trainer(learner.model, method, options) };
}

t.test(
  'a gradient that is not a number stops the run as well; one that is too long is shortened',
  async (t) => {
    const [start, makeLearner] = learners['back-propagation'];
    const steps = new Map<number, number>();
    const move = async (clip: number, gradient: number) => {
      const gradients = mapParameters(start.parameters, (values) => values.map(() => gradient));
      const learner = withMethod(makeLearner(start), {
        name: 'constant',
        gradient: () => ({ loss: 1, gradients: mapParameters(gradients, (values) => values.slice()) }),
      });
      const trainer = learner.newTrainer({ optimiser: findOptimiser('rmsprop'), clip });
      const options = { epochs: 1, batch: 1, updatesPerEpoch: 1, learningRate: 1, patience: 0, saveEvery: 2 };
      const hooks = { onUpdate: () => {}, onEpoch: () => {}, save: () => {} };
      const training = { learner, trainer, options: { ...options, schedule: 'constant' }, hooks };
      await trainLoop(training, initialProgress(), new AbortController().signal);
      steps.set(clip, trainer.averages().get('squareAverage')!.get('conv1.weight')![0]);
    };
    await t.rejects(move(0, Number.NaN), /norm of the gradient became NaN at update 1: .*clip gradients/);
    const length = [...start.parameters.values()].reduce((sum, values) => sum + values.length, 0);
    for (const clip of [0, 0.5, 1000]) await move(clip, 0.25);
    t.equal(steps.get(1000), steps.get(0), 'short enough');
    const shortened = Math.fround(0.25 / Math.fround((0.25 * Math.sqrt(length)) / 0.5));
    t.ok(Math.abs(steps.get(0.5)! / steps.get(0)! / (shortened / 0.25) ** 2 - 1) < 1e-5);
  },
);

t.test('early stopping ends a run that does not improve', async (t) => {
  const [start, makeLearner] = learners['back-propagation'];
  const stuck = (model: Model): Learner => ({
    ...makeLearner(model),
    validate: () => ({ metrics: { f1: 0.5 }, images: [], spikes: 0, score: 0.5, remarks: [] }),
  });
  const options = {
    epochs: 9,
    batch: 1,
    updatesPerEpoch: 1,
    learningRate: 1e-3,
    optimizer: 'adam',
    schedule: 'constant',
  };
  const { records, best } = await runSession({
    folder: open(t.testdir(), {}, false),
    options: { ...options, patience: 2, saveEvery: 1 },
    start: copy(start),
    resume: false,
    signal: new AbortController().signal,
    makeLearner: stuck,
    onUpdate: () => {},
    onEpoch: () => {},
  });
  t.equal(records.length, 3, 'one best epoch and two without a better one');
  t.equal(best?.epoch, 1);
});
