/** Weight normalisation: the formula that Eq. 7 and Eq. 8 share, on packed weights. */

import { DataError } from '../core/error.js';
import { checkFinite } from '../core/shape.js';
import type { Model } from '../model/model.js';
import { layerParameters, type Parameters } from '../net/parameters.js';
import {
  inputLambdas,
  type LayerScales,
  layerScales,
  outputLambdas,
  PAPER_SCALES,
  type ScaleChoices,
} from './scales.js';
import type { ChannelLambdas, Lambdas } from './statistics.js';

/** A network in the units of its lambdas, ready for neurons to take the place of its ReLUs. */
export interface NormalisedNetwork {
  readonly parameters: Parameters;
  readonly scales: readonly LayerScales[];
}

/**
 * Normalises a trained U-Net (section 3.3). Refuses a network that spikes already, and weights that leave the
 * range of float32 when they are scaled (DataError). Channel-wise it needs the lambdas of the channels.
 */
export function normaliseModel(
  model: Model,
  lambdas: Lambdas,
  normalisation: string,
  choices = PAPER_SCALES,
  channelLambdas?: ChannelLambdas,
): NormalisedNetwork {
  if (model.stage !== 'ann') throw new DataError('the model is a spiking network already, expected a U-Net');
  if ((normalisation === 'channel') !== (channelLambdas !== undefined))
    throw new Error(`normalisation ${normalisation}: lambdas of the channels belong to channel-wise only`);
  const scales = layerScales(model.layers, lambdas, normalisation, choices.layerInput, channelLambdas);
  const slices = normalisation === 'connection' ? choices.slices : 'whole';
  const parameters = normaliseParameters(model.parameters, scales, slices);
  for (const [name, values] of parameters) checkFinite(`normalised ${name}`, values);
  return { parameters, scales };
}

/**
 * W~ = W lambda_in / lambda_out, where lambda_in is that of the part of the concatenation a channel belongs to
 * (Eq. 8; with equal parts it is Eq. 7; channel-wise every channel is a part), and b~ = b / lambda_out. Float64,
 * rounded once.
 */
export function normaliseParameters(
  parameters: Parameters,
  scales: readonly LayerScales[],
  slices: ScaleChoices['slices'],
): Parameters {
  const normalised = new Map<string, Float32Array>();
  for (const layerScales of scales) {
    const { layer } = layerScales;
    if (!layer.op.hasWeights) continue;
    const { weight, bias } = layerParameters(parameters, layer);
    const [lambdaIn, lambdaOut] = [inputLambdas(layerScales, slices), outputLambdas(layerScales)];
    const channels = lambdaOut.length;
    const scaled = weight.map((value, at) => {
      const from = Math.floor(at / channels) % lambdaIn.length;
      return value * (lambdaIn[from] / lambdaOut[at % channels]);
    });
    normalised.set(`${layer.name}.weight`, scaled);
    normalised.set(
      `${layer.name}.bias`,
      bias.map((value, channel) => value / lambdaOut[channel]),
    );
  }
  return normalised;
}
