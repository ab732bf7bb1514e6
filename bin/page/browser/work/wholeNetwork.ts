/** A network in whole numbers, made once: it is asked for when a model is opened and when it runs. */

import { type SpikingModel, withBits } from '../../../../lib/convert/spikingModel.js';

/** Of weights. */
const BITS = 8;

const made = new WeakMap<SpikingModel, SpikingModel>();

/** The network itself if it is in whole numbers; UsageError or DataError for one that cannot be. */
export function wholeNetwork(model: SpikingModel): SpikingModel {
  if (model.bits !== undefined) return model;
  const whole = made.get(model) ?? withBits(model, { bits: BITS });
  made.set(model, whole);
  return whole;
}
