/**
 * Training against PyTorch in float64 (fixtures/make/unet_goldens.py): some updates of a whole U-Net by the
 * training loop itself. It compares losses, and how far the weights have moved: most of a weight is its
 * start.
 */

import t from 'tap';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import type { Model } from '../../lib/model/model.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import type { Learner } from '../../lib/train/learner.js';
import { initialProgress, trainLoop } from '../../lib/train/loop.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, requireGolden } from '../engine/kernel/golden.js';
import { goldenExample, goldenModel, type Tensors } from '../engine/kernel/network.js';
import { engineOf } from '../support/engine.js';

/**
 * Trains a copy of the model on the batches of a golden file; the loss of each update, and the parameters.
 */
async function train(kernels: Kernels, model: Model, tensors: Tensors, settings: Record<string, string>) {
  const [batch, updatesPerEpoch, learningRate] = ['batch', 'updates', 'learningRate'].map((key) =>
    Number(settings[key]),
  );
  const optimiser = findOptimiser(settings.optimizer);
  const trainer = engineOf(kernels).trainer(model, backprop, { optimiser });
  const learner: Learner = {
    model,
    newTrainer: () => trainer,
    example: (_epoch, index) => goldenExample(tensors, `.${Math.floor(index / batch)}.${index % batch}`),
    finished: () => model,
    validate: () => ({ metrics: {}, images: [], spikes: 0, score: 0, remarks: [] }),
  };
  const losses: number[] = [];
  const hooks = {
    onUpdate: (_done: number, _total: number, loss: number) => losses.push(loss),
    onEpoch: () => {},
    save: () => {},
  };
  const options = { epochs: 1, batch, updatesPerEpoch, learningRate, schedule: 'constant', patience: 0 };
  const training = { learner, trainer, options: { ...options, saveEvery: updatesPerEpoch }, hooks };
  await trainLoop(training, initialProgress(), new AbortController().signal);
  return { losses, parameters: unpackParameters(model.layers, trainer.parameters()) };
}

for (const [engine, kernels] of backends) {
  for (const file of ['unet/training_adam', 'unet/training_rmsprop']) {
    t.test(`${engine}: the losses and updates of ${file} are PyTorch's`, async (t) => {
      const { model, tensors } = goldenModel(file);
      const start = unpackParameters(model.layers, model.parameters);
      const { losses, parameters } = await train(kernels, model, tensors, goldenFile(file).metadata);
      requireGolden(t, losses, goldenTensor(tensors, 'loss').data, `${file}:loss`);
      for (const [name, { data }] of parameters) {
        const before = start.get(name)!.data;
        const moved = data.map((value, i) => value - before[i]);
        requireGolden(t, moved, goldenTensor(tensors, `moved.${name}`).data, `${file}:moved.${name}`);
      }
    });
  }
}
