/** What whole numbers are worth: the weights of a network in whole numbers, in volts again. */

import type { Layer } from '../net/architecture.js';
import { layerParameters, namedParameters, type Parameters } from '../net/parameters.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { type Codes, codesOf, codesRead } from './codes.js';
import { divisorName } from './quantise.js';

const { floor } = Math;

/** W^ = w_q unit_out / (D_o unit_in) and b^ = b_q unit_out / D_o, each rounded to float32 once. */
export function parametersInVolts(network: SpikingNetwork): Parameters {
  const codes = codesOf(network);
  const weighted = network.layers.filter(({ op }) => op.hasWeights);
  return new Map(weighted.flatMap((layer) => inVolts(layer, network.parameters, codes)));
}

function inVolts(layer: Layer, whole: Parameters, codes: ReadonlyMap<string, Codes>) {
  const { weight, bias } = layerParameters(whole, layer);
  const read = codesRead(layer, codes);
  const unit = codes.get(layer.output)?.unit ?? 1;
  const [I, O] = [read.length, layer.channelsOut];
  const worth = Float64Array.from(whole.get(divisorName(layer))!, (divisor) => unit / divisor);
  return namedParameters(layer, {
    weight: weight.map((value, k) => (value * worth[k % O]) / read[floor(k / O) % I].unit),
    bias: bias.map((value, o) => value * worth[o]),
  });
}
