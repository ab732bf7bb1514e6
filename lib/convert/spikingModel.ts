/**
 * A spiking network as a model: neurons after the layers of a normalised U-Net, and what a file says of them
 * (notes.ts). The lambdas are not needed to run the network; they say in which unit the spikes of each layer
 * count.
 */

import { DataError, UsageError } from '../core/error.js';
import { checkFinite } from '../core/shape.js';
import type { BitWidths } from '../integer/bitWidths.js';
import { checkWholeNumbers } from '../integer/integerNetwork.js';
import { quantiseParameters } from '../integer/quantise.js';
import type { Rounding } from '../integer/rounding.js';
import { parametersInVolts } from '../integer/volts.js';
import type { Model } from '../model/model.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron, hasRelu } from '../net/network.js';
import { foldAmplitudes, withAmplitudes } from '../neuron/amplitudes.js';
import { findBatchNormalisation } from '../neuron/batchNormalisation.js';
import { checkNormalisation } from '../neuron/checkNormalisation.js';
import type { NeuronParameters } from '../neuron/commonParameters.js';
import { exact } from '../neuron/exact.js';
import { foldNormalisation } from '../neuron/foldedNormalisation.js';
import {
  checkNeuronParameters,
  type Given,
  type Neurons,
  neuronParameters,
  neurons,
} from '../neuron/index.js';
import type { Neuron } from '../neuron/neuron.js';
import type { LayerNeuron, SpikingNetwork } from '../neuron/spikingNetwork.js';
import { PAPER_SCALES, type ScaleChoices } from '../official/scaleChoices.js';
import { type NormalisedNetwork, normaliseParameters, piecesOf } from './normaliseModel.js';
import {
  type ConversionNotes,
  type ConvertedNotes,
  formatNotes,
  parseNotes,
  type SpikingNotes,
  withoutConversion,
} from './notes.js';
import { type LayerScales, layerScales } from './scales.js';

export type SpikingModel = Model & SpikingNetwork & { readonly conversion: SpikingNotes };
/** A spiking network that was converted from a U-Net. */
export type ConvertedModel = SpikingModel & { readonly conversion: ConvertedNotes };

/** The choices of a conversion; parameters of the neuron that are left out are as the neuron has them. */
export type Choice = Pick<ConvertedNotes, 'normalisation' | 'percentile'> &
  Pick<ConvertedNotes, 'thresholdsOf' | 'poolings' | 'batchNormalisation' | 'lambda' | 'intendedSteps'> &
  Partial<ScaleChoices> &
  Omit<Given<NeuronParameters>, 'initialPotential'> & {
    readonly neuron: Neuron;
    readonly initialPotential?: SpikingNotes['initialPotential'] | undefined;
    /** Parameters that only this neuron has. */
    readonly own?: Readonly<Record<string, unknown>> | undefined;
  };

/** Puts neurons after the layers of a normalised U-Net (section 3.2). */
export function withNeurons(unet: Model, network: NormalisedNetwork, choice: Choice): ConvertedModel {
  const byName = <T>(pick: (scales: NormalisedNetwork['scales'][number]) => T) =>
    Object.fromEntries(network.scales.map((scales) => [scales.layer.name, pick(scales)]));
  const { neuron, initialPotential = 0, own, thresholds, spikeValues, leak, reset, ...rest } = choice;
  const conversion: ConvertedNotes = {
    ...PAPER_SCALES,
    ...rest,
    ...{ neuron: neuron.name, ...neuronParameters(neuron, { thresholds, spikeValues, leak, reset, ...own }) },
    ...{ initialPotential, origin: 'converted' },
    lambdas: byName((scales) => scales.lambdaOut),
    inputLambdas: byName((scales) => scales.lambdaIn),
  };
  const model = {
    ...unet,
    stage: 'snn' as const,
    parameters: network.parameters,
    ...(choice.normalisation === 'channel' && { channelLambdas: channelLambdasOf(network.scales) }),
  };
  const notes = { ...unet.notes, ...formatNotes(conversion) };
  return { ...attachNeurons({ ...model, notes }, neuron, conversion), conversion };
}

function channelLambdasOf(scales: readonly LayerScales[]): ReadonlyMap<string, Float32Array> {
  const behindRelus = scales.filter(({ layer }) => hasRelu(layer));
  return new Map(behindRelus.map(({ layer, channels }) => [layer.output, channels!.out]));
}

/** A U-Net that carries a conversion of it: one file that is both. */
export function combine(unet: Model, converted: SpikingModel): Model {
  const { notes, channelLambdas } = converted;
  return { ...unet, stage: 'both', notes, ...(channelLambdas && { channelLambdas }) };
}

/** The U-Net that a model is or carries; DataError where there is only a spiking network. */
export function toUnet(model: Model, source: string, table: Neurons = neurons): Model {
  if (model.stage === 'snn') throw new DataError(`${source}: is a spiking network, expected a U-Net`);
  const { channelLambdas: _, ...unet } = model;
  return { ...unet, stage: 'ann', notes: withoutConversion(model.notes, table) };
}

/**
 * The scales of a conversion from the notes of a file; DataError where `convert` cannot have written them.
 */
export function scalesOf(model: Model, notes: SpikingNotes): LayerScales[] {
  if (notes.origin === 'direct')
    throw new DataError('it was trained directly: expected the lambdas of a conversion');
  if (notes.normalisation === 'channel')
    return layerScales(model.layers, new Map(), notes.normalisation, undefined, model.channelLambdas);
  return model.layers.map((layer) => layerScalesOf(layer, notes));
}

function layerScalesOf(layer: Layer, { lambdas, inputLambdas }: ConversionNotes): LayerScales {
  const { name, inputs } = layer;
  const [lambdaIn, lambdaOut] = [inputLambdas[name] ?? [], lambdas[name]];
  const good = (lambda: number | undefined) => lambda !== undefined && lambda > 0;
  if (lambdaIn.length === inputs.length && [...lambdaIn, lambdaOut].every(good))
    return { layer, lambdaIn, lambdaOut };
  const got = `input [${lambdaIn}], output ${lambdaOut ?? 'none'}`;
  throw new DataError(`lambdas of ${name}: ${got}; expected ${inputs.length} and one, all above 0`);
}

/** The normalised weights of a U-Net that carries its conversion: what `convert` made of them. */
function normalise(model: Model, notes: ConvertedNotes): Model['parameters'] {
  const pieces = piecesOf(notes.normalisation, notes);
  const parameters = normaliseParameters(model.parameters, scalesOf(model, notes), pieces);
  for (const [name, values] of parameters) checkFinite(`normalised ${name}`, values);
  return parameters;
}

/**
 * The network in whole numbers, its weights of so many bits (integer/quantise.ts), each rounded to the
 * nearest, or by the rule that makes up for its errors (compensated.ts).
 */
export function withBits<N extends SpikingModel>(
  model: N,
  bits: BitWidths,
  rule?: Rounding,
  name: SpikingNotes['rounding'] = 'compensated',
): N {
  const conversion = { ...model.conversion, ...bits, rounding: rule && name };
  const notes = { ...model.notes, ...formatNotes(conversion) };
  const parameters = quantiseParameters(model, bits, rule);
  return { ...model, ...attachNeurons({ ...model, parameters, notes }, model.neuron, conversion) };
}

/** A network with other notes: another initial potential, or the T that it was fine-tuned for. */
export function withNotes(
  model: SpikingModel,
  changes: Pick<Partial<SpikingNotes>, 'initialPotential' | 'steps'>,
): SpikingModel {
  const conversion = { ...model.conversion, ...changes };
  const notes = { ...model.notes, ...formatNotes(conversion) };
  return attachNeurons({ ...model, notes }, model.neuron, conversion);
}

/**
 * A model of stage `snn` as a network that can be simulated: amplitudes of spikes are folded into its
 * weights, and batch normalisation as well, unless each step has its own, which a file can only hold beside
 * them. `table` knows its neuron. DataError where its metadata cannot be used.
 */
export function toSpikingModel(model: Model, source: string, table: Neurons = neurons): SpikingModel {
  const spiking = readNotes(model, source, table);
  const parameters = foldAmplitudes(spiking.layers, spiking.parameters);
  if (!spiking.batchNormalisation?.sharesSteps) return { ...spiking, parameters };
  const { batchNormalisation: _kind, ...conversion } = spiking.conversion;
  const { batchNormalisation: _name, ...notes } = spiking.notes;
  return { ...foldNormalisation({ ...spiking, parameters }), conversion, notes };
}

/**
 * A model to be trained: with its batch normalisation, and where its neuron learns amplitudes, they are added
 * as 1; weights stay the same arrays.
 */
export function toTrainableModel(model: Model, source: string, table: Neurons = neurons): SpikingModel {
  const spiking = readNotes(model, source, table);
  if (spiking.bits !== undefined) return inVolts(spiking);
  if (!spiking.neuron.learnsAmplitudes) return spiking;
  return { ...spiking, parameters: withAmplitudes(spiking.layers, spiking.parameters) };
}

/** A network in whole numbers as one in float32 that is rounded to them again (heldDivisors.ts). */
function inVolts(model: SpikingModel): SpikingModel {
  const { bits, bitsOf, membraneBits, rounding, ...conversion } = model.conversion;
  const own = Object.keys({ bits, bitsOf, membraneBits, rounding });
  const without = <T extends object>(of: T) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => !own.includes(key))) as T;
  const network = { ...without(model), parameters: parametersInVolts(model), notes: without(model.notes) };
  return attachNeurons(network, model.neuron, conversion);
}

/** A model with the neurons that its metadata names. */
function readNotes(model: Model, source: string, table: Neurons): SpikingModel {
  if (model.stage === 'ann') {
    throw new DataError(`${source}: is a U-Net, expected a spiking network: run "convert" first`);
  }
  try {
    const { neuron, conversion } = parseNotes(model.notes, table);
    if (conversion.normalisation === 'channel' && !model.channelLambdas)
      throw new DataError('it is normalised channel-wise, but holds no tensors NAME.lambda');
    if (model.stage === 'snn') return attachNeurons(model, neuron, conversion);
    if (conversion.origin === 'direct')
      throw new DataError('"origin": direct, but it holds a U-Net, expected the lambdas of its conversion');
    const parameters = normalise(model, conversion);
    return attachNeurons({ ...model, stage: 'snn', parameters }, neuron, conversion);
  } catch (error) {
    throw new DataError(`${source}: metadata: ${(error as Error).message}`);
  }
}

/** A model with neurons after its layers, as its notes say. */
export function attachNeurons(model: Model, neuron: Neuron, conversion: SpikingNotes): SpikingModel {
  const { batchNormalisation, bits, bitsOf, membraneBits } = conversion;
  const spiking = {
    ...model,
    neuron,
    neuronParameters: parametersFor(neuron, conversion, conversion.thresholds),
    otherNeurons: otherNeurons(model, neuron, conversion),
    ...(batchNormalisation && { batchNormalisation: findBatchNormalisation(batchNormalisation) }),
    ...(bits !== undefined && { bits, bitsOf, membraneBits }),
    conversion,
  };
  checkNormalisation(spiking, conversion.steps);
  checkWholeNumbers(spiking);
  return spiking;
}

/** The neuron with other thresholds; what its spikes are worth and where it starts follow from them. */
function parametersFor(
  neuron: Neuron,
  conversion: SpikingNotes,
  thresholds: readonly number[],
): NeuronParameters {
  const { spikeValues, initialPotential: start, origin, ...rest } = conversion;
  const usual = thresholds === conversion.thresholds;
  const initialPotential = start === 'half' ? neuron.half(thresholds) : start;
  const given = { ...rest, thresholds, initialPotential, ...(usual && { spikeValues }) };
  const parameters = neuronParameters(neuron, given, origin);
  checkNeuronParameters(neuron, parameters);
  return parameters;
}

/** Layers that have thresholds of their own, and poolings without neurons. */
function otherNeurons(
  model: Model,
  neuron: Neuron,
  conversion: SpikingNotes,
): ReadonlyMap<string, LayerNeuron> {
  const others = new Map<string, LayerNeuron>();
  for (const [signal, thresholds] of Object.entries(conversion.thresholdsOf ?? {})) {
    if (!model.layers.some((layer) => layer.output === signal && hasNeuron(layer))) {
      const known = model.layers.filter(hasNeuron).map(({ output }) => output);
      const what = `no such layer, expected one of ${known.join(', ')}`;
      throw new UsageError(`thresholds ${signal}=..: ${what}`, 'thresholds');
    }
    try {
      others.set(signal, { neuron, parameters: parametersFor(neuron, conversion, thresholds) });
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`${signal}: ${error.message}`, error.about);
      throw error;
    }
  }
  if (conversion.poolings !== 'exact') return others;
  const pools = model.layers.filter(({ follows }) => follows === 'neurons');
  if (pools.length === 0)
    throw new UsageError('poolings exact: this network has no neurons after poolings', 'poolings');
  for (const { output } of pools) others.set(output, exact);
  return others;
}
