/**
 * From a U-Net and what was measured on it to a spiking network: which lambda each layer and channel gets,
 * given how many thresholds its neurons have. The formulas are elsewhere; here they are put together.
 */

import type { Model } from '../model/model.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron, hasRelu } from '../net/network.js';
import type { Reset } from '../neuron/commonParameters.js';
import type { Neuron } from '../neuron/neuron.js';
import { PAPER_SCALES, type ScaleChoices } from '../official/scaleChoices.js';
import { normaliseModel } from './normaliseModel.js';
import { type Choice, type ConvertedModel, withNeurons } from './spikingModel.js';
import type { ChannelLambdas, Measured } from './statistics.js';

/** What is decided before a network is converted; what is left out is as the neuron has it. */
export interface ConversionPlan extends Partial<ScaleChoices> {
  readonly neuron: Neuron;
  /** Of every layer that `thresholdsOf` does not name, from high to low. */
  readonly thresholds?: readonly number[] | undefined;
  readonly thresholdsOf?: Readonly<Record<string, readonly number[]>> | undefined;
  readonly spikeValues?: readonly number[] | undefined;
  readonly leak?: number | undefined;
  readonly reset?: Reset | undefined;
  /** Parameters that only this neuron has. */
  readonly own?: Choice['own'];
  readonly initialPotential: number | 'half';
  readonly poolings?: 'neurons' | 'exact' | undefined;
  readonly normalisation: string;
  /** Left out: `percentileFor` the thresholds of each layer. */
  readonly percentile?: number | undefined;
  /** In place of percentiles: lambdas of a signal's channels, given the number of thresholds. */
  readonly channelLambdas?: LambdaChoice | undefined;
  /** No lambda of a channel is smaller than this part of the largest one of its layer; left out: 0. */
  readonly lambdaFloor?: number | undefined;
  readonly intendedSteps?: number | undefined;
}

/** lambda [C] of each channel of a signal whose neurons have this number of thresholds. */
export type LambdaChoice = (signal: string, thresholds: number) => Float32Array;

/** The lambdas of a plan; all channels of a layer have the same where it is not channel-wise. */
export function lambdaChoice(unet: Model, measured: Measured, plan: ConversionPlan): LambdaChoice {
  const choose = freeChoice(unet, measured, plan);
  const { lambdaFloor = 0 } = plan;
  return (signal, count) => {
    const lambdas = choose(signal, count);
    const least = lambdaFloor * Math.max(...lambdas);
    return lambdas.map((lambda) => Math.max(lambda, least));
  };
}

/** `lambdaChoice` without a floor. */
function freeChoice(unet: Model, measured: Measured, plan: ConversionPlan): LambdaChoice {
  const { channelLambdas, normalisation } = plan;
  if (channelLambdas) return channelLambdas;
  const percentOf = (count: number) => plan.percentile ?? percentileFor(count);
  if (normalisation === 'channel')
    return (signal, count) => measured.channelLambdas(signal, percentOf(count));
  const channelsOf = new Map(unet.layers.map(({ output, channelsOut }) => [output, channelsOut]));
  return (signal, count) =>
    new Float32Array(channelsOf.get(signal)!).fill(measured.lambdas(percentOf(count)).get(signal)!);
}

/** The paper's percentile. */
export const USUAL_PERCENTILE = 99.9;

/**
 * The percentile for a number of thresholds (beyond the paper): with coarse thresholds it pays to clip one
 * activation in a thousand; with fine ones clipping is the error that is left (docs/results.md).
 */
export function percentileFor(thresholds: number): number {
  return thresholds >= 7 ? 99.99 : USUAL_PERCENTILE;
}

/** Converts a U-Net with the lambdas that were measured on it; UsageError for an impossible plan. */
export function convertModel(unet: Model, measured: Measured, plan: ConversionPlan): ConvertedModel {
  const { percentile, channelLambdas, lambdaFloor: _, ...choice } = plan;
  const thresholds = plan.thresholds ?? plan.neuron.parameters.thresholds.defaults;
  const countOf = ({ output }: Layer) => (plan.thresholdsOf?.[output] ?? thresholds).length;
  const neuronLayers = unet.layers.filter(hasNeuron);
  const most = Math.max(...neuronLayers.map(countOf));
  const percentOf = (count: number) => percentile ?? percentileFor(count);
  const channelWise = plan.normalisation === 'channel';
  // A channel-wise conversion does not use the lambdas of layers; they are kept for comparison with the
  // paper.
  const lambdas = measured.lambdas(percentile ?? (channelWise ? USUAL_PERCENTILE : percentOf(most)));
  const choose = lambdaChoice(unet, measured, plan);
  const byChannel: ChannelLambdas | undefined = channelWise
    ? new Map(
        unet.layers.filter(hasRelu).map((layer) => [layer.output, choose(layer.output, countOf(layer))]),
      )
    : undefined;
  const scales = { ...PAPER_SCALES, ...plan };
  const network = normaliseModel(unet, lambdas, plan.normalisation, scales, byChannel);
  return withNeurons(unet, network, {
    ...choice,
    thresholds,
    percentile: percentOf(most),
    lambda: channelLambdas ? 'mse' : undefined,
  });
}
