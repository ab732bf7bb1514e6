/**
 * A spiking network as a model file: what its metadata says beyond that of a U-Net. The lambdas are not needed to
 * run the network; they say in which unit the spikes of each layer count.
 */

import { z } from 'zod';
import { DataError, UsageError } from '../core/error.js';
import { checkFinite } from '../core/shape.js';
import type { Model } from '../model/model.js';
import type { Layer } from '../net/architecture.js';
import { hasNeuron, hasRelu } from '../net/network.js';
import { foldAmplitudes, withAmplitudes } from '../neuron/amplitudes.js';
import { exact } from '../neuron/exact.js';
import { checkNeuronParameters, findNeuron, neuronParameters } from '../neuron/index.js';
import type { NeuronParameters } from '../neuron/neuron.js';
import type { LayerNeuron, SpikingNetwork } from '../neuron/spikingNetwork.js';
import { type NormalisedNetwork, normaliseParameters } from './normaliseModel.js';
import { type LayerScales, layerScales, PAPER_SCALES, type ScaleChoices } from './scales.js';

const fromJson = <Schema extends z.ZodType>(schema: Schema) => z.string().transform(parseJson).pipe(schema);

/** What is wrong inside is then named together with the key. */
function parseJson(text: string, context: z.RefinementCtx) {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: `expected JSON, got ${text.slice(0, 40)}` });
    return z.NEVER;
  }
}

const noteStrings = z.object({
  neuron: z.string(),
  thresholds: fromJson(z.array(z.number())),
  thresholdsOf: fromJson(z.record(z.string(), z.array(z.number()))).optional(),
  poolings: z.enum(['neurons', 'exact']).optional(),
  initialPotential: z.union([z.literal('half'), fromJson(z.union([z.number(), z.array(z.number())]))]),
  spikeValues: fromJson(z.array(z.number())).optional(),
  leak: fromJson(z.number()).optional(),
  reset: z.enum(['soft', 'hard']).optional(),
  normalisation: z.string(),
  percentile: fromJson(z.number()),
  lambda: z.enum(['percentile', 'mse']).optional(),
  layerInput: z.enum(['relu', 'tensor']).default('relu'),
  slices: z.enum(['whole', 'short']).default('whole'),
  lambdas: fromJson(z.record(z.string(), z.number())),
  inputLambdas: fromJson(z.record(z.string(), z.array(z.number()))),
  steps: fromJson(z.number().int().min(1)).optional(),
  intendedSteps: fromJson(z.number().int().min(1)).optional(),
});

/** What was decided when the network was converted and fine-tuned. */
export interface SpikingNotes extends ScaleChoices, Omit<NeuronParameters, 'initialPotential'> {
  readonly neuron: string;
  /** In volts, or half of what a layer's smallest threshold is (of each level's own, where a neuron has levels). */
  readonly initialPotential: NeuronParameters['initialPotential'] | 'half';
  /** Of layers that have others, by the name of their signal (relu16, pooling1, ..), from high to low. */
  readonly thresholdsOf?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Whether poolings have neurons (the paper), or hand on the mean of the spikes that they read. */
  readonly poolings?: 'neurons' | 'exact' | undefined;
  readonly normalisation: string;
  /** Of the most thresholds that a layer has; those with fewer may have been measured at a lower one. */
  readonly percentile: number;
  /** How lambdas of channels were chosen; absent: percentile. */
  readonly lambda?: 'percentile' | 'mse' | undefined;
  /** lambda of each layer's output, by layer name; channel-wise the tensors `NAME.lambda` count. */
  readonly lambdas: Readonly<Record<string, number>>;
  /** lambda of each part of each layer's input, by layer name. */
  readonly inputLambdas: Readonly<Record<string, readonly number[]>>;
  /** T the network was fine-tuned for; absent if it was not. */
  readonly steps?: number | undefined;
  /** T that its conversion was chosen for. */
  readonly intendedSteps?: number | undefined;
}

export type SpikingModel = Model & SpikingNetwork & { readonly conversion: SpikingNotes };

/** What there is to say about a conversion; what a neuron's parameters leave out is as the neuron has it. */
type Choice = Pick<SpikingNotes, 'neuron' | 'normalisation' | 'percentile'> &
  Partial<ScaleChoices> &
  Pick<SpikingNotes, 'thresholdsOf' | 'poolings' | 'lambda' | 'intendedSteps'> &
  Omit<Parameters<typeof neuronParameters>[1], 'initialPotential'> & {
    readonly initialPotential?: SpikingNotes['initialPotential'] | undefined;
  };

/** Puts neurons behind the layers of a normalised U-Net (section 3.2). */
export function withNeurons(unet: Model, network: NormalisedNetwork, choice: Choice): SpikingModel {
  const byName = <T>(pick: (scales: NormalisedNetwork['scales'][number]) => T) =>
    Object.fromEntries(network.scales.map((scales) => [scales.layer.name, pick(scales)]));
  const { initialPotential = 0, ...given } = choice;
  const conversion: SpikingNotes = {
    ...PAPER_SCALES,
    ...choice,
    ...neuronParameters(findNeuron(choice.neuron), given),
    initialPotential,
    lambdas: byName((scales) => scales.lambdaOut),
    inputLambdas: byName((scales) => scales.lambdaIn),
  };
  const model = {
    ...unet,
    stage: 'snn' as const,
    parameters: network.parameters,
    ...(choice.normalisation === 'channel' && { channelLambdas: channelLambdasOf(network.scales) }),
  };
  return attachNeurons({ ...model, notes: { ...unet.notes, ...formatNotes(conversion) } }, conversion);
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
export function toUnet(model: Model, source: string): Model {
  if (model.stage === 'snn') throw new DataError(`${source}: is a spiking network, expected a U-Net`);
  const { channelLambdas: _, ...unet } = model;
  const notes = Object.entries(model.notes).filter(([key]) => !Object.hasOwn(noteStrings.shape, key));
  return { ...unet, stage: 'ann', notes: Object.fromEntries(notes) };
}

/** The scales of a conversion from what a file says of it; DataError where that cannot be what `convert` wrote. */
export function scalesOf(model: Model, notes: SpikingNotes): LayerScales[] {
  if (notes.normalisation === 'channel')
    return layerScales(model.layers, new Map(), notes.normalisation, undefined, model.channelLambdas);
  return model.layers.map((layer) => layerScalesOf(layer, notes));
}

function layerScalesOf(layer: Layer, { lambdas, inputLambdas }: SpikingNotes): LayerScales {
  const { name, inputs } = layer;
  const [lambdaIn, lambdaOut] = [inputLambdas[name] ?? [], lambdas[name]];
  const good = (lambda: number | undefined) => lambda !== undefined && lambda > 0;
  if (lambdaIn.length === inputs.length && [...lambdaIn, lambdaOut].every(good))
    return { layer, lambdaIn, lambdaOut };
  const got = `input [${lambdaIn}], output ${lambdaOut ?? 'none'}`;
  throw new DataError(`lambdas of ${name}: ${got}; expected ${inputs.length} and one, all above 0`);
}

/** The normalised weights of a U-Net that carries its conversion: what `convert` made of them. */
function normalise(model: Model, notes: SpikingNotes): Model['parameters'] {
  const slices = notes.normalisation === 'connection' ? notes.slices : 'whole';
  const parameters = normaliseParameters(model.parameters, scalesOf(model, notes), slices);
  for (const [name, values] of parameters) checkFinite(`normalised ${name}`, values);
  return parameters;
}

/** The same network with its notes changed: another initial potential, or the T it was fine-tuned for. */
export function withNotes(model: SpikingModel, changes: Partial<SpikingNotes>): SpikingModel {
  const conversion = { ...model.conversion, ...changes };
  return attachNeurons({ ...model, notes: { ...model.notes, ...formatNotes(conversion) } }, conversion);
}

/**
 * A model of stage `snn` as a network that can be simulated: amplitudes of spikes are folded into its weights.
 * DataError where its metadata is not usable.
 */
export function toSpikingModel(model: Model, source: string): SpikingModel {
  const spiking = readNotes(model, source);
  return { ...spiking, parameters: foldAmplitudes(spiking.layers, spiking.parameters) };
}

/** The same to be trained: with amplitudes, of 1 at first, where its neuron learns them; weights stay the same arrays. */
export function toTrainableModel(model: Model, source: string): SpikingModel {
  const spiking = readNotes(model, source);
  if (!spiking.neuron.learnsAmplitudes) return spiking;
  return { ...spiking, parameters: withAmplitudes(spiking.layers, spiking.parameters) };
}

/** What the metadata says; models that were written before neurons had leaks hold none of the newer keys. */
function readNotes(model: Model, source: string): SpikingModel {
  if (model.stage === 'ann') {
    throw new DataError(`${source}: is a U-Net, expected a spiking network: run "convert" first`);
  }
  try {
    const { initialPotential, ...notes } = noteStrings.parse(model.notes);
    const conversion = { ...notes, ...neuronParameters(findNeuron(notes.neuron), notes), initialPotential };
    if (notes.normalisation === 'channel' && !model.channelLambdas)
      throw new DataError('it is normalised channel-wise, but holds no tensors NAME.lambda');
    if (model.stage === 'snn') return attachNeurons(model, conversion);
    return attachNeurons({ ...model, stage: 'snn', parameters: normalise(model, conversion) }, conversion);
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const what = issue ? `"${issue.path.join('.')}": ${issue.message}` : (error as Error).message;
    throw new DataError(`${source}: metadata: ${what}`);
  }
}

function attachNeurons(model: Model, conversion: SpikingNotes): SpikingModel {
  const { thresholds } = conversion;
  const neurons = {
    neuron: findNeuron(conversion.neuron),
    neuronParameters: parametersFor(conversion, thresholds),
  };
  return { ...model, ...neurons, otherNeurons: otherNeurons(model, conversion), conversion };
}

/** The neuron with other thresholds; what its spikes are worth and where it starts follow from them. */
function parametersFor(conversion: SpikingNotes, thresholds: readonly number[]): NeuronParameters {
  const { spikeValues, initialPotential: start, ...rest } = conversion;
  const neuron = findNeuron(conversion.neuron);
  const usual = thresholds === conversion.thresholds;
  const initialPotential = start === 'half' ? neuron.half(thresholds) : start;
  const given = { ...rest, thresholds, initialPotential, ...(usual && { spikeValues }) };
  const parameters = neuronParameters(neuron, given);
  checkNeuronParameters(neuron, parameters);
  return parameters;
}

/** The same for one layer, which an error names. */
function parametersOf(
  signal: string,
  conversion: SpikingNotes,
  thresholds: readonly number[],
): NeuronParameters {
  try {
    return parametersFor(conversion, thresholds);
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${signal}: ${error.message}`);
    throw error;
  }
}

/** Layers that have thresholds of their own, and poolings without neurons. */
function otherNeurons(model: Model, conversion: SpikingNotes): ReadonlyMap<string, LayerNeuron> {
  const neuron = findNeuron(conversion.neuron);
  const others = new Map<string, LayerNeuron>();
  for (const [signal, thresholds] of Object.entries(conversion.thresholdsOf ?? {})) {
    if (!model.layers.some((layer) => layer.output === signal && hasNeuron(layer))) {
      const known = model.layers.filter(hasNeuron).map(({ output }) => output);
      throw new UsageError(`--thresholds ${signal}=..: no such layer, expected one of ${known.join(', ')}`);
    }
    others.set(signal, { neuron, parameters: parametersOf(signal, conversion, thresholds) });
  }
  if (conversion.poolings !== 'exact') return others;
  const pools = model.layers.filter(({ op }) => !op.hasWeights);
  for (const { output } of pools) others.set(output, exact);
  return others;
}

/** Metadata values are strings: texts as they are, everything else as JSON. */
function formatNotes(conversion: SpikingNotes): Record<string, string> {
  const entries = Object.entries(conversion).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
