/**
 * The paper's conversion of a U-Net whose file holds another conversion of it. Nothing is measured: the file
 * also keeps the lambdas of layers, which are all that Eq. 8 needs.
 */

import { DataError } from '../core/error.js';
import type { Model } from '../model/model.js';
import { multiThreshold } from '../neuron/multiThreshold.js';
import { USUAL_PERCENTILE } from './conversion.js';
import { type SpikingModel, toSpikingModel, toUnet } from './spikingModel.js';

/** Connection-wise, thresholds 2, 1, 0.5, 0.25 V, from 0 V; DataError where the file lacks the lambdas. */
export function paperTwin(model: Model, source: string): SpikingModel {
  const unet = toUnet(model, source);
  const { normalisation } = toSpikingModel(model, source).conversion;
  if (normalisation === 'layer')
    throw new DataError(`${source}: has one lambda for each concatenation, Eq. 8 needs one for each part`);
  const { lambdas, inputLambdas } = model.notes;
  const conversion = {
    neuron: multiThreshold.name,
    thresholds: JSON.stringify(multiThreshold.parameters.thresholds.defaults),
    initialPotential: '0',
    normalisation: 'connection',
    percentile: String(USUAL_PERCENTILE),
    ...{ lambdas, inputLambdas },
  };
  return toSpikingModel({ ...unet, stage: 'both', notes: { ...unet.notes, ...conversion } }, source);
}
