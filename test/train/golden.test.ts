/**
 * Training against PyTorch in float64 (fixtures/make/unet_goldens.py): some updates of a whole U-Net by the training
 * loop itself. Losses, and the weights afterwards as far as they have moved: most of a weight is where it started.
 */

import t from 'tap';
import type { Kernels } from '../../lib/engine/contract.js';
import type { Model } from '../../lib/model/model.js';
import { mapParameters, type Parameters, unpackParameters } from '../../lib/net/parameters.js';
import { unetGradient } from '../../lib/train/backprop.js';
import { initialState, type Learner, trainLoop } from '../../lib/train/loop.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, requireGolden } from '../engine/kernel/golden.js';
import { goldenExample, goldenModel, type Tensors } from '../engine/kernel/network.js';

/** Trains a copy of the model on the batches of a golden file; the loss of each update, and the parameters. */
async function train(kernels: Kernels, start: Model, tensors: Tensors, settings: Record<string, string>) {
  const [batch, updatesPerEpoch, learningRate] = ['batch', 'updates', 'learningRate'].map((key) =>
    Number(settings[key]),
  );
  const inMemory = (parameters: Parameters) => mapParameters(parameters, kernels.resident);
  const model = { ...start, parameters: inMemory(start.parameters) };
  const learner: Learner = {
    model,
    example: (_epoch, index) => goldenExample(tensors, `.${Math.floor(index / batch)}.${index % batch}`),
    gradient: (example) => unetGradient(kernels, model, example),
    validate: () => ({ metrics: {}, images: [], spikes: 0, score: 0, remarks: [] }),
  };
  const { averages, progress } = initialState(model, settings.optimizer);
  const losses: number[] = [];
  await trainLoop(
    kernels,
    learner,
    {
      epochs: 1,
      batch,
      updatesPerEpoch,
      learningRate,
      optimizer: settings.optimizer,
      schedule: 'constant',
      patience: 0,
      saveEvery: updatesPerEpoch,
    },
    { averages: new Map([...averages].map(([slot, values]) => [slot, inMemory(values)])), progress },
    { onUpdate: (_done, _total, loss) => losses.push(loss), onEpoch: () => {}, save: () => {} },
    new AbortController().signal,
  );
  return { losses, parameters: unpackParameters(model.layers, model.parameters) };
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
