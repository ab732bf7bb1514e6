/** When a spike arrives: in the step it was fired (Algorithm 1), or in the next one (section 3.1). */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { applyLayer, gatherInput, newOutput } from '../../lib/engine/kernels/frame.js';
import { reference } from '../../lib/engine/reference/index.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import type { StepRecord } from '../../lib/engine/simulate/simulation.js';
import { IMAGE } from '../../lib/net/architecture.js';
import { hasNeuron, type Signals } from '../../lib/net/network.js';
import { readingStepBefore } from '../../lib/official/stepBefore.js';
import { dyadicNetwork, randomImage } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';

const STEPS = 4;
const SIDE = 16;
const network = dyadicNetwork({ task: 'segment', width: 2, channels: 1, classes: 2 }, 'mt', [1, 0.5, 0.25]);
const image = randomImage(stream(3, 'image'), SIDE, SIDE, 1);
const neuronLayers = network.layers.filter(hasNeuron);

/** What every layer fired in the step before the first one: nothing. */
const silence: Signals = new Map(
  neuronLayers.map((layer) => [
    layer.output,
    newOutput({ kernels: reference, height: SIDE, width: SIDE }, layer).fill(0),
  ]),
);

for (const timing of ['same', 'previous'] as const) {
  const order = timing === 'same' ? {} : { order: readingStepBefore };
  t.test(`timing ${timing}: every current is that of the spikes of the ${timing} step`, async (t) => {
    const currents = new Map<string, Float32Array>();
    const fired: Signals[] = Array.from({ length: STEPS }, () => new Map([[IMAGE, image]]));
    const onStep = ({ layer, step, current, output }: StepRecord) => {
      currents.set(`${layer.output} ${step}`, current.slice());
      fired[step].set(layer.output, output.slice());
    };
    simulate({ kernels: reference, network, height: SIDE, width: SIDE }, image, {
      steps: STEPS,
      mode: 'event',
      ...order,
      onStep,
    });
    t.equal(currents.size, STEPS * neuronLayers.length);
    for (let step = 0; step < STEPS; step++) {
      const read =
        timing === 'same' ? fired[step] : new Map([...(fired[step - 1] ?? silence), [IMAGE, image]]);
      for (const layer of neuronLayers) {
        const input = gatherInput({ kernels: reference, height: SIDE, width: SIDE }, layer, read);
        const expected = applyLayer(
          {
            kernels: reference,
            network: { layers: [], parameters: network.parameters },
            height: SIDE,
            width: SIDE,
          },
          layer,
          input,
        );
        requireSameBits(currents.get(`${layer.output} ${step}`)!, expected, `${layer.name} in step ${step}`);
      }
    }
  });
}

t.test(
  'an image that arrives a step later at every layer does not reach the output in ten steps',
  async (t) => {
    const after = (steps: number, picture: Float32Array) =>
      simulate({ kernels: reference, network, height: SIDE, width: SIDE }, picture, {
        steps,
        mode: 'event',
        order: readingStepBefore,
      }).output;
    const black = new Float32Array(image.length);
    // conv1, conv2, conv17, conv18, conv19: through the highest skip connection, then one to be read
    const shortest = 6;
    requireSameBits(after(4, image), after(4, black), 'nothing is known of the image after 4 steps');
    t.notSame(after(shortest, image), after(shortest, black), 'by the shortest way it is after 6');
  },
);

for (const [engine, kernels] of backends) {
  t.test(`${engine}: the timing of section 3.1 has the bits of the reference`, async (t) => {
    const options = { steps: STEPS, mode: 'auto', order: readingStepBefore } as const;
    const [got, expected] = [kernels, reference].map((engine) =>
      simulate({ kernels: engine, network, height: SIDE, width: SIDE }, image, options),
    );
    requireSameBits(got.output, expected.output, 'output');
    t.strictSame(got.spikesPerStep, expected.spikesPerStep);
  });
}
