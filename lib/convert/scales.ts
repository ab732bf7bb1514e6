/**
 * Which lambda each layer's input and output is measured in. A layer computes in units of lambda^l; behind a
 * pooling the unit is that of the ReLU before it. The input of conv1 and the output of conv19 keep their own
 * unit, 1. Layer-wise and connection-wise normalisation differ in the input of a concatenation only.
 */

import { UsageError } from '../tensor/error.js';
import { IMAGE, type Layer } from '../unet/architecture.js';
import { hasNeuron } from '../unet/forward.js';
import type { Lambdas } from './statistics.js';

/** lambda^(l-1) of each part of a layer's input, and lambda^l of its output. */
export interface LayerScales {
  readonly layer: Layer;
  readonly lambdaIn: readonly number[];
  readonly lambdaOut: number;
}

/** The lambdas of a layer's input parts, given the unit of every signal and the measured lambdas. */
type InputScales = (layer: Layer, units: ReadonlyMap<string, number>, lambdas: Lambdas) => readonly number[];

/** Eq. 8: each part of a concatenation has the lambda of the layer it comes from. */
const connectionWise: InputScales = (layer, units) => layer.inputs.map((name) => units.get(name)!);

/** Eq. 7: one lambda for a whole concatenation, measured over all of it. */
const layerWise: InputScales = (layer, units, lambdas) => {
  const shared = layer.inputs.length > 1 ? lambdas.get(layer.name)! : units.get(layer.inputs[0])!;
  return layer.inputs.map(() => shared);
};

export const normalisations: Readonly<Record<string, InputScales>> = {
  connection: connectionWise,
  layer: layerWise,
};

/** The scales of every layer; UsageError for a normalisation that is not in the table. */
export function layerScales(
  layers: readonly Layer[],
  lambdas: Lambdas,
  normalisation: string,
): LayerScales[] {
  const inputScales = Object.hasOwn(normalisations, normalisation)
    ? normalisations[normalisation]
    : undefined;
  if (!inputScales) {
    throw new UsageError(`--norm ${normalisation}: expected ${Object.keys(normalisations).join(' or ')}`);
  }
  const units = new Map([[IMAGE, 1]]);
  return layers.map((layer) => {
    const lambdaIn = inputScales(layer, units, lambdas);
    const lambdaOut =
      layer.operation === 'pool' ? lambdaIn[0] : hasNeuron(layer) ? lambdas.get(layer.output)! : 1;
    units.set(layer.output, lambdaOut);
    return { layer, lambdaIn, lambdaOut };
  });
}
