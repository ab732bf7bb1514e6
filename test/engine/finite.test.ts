/**
 * An output that is not finite is an error that names the layer in which it began, however the network is
 * run.
 */

import t from 'tap';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { stream } from '../../lib/core/rng.js';
import { chooseKernels, engines } from '../../lib/engine/choose.js';
import { NotFiniteError } from '../../lib/engine/kernels/finite.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { readingStepBefore } from '../../lib/official/stepBefore.js';
import { initialProgress, trainLoop } from '../../lib/train/loop.js';
import { engineOf, floatImage, referenceEngine } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';

const configuration = { task: 'segment', width: 1, channels: 1, classes: 2 } as const;
const image = randomImage(stream(3, 'finite'), 16, 16, 1);

/** A network whose layer `name` overflows: weights and bias as large as a float32 can be. */
function overflowing<N extends { parameters: ReadonlyMap<string, Float32Array> }>(
  network: N,
  name: string,
): N {
  const parameters = new Map([...network.parameters].map(([key, values]) => [key, values.slice()]));
  for (const kind of ['weight', 'bias']) parameters.get(`${name}.${kind}`)!.fill(3e38);
  return { ...network, parameters };
}

for (const [engine, { missing }] of Object.entries(engines)) {
  const kernels = chooseKernels(engine, 1);
  for (const name of ['conv2', 'conv9', 'conv17']) {
    t.test(`${engine}: ${name} overflows`, { skip: missing() ?? false }, async (t) => {
      const expected = new RegExp(`not finite: ${name} is the first layer that computes Infinity`);
      const unet = overflowing(randomModel(configuration), name);
      t.throws(
        () =>
          engineOf(kernels)
            .prepare(unet)
            .run(floatImage(image, 16, 16)),
        { message: expected },
      );
      t.throws(
        () => measureLambdas(engineOf(kernels), unet, [{ input: image, height: 16, width: 16 }], 99.9),
        {
          message: expected,
        },
      );
      const last = overflowing(dyadicNetwork(configuration, 'mt', [1, 0.5]), 'conv19');
      for (const more of [{}, { order: readingStepBefore }, { timing: 'delayed' }] as const) {
        const run = spikingRun(engineOf(kernels).prepare(last), 'segment', {
          steps: 2,
          mode: 'auto',
          keep: [],
          ...more,
        });
        t.throws(() => run(floatImage(image, 16, 16)), {
          message: /conv19 is the first layer that computes/,
        });
      }
    });
  }
}

t.test('a training says in which update', async (t) => {
  const model = overflowing(randomModel(configuration), 'conv5');
  const example = { image: floatImage(image, 16, 16), target: new Uint8Array(256) };
  const trainer = referenceEngine.trainer(model, backprop, { optimiser: findOptimiser('adam') });
  const learner = {
    model,
    newTrainer: () => trainer,
    example: () => example,
    finished: () => model,
    validate: () => t.fail('never reached') as never,
  };
  const options = { epochs: 1, batch: 1, updatesPerEpoch: 1, learningRate: 1, patience: 0, saveEvery: 9 };
  const hooks = { onUpdate: () => {}, onEpoch: () => {}, save: () => {} };
  const training = { learner, trainer, options: { ...options, schedule: 'constant' }, hooks };
  await t.rejects(trainLoop(training, initialProgress(), new AbortController().signal), {
    message: /conv5 is the first layer that computes Infinity.* at update 1: take a lower learning rate/,
  });
});

t.test('it is the data that are wrong, not the program', async (t) => {
  const unet = overflowing(randomModel(configuration), 'conv2');
  t.throws(() => referenceEngine.prepare(unet).run(floatImage(image, 16, 16)), NotFiniteError);
});
