/** Where a spiking network's weights come from: its file says it, and the defaults of its neurons follow. */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { toSpikingModel, withNeurons, withNotes } from '../../lib/convert/spikingModel.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { multiThreshold } from '../../lib/neuron/multiThreshold.js';
import { randomModel } from '../support/networks.js';

const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 3);
const read = (model: Model) => toSpikingModel(model, 'file');
const ones = new Map(unet.layers.map(({ output }) => [output, 1]));
const converted = withNeurons(unet, normaliseModel(unet, ones, 'connection'), {
  neuron: multiThreshold,
  normalisation: 'connection',
  percentile: 99,
});

t.test('a network that was trained directly has no lambdas, and the defaults of such', async (t) => {
  const notes = { origin: 'direct', neuron: 'ml', thresholds: '[1,0.5]', initialPotential: '0' };
  const direct = read({ ...unet, stage: 'snn', notes });
  t.match(direct.neuronParameters, { leak: 0.25, reset: 'hard', spikeValues: [1, 1] });
  t.strictSame(direct.parameters, unet.parameters);
  t.equal(direct.conversion.lambdas, undefined);
  const changed = withNotes(direct, { steps: 4 });
  t.match(decodeModel(encodeModel(changed), 'file').model.notes, {
    origin: 'direct',
    steps: '4',
    leak: '0.25',
  });
  t.throws(() => read({ ...unet, stage: 'both', notes }), /"origin": direct, but it holds a U-Net/);
  t.throws(
    () => read({ ...unet, stage: 'snn', notes: { ...notes, origin: 'found' } }),
    /file: metadata: "origin": found, expected converted or direct/,
  );
  t.throws(
    () => read({ ...unet, stage: 'snn', notes: { ...notes, origin: 'converted' } }),
    /file: metadata: "normalisation"/,
  );
  t.equal(converted.notes.origin, 'converted');
});
