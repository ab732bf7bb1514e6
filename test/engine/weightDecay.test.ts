/**
 * What a trainer makes of SGD with momentum and weight decay, by PyTorch's formulas, from gradients that it
 * hands out.
 */

import t from 'tap';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const model = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 4);
const image = { height: 16, width: 16, channels: 1, data: new Float32Array(16 * 16).fill(0.5) };
const example = { image, target: Uint8Array.from(image.data, (_, i) => i % 2) };
const { fround } = Math;

t.test('two updates: d = g + decay w, then momentum', async (t) => {
  const [learningRate, decay] = [0.125, 0.25]; // exact products
  const options = { optimiser: findOptimiser('sgd'), weightDecay: decay };
  const trainer = referenceEngine.trainer(model, backprop, options);
  const expected = new Map([...model.parameters].map(([name, values]) => [name, values.slice()]));
  const buffers = new Map([...expected].map(([name, { length }]) => [name, new Float32Array(length)]));
  for (let update = 0; update < 2; update++) {
    const before = { ...model, parameters: trainer.parameters() };
    const { gradients } = referenceEngine.gradient(before, backprop, [example]);
    trainer.step([example], learningRate);
    for (const [name, weight] of expected) {
      const buffer = buffers.get(name)!;
      gradients.get(name)!.forEach((gradient, i) => {
        const decayed = fround(gradient + decay * weight[i]);
        buffer[i] = fround(fround(fround(0.9) * buffer[i]) + decayed);
        weight[i] -= learningRate * buffer[i];
      });
    }
    t.strictSame(trainer.parameters(), expected, `update ${update + 1}`);
  }
  t.strictSame([...trainer.averages()], [['momentumBuffer', buffers]]);
  trainer.dispose();
});
