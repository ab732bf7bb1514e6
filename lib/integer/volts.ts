/** What whole numbers are worth: the weights of a network in whole numbers, in volts again. */

import type { Layer } from '../net/architecture.js';
import { layerParameters, namedParameters, type Parameters } from '../net/parameters.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import { type Codes, codesOf, codesRead } from './codes.js';
import { divisorName } from './quantise.js';
import type { WholeNumbers } from './rounding.js';

const { floor } = Math;

/** W^ = w_q unit_out / (D_o unit_in) and b^ = b_q unit_out / D_o, each rounded to float32 once. */
export function parametersInVolts(network: SpikingNetwork): Parameters {
  const codes = codesOf(network);
  const weighted = network.layers.filter(({ op }) => op.hasWeights);
  return new Map(
    weighted.flatMap((layer) => {
      const divisor = network.parameters.get(divisorName(layer))!;
      return layerInVolts(layer, { ...layerParameters(network.parameters, layer), divisor }, codes);
    }),
  );
}

/** Those of one layer, by their names. */
export function layerInVolts(
  layer: Layer,
  { weight, bias, divisor }: WholeNumbers,
  codes: ReadonlyMap<string, Codes>,
) {
  const read = codesRead(layer, codes);
  const unit = codes.get(layer.output)?.unit ?? 1;
  const [I, O] = [read.length, layer.channelsOut];
  const worth = Float64Array.from(divisor, (D) => unit / D);
  return namedParameters(layer, {
    weight: weight.map((value, k) => (value * worth[k % O]) / read[floor(k / O) % I].unit),
    bias: bias.map((value, o) => value * worth[o]),
  });
}
