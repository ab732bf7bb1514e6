/** What `--memory` plans with: a run takes the memory that is announced, not more, and not much less. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { runsLayerByLayer, simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { ALL_SUMS } from '../../lib/engine/simulate/simulation.js';
import { stepByStepBytes } from '../../lib/engine/simulate/simulationMemory.js';
import { wasmMissing } from '../../lib/engine/wasm/index.js';
import { mostMembranes } from '../../lib/neuron/spikingNetwork.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { dyadicNetwork, randomImage } from '../support/networks.js';
import { wasmBytes } from '../support/wasmMemory.js';

const SIDE = 256;
const configuration = { task: 'segment', width: 4, channels: 1, classes: 2 } as const;
const image = randomImage(stream(7, 'memory'), SIDE, SIDE, 1);

t.test('step by step it takes what is announced', { skip: wasmMissing(nodeHost) ?? false }, async (t) => {
  for (const [neuron, keep] of [
    ['signed', []],
    ['signed', ALL_SUMS],
    ['mt', ALL_SUMS],
  ] as const) {
    const network = dyadicNetwork(configuration, neuron, [1, 0.5]);
    const options = { steps: 2, mode: 'auto', keep, ...(neuron === 'mt' && { onStep: () => {} }) } as const;
    const taken = wasmBytes((kernels) => {
      t.notOk(runsLayerByLayer(kernels, network, options));
      simulate({ kernels, network, height: SIDE, width: SIDE }, image, options);
    });
    const announced = stepByStepBytes(network.layers, {
      ...{ height: SIDE, width: SIDE },
      sums: keep.length,
      membranes: mostMembranes(network),
    });
    const share = taken / announced;
    t.ok(share > 0.6 && share <= 1, `${neuron}, ${keep.length} sums: ${taken} of ${announced} bytes`);
  }
});
