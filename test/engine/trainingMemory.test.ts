/** The memory that training through time announces, by hand for a network of two layers. */

import t from 'tap';
import { AROUND, throughTimeBytes } from '../../lib/engine/learn/trainingMemory.js';
import { buildLayers } from '../../lib/net/architectures.js';
import { initialParameters } from '../../lib/net/parameters.js';
import { findBatchNormalisation } from '../../lib/neuron/batchNormalisation.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { withNormalisation } from '../../lib/neuron/normalisedParameters.js';
import { conv2d } from '../../lib/op/conv2d.js';

const layers = buildLayers(
  { architecture: 'two', task: 'segment', width: 3, channels: 1, classes: 2 },
  {
    two: ({ width, classes }) => [
      {
        name: 'a',
        op: conv2d({ channelsOut: width, kernel: 3 }),
        inputs: ['image'],
        output: 'fired',
        follows: 'relu',
      },
      {
        name: 'b',
        op: conv2d({ channelsOut: classes, kernel: 1 }),
        inputs: ['fired'],
        output: 'output',
        follows: 'nothing',
      },
    ],
  },
);
const neuron = findNeuron('ml');
const network = {
  layers,
  parameters: initialParameters(layers, 1), // 27 + 3 and 6 + 2 values
  ...{ neuron, neuronParameters: neuronParameters(neuron, { thresholds: [1, 0.5] }) },
};

t.test('spikes and gradients of T steps, currents and membranes of a layer, weights', async (t) => {
  const size = { height: 4, width: 5, batch: 8, steps: 10, slots: 2 };
  const neurons = 4 * 5 * 3;
  const alone = 2 * 10 * neurons + (10 + 10 * 2) * neurons + 4 * 38;
  t.equal(throughTimeBytes(network, size), 4 * alone + AROUND, 'one patch after the other: two levels');
  const batchNormalisation = findBatchNormalisation('tdbn');
  const parameters = withNormalisation(layers, network.parameters, batchNormalisation, 10);
  const normalised = { ...network, parameters, batchNormalisation };
  const together = 2 * 80 * neurons + (2 * 80 + 10 * 2) * neurons + 4 * (38 + 6) + 6;
  t.equal(
    throughTimeBytes(normalised, size),
    4 * together + AROUND,
    'all patches of a batch, normalised too',
  );
});
