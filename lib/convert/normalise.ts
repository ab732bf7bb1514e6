/** Weight normalisation: the formula that Eq. 7 and Eq. 8 share, on packed weights. */

import { DataError } from '../tensor/error.js';
import { checkFinite } from '../tensor/shape.js';
import type { Model } from '../unet/model.js';
import { layerParameters, type Parameters } from '../unet/parameters.js';
import { channelFactors, type LayerScales, layerScales, PAPER_SCALES, type ScaleChoices } from './scales.js';
import type { Lambdas } from './statistics.js';

/** A network in the units of its lambdas, ready for neurons to take the place of its ReLUs. */
export interface NormalisedNetwork {
  readonly parameters: Parameters;
  readonly scales: readonly LayerScales[];
}

/**
 * Normalises a trained U-Net (section 3.3). Refuses a network that spikes already, and weights that leave the
 * range of float32 when they are scaled (DataError).
 */
export function normaliseModel(
  model: Model,
  lambdas: Lambdas,
  normalisation: string,
  choices = PAPER_SCALES,
): NormalisedNetwork {
  if (model.stage !== 'ann') throw new DataError('the model is a spiking network already, expected a U-Net');
  const scales = layerScales(model.layers, lambdas, normalisation, choices.layerInput);
  const slices = normalisation === 'connection' ? choices.slices : 'whole';
  const parameters = normaliseParameters(model.parameters, scales, slices);
  for (const [name, values] of parameters) checkFinite(`normalised ${name}`, values);
  return { parameters, scales };
}

/**
 * W~ = W lambda_in / lambda_out, where lambda_in is that of the part of the concatenation a channel belongs to
 * (Eq. 8; with equal parts it is Eq. 7), and b~ = b / lambda_out. Float64, rounded once.
 */
export function normaliseParameters(
  parameters: Parameters,
  scales: readonly LayerScales[],
  slices: ScaleChoices['slices'],
): Parameters {
  const normalised = new Map<string, Float32Array>();
  for (const layerScales of scales) {
    const { layer, lambdaOut } = layerScales;
    if (layer.operation === 'pool') continue;
    const { weight, bias } = layerParameters(parameters, layer);
    const factors = channelFactors(layerScales, slices);
    const channelOf = (index: number) => Math.floor(index / layer.channelsOut) % factors.length;
    const scaled = weight.map((value, index) => value * factors[channelOf(index)]);
    normalised.set(`${layer.name}.weight`, scaled);
    normalised.set(
      `${layer.name}.bias`,
      bias.map((value) => value / lambdaOut),
    );
  }
  return normalised;
}

/** The same with the lambdas that a converted model remembers: what it was before it was fine-tuned. */
export function renormalise(
  model: Model,
  lambdas: Readonly<Record<string, number>>,
  inputLambdas: Readonly<Record<string, readonly number[]>>,
  slices: ScaleChoices['slices'],
): Parameters {
  const scales = model.layers.map((layer) => ({
    layer,
    lambdaIn: inputLambdas[layer.name],
    lambdaOut: lambdas[layer.name],
  }));
  return normaliseParameters(model.parameters, scales, slices);
}
