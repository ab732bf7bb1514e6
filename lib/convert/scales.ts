/**
 * Which lambda each layer's input and output is measured in. A layer computes in units of lambda^l; after a
 * pooling the unit is that of the ReLU before it. The input of conv1 and the output of conv19 keep their own
 * unit, 1. Layer-wise and connection-wise normalisation differ in the input of a concatenation only;
 * channel-wise (beyond the paper) every channel has a unit of its own, which poolings and concatenations pass
 * on. The authors' published code departs from this in two places, each of which is a piece here
 * (lib/official).
 */

import { IMAGE, type Layer, OUTPUT } from '../net/architecture.js';
import { valueError } from '../neuron/parameter.js';
import { overChannels } from '../paper/normalise.js';
import { shareChannelLambdas, shareLambdas } from './sharedUnits.js';
import type { ChannelLambdas, Lambdas } from './statistics.js';

/** lambda^(l-1) of each part of a layer's input, and lambda^l of its output. */
export interface LayerScales {
  readonly layer: Layer;
  readonly lambdaIn: readonly number[];
  readonly lambdaOut: number;
  /** Used channel-wise: lambda of each channel of the (concatenated) input, and of each output channel. */
  readonly channels?: { readonly in: Float32Array; readonly out: Float32Array };
}

/** Pieces of the paper's normalisation that lib/official can replace. */
export interface ScalePieces {
  /** Layer-wise: lambda of an input, given its unit and what was measured on it. */
  ofInput(unit: number, measured: number | undefined): number;
  /** Connection-wise: lambda of each channel of a concatenation, from that of each part. */
  overChannels(lambdas: readonly number[], channels: readonly number[]): ArrayLike<number>;
}

/** The paper's: the unit of an input is that of the ReLU before it, and all channels of a part are scaled. */
export const PAPER_PIECES: ScalePieces = { ofInput: (unit) => unit, overChannels };

/** The lambdas of a layer's input parts, given the unit of every signal and the measured lambdas. */
export type InputScales = (
  layer: Layer,
  units: ReadonlyMap<string, number>,
  lambdas: Lambdas,
  pieces: ScalePieces,
) => readonly number[];

/** Eq. 8: each part of a concatenation has the lambda of the layer it comes from. */
const connectionWise: InputScales = (layer, units) => layer.inputs.map((name) => units.get(name)!);

/** Eq. 7: one lambda for a whole concatenation, measured over all of it. */
const layerWise: InputScales = (layer, units, lambdas, { ofInput }) => {
  const { name, inputs, join } = layer;
  if (join === 'concat' && inputs.length > 1) return inputs.map(() => lambdas.get(name)!);
  return inputs.map((input) => ofInput(units.get(input)!, lambdas.get(input)));
};

export const normalisations: Readonly<Record<string, InputScales>> = {
  connection: connectionWise,
  layer: layerWise,
  channel: connectionWise,
};

/**
 * The scales of every layer; UsageError for a normalisation that is not in the table. With `channelLambdas`
 * of each signal after a ReLU they are channel-wise: W'_oi = W_oi lambda_i / lambda_o.
 */
export function layerScales(
  layers: readonly Layer[],
  lambdas: Lambdas,
  normalisation: string,
  pieces = PAPER_PIECES,
  channelLambdas?: ChannelLambdas,
): LayerScales[] {
  const inputScales = Object.hasOwn(normalisations, normalisation)
    ? normalisations[normalisation]
    : undefined;
  if (!inputScales) {
    throw valueError('normalisation', normalisation, `expected ${Object.keys(normalisations).join(' or ')}`);
  }
  const shared = shareLambdas(layers, lambdas);
  const units = new Map([[IMAGE, 1]]);
  const scales = layers.map((layer) => {
    const lambdaIn = inputScales(layer, units, shared, pieces);
    // A current without neurons is in the unit of its sum.
    const own = layer.output === OUTPUT ? 1 : (shared.get(layer.output) ?? 1);
    const lambdaOut = layer.op.hasWeights ? own : lambdaIn[0];
    units.set(layer.output, lambdaOut);
    return { layer, lambdaIn, lambdaOut };
  });
  return channelLambdas ? channelWise(scales, shareChannelLambdas(layers, channelLambdas)) : scales;
}

/** Eq. 8 with every channel as a part of its own (beyond the paper). */
function channelWise(scales: readonly LayerScales[], lambdas: ChannelLambdas): LayerScales[] {
  const units = new Map<string, Float32Array>();
  return scales.map((ofLayer) => {
    const { layer } = ofLayer;
    const ones = (channels: number) => new Float32Array(channels).fill(1);
    const parts = layer.inputs.map((name, part) => units.get(name) ?? ones(layer.channelsIn[part]));
    const inputs = Float32Array.from(
      (layer.join === 'add' ? [parts[0]] : parts).flatMap((part) => [...part]),
    );
    const own = lambdas.get(layer.output) ?? ones(layer.channelsOut);
    const out = layer.op.hasWeights ? own : inputs;
    units.set(layer.output, out);
    return { ...ofLayer, channels: { in: inputs, out } };
  });
}

/** lambda of each channel of a layer's joined input (Eqs. 7 and 8); the parts of a sum have one lambda. */
export function inputLambdas(
  { layer, lambdaIn, channels }: LayerScales,
  pieces = PAPER_PIECES,
): ArrayLike<number> {
  if (channels) return channels.in;
  const isConcatenation = layer.join === 'concat' && lambdaIn.length > 1;
  return isConcatenation ? pieces.overChannels(lambdaIn, layer.channelsIn) : lambdaIn.slice(0, 1);
}

/** lambda of each output channel of a layer, or one for all. */
export function outputLambdas({ lambdaOut, channels }: LayerScales): ArrayLike<number> {
  return channels?.out ?? [lambdaOut];
}
