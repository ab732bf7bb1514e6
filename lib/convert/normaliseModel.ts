/** Weight normalisation of whole networks: the formula of lib/paper/normalise.ts with each layer's scales. */

import { DataError } from '../core/error.js';
import { checkFinite } from '../core/shape.js';
import type { Model } from '../model/model.js';
import { layerParameters, namedParameters, type Parameters } from '../net/parameters.js';
import { PAPER_SCALES, type ScaleChoices, scaleDeparturesOf } from '../official/scaleChoices.js';
import { rescale } from '../paper/normalise.js';
import {
  inputLambdas,
  type LayerScales,
  layerScales,
  outputLambdas,
  PAPER_PIECES,
  type ScalePieces,
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
  const pieces = piecesOf(normalisation, choices);
  const scales = layerScales(model.layers, lambdas, normalisation, pieces, channelLambdas);
  const parameters = normaliseParameters(model.parameters, scales, pieces);
  for (const [name, values] of parameters) checkFinite(`normalised ${name}`, values);
  return { parameters, scales };
}

/**
 * Every layer's weights in the units of its input and output (Eqs. 7, 8; channel-wise each channel is a
 * part).
 */
export function normaliseParameters(
  parameters: Parameters,
  scales: readonly LayerScales[],
  pieces = PAPER_PIECES,
): Parameters {
  const normalised = new Map<string, Float32Array>();
  for (const layerScales of scales) {
    const { layer } = layerScales;
    if (!layer.op.hasWeights) continue;
    const weights = layerParameters(parameters, layer);
    const scaled = rescale(weights, inputLambdas(layerScales, pieces), outputLambdas(layerScales));
    for (const [name, values] of namedParameters(layer, scaled)) normalised.set(name, values);
  }
  return normalised;
}

/** The paper's pieces, or those of the authors' code where chosen; slices matter connection-wise only. */
export function piecesOf(normalisation: string, { layerInput, slices }: ScaleChoices): ScalePieces {
  const ofConnections = normalisation === 'connection' ? slices : PAPER_SCALES.slices;
  return { ...PAPER_PIECES, ...scaleDeparturesOf({ layerInput, slices: ofConnections }) };
}
