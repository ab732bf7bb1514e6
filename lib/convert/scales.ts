/**
 * Which lambda each layer's input and output is measured in. A layer computes in units of lambda^l; behind a
 * pooling the unit is that of the ReLU before it. The input of conv1 and the output of conv19 keep their own
 * unit, 1. Layer-wise and connection-wise normalisation differ in the input of a concatenation only.
 * The authors' published code departs from this in two places, each of which is a choice here (docs/audit.md).
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

/** Where the authors' code normalises in another way than the paper. */
export interface ScaleChoices {
  /**
   * Layer-wise: the lambda of a layer's input is that of the ReLU before it, or (the authors' code) it is measured on
   * the tensor that the layer reads. Behind a pooling the two differ.
   */
  readonly layerInput: 'relu' | 'tensor';
  /** Connection-wise: the slice of a part has all its channels, or (the authors' code) all but the last. */
  readonly slices: 'whole' | 'short';
}

export const PAPER_SCALES: ScaleChoices = { layerInput: 'relu', slices: 'whole' };

/** The lambdas of a layer's input parts, given the unit of every signal and the measured lambdas. */
type InputScales = (
  layer: Layer,
  units: ReadonlyMap<string, number>,
  lambdas: Lambdas,
  layerInput: ScaleChoices['layerInput'],
) => readonly number[];

/** Eq. 8: each part of a concatenation has the lambda of the layer it comes from. */
const connectionWise: InputScales = (layer, units) => layer.inputs.map((name) => units.get(name)!);

/** Eq. 7: one lambda for a whole concatenation, measured over all of it. */
const layerWise: InputScales = (layer, units, lambdas, layerInput) => {
  const [first, second] = layer.inputs;
  if (second) return [lambdas.get(layer.name)!, lambdas.get(layer.name)!];
  return [(layerInput === 'tensor' ? lambdas.get(first) : undefined) ?? units.get(first)!];
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
  layerInput = PAPER_SCALES.layerInput,
): LayerScales[] {
  const inputScales = Object.hasOwn(normalisations, normalisation)
    ? normalisations[normalisation]
    : undefined;
  if (!inputScales) {
    throw new UsageError(`--norm ${normalisation}: expected ${Object.keys(normalisations).join(' or ')}`);
  }
  const units = new Map([[IMAGE, 1]]);
  return layers.map((layer) => {
    const lambdaIn = inputScales(layer, units, lambdas, layerInput);
    const lambdaOut =
      layer.operation === 'pool' ? lambdaIn[0] : hasNeuron(layer) ? lambdas.get(layer.output)! : 1;
    units.set(layer.output, lambdaOut);
    return { layer, lambdaIn, lambdaOut };
  });
}

/**
 * The factor of each input channel of a layer's weights, lambda_in / lambda_out (Eqs. 7 and 8). With short slices
 * the last channel of each part of a concatenation is divided by lambda_out only.
 */
export function channelFactors(
  { layer, lambdaIn, lambdaOut }: LayerScales,
  slices: ScaleChoices['slices'],
): number[] {
  const short = slices === 'short' && layer.inputs.length > 1;
  return layer.channelsIn.flatMap((channels, part) =>
    Array.from(
      { length: channels },
      (_, c) => (short && c === channels - 1 ? 1 : lambdaIn[part]) / lambdaOut,
    ),
  );
}
