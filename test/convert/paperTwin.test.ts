/**
 * The paper's conversion from a file that holds another one: the same bits as converting the U-Net itself.
 */

import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { convertModel } from '../../lib/convert/conversion.js';
import { paperTwin } from '../../lib/convert/paperTwin.js';
import { combine, toSpikingModel } from '../../lib/convert/spikingModel.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

const SIDE = 32;
const unet = { ...randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }), notes: { seed: '1' } };
const image = { input: randomImage(stream(1, 'image'), SIDE, SIDE, 1), height: SIDE, width: SIDE };
const measured = measureActivations(referenceEngine, unet, [image], { lowest: 99.9, channels: true });
const paper = convertModel(unet, measured, {
  neuron: findNeuron('mt'),
  normalisation: 'connection',
  initialPotential: 0,
});

/** A file that holds the U-Net and a conversion of it, read again. */
function fileOf(normalisation: string) {
  const thresholds = [0.5, 0.25, 0.125];
  const plan = {
    neuron: findNeuron('mt'),
    thresholds,
    initialPotential: 'half',
    normalisation,
    intendedSteps: 1,
  } as const;
  return decodeModel(encodeModel(combine(unet, convertModel(unet, measured, plan))), 'both').model;
}

t.test('it is the conversion that the paper makes, whatever the file is for', async (t) => {
  const file = fileOf('channel');
  const twin = paperTwin(file, 'both');
  t.ok(isDeepStrictEqual(twin.parameters, paper.parameters), 'the weights');
  const { lambdas, inputLambdas, normalisation, percentile, initialPotential, steps } = twin.conversion;
  t.match(paper.conversion, { lambdas, inputLambdas, normalisation, percentile, initialPotential, steps });
  t.strictSame(twin.neuronParameters.thresholds, [2, 1, 0.5, 0.25]);
  t.equal(twin.otherNeurons?.size ?? 0, 0);
  t.match(twin.notes, { seed: '1' });
  const own = toSpikingModel(file, 'both').parameters;
  t.notOk(isDeepStrictEqual(own, twin.parameters), 'the file itself is another one');
});

t.test('a file without the lambdas of Eq. 8 is refused', async (t) => {
  t.throws(() => paperTwin(fileOf('layer'), 'f'), new DataError('f: has one lambda for each concatenation'));
  t.throws(() => paperTwin(unet, 'f'), /f: is a U-Net, expected a spiking network/);
  t.throws(() => paperTwin(paper, 'f'), /f: is a spiking network, expected a U-Net/);
});
