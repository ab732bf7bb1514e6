/**
 * A spiking network as a model file: what its metadata says beyond that of a U-Net. The lambdas are not needed to
 * run the network; they say in which unit the spikes of each layer count.
 */

import { z } from 'zod';
import type { NormalisedNetwork } from '../convert/normalise.js';
import { PAPER_SCALES, type ScaleChoices } from '../convert/scales.js';
import { DataError } from '../tensor/error.js';
import type { Model } from '../unet/model.js';
import { foldAmplitudes, withAmplitudes } from './amplitudes.js';
import { checkNeuronParameters, findNeuron, neuronParameters } from './neuron/index.js';
import type { NeuronParameters } from './neuron/neuron.js';
import type { SpikingNetwork } from './simulation.js';

const fromJson = <Schema extends z.ZodType>(schema: Schema) =>
  z.string().transform((text) => schema.parse(JSON.parse(text)));

const noteStrings = z.object({
  neuron: z.string(),
  thresholds: fromJson(z.array(z.number())),
  initialPotential: fromJson(z.number()),
  spikeValues: fromJson(z.array(z.number())).optional(),
  leak: fromJson(z.number()).optional(),
  reset: z.enum(['soft', 'hard']).optional(),
  normalisation: z.string(),
  percentile: fromJson(z.number()),
  layerInput: z.enum(['relu', 'tensor']).default('relu'),
  slices: z.enum(['whole', 'short']).default('whole'),
  lambdas: fromJson(z.record(z.string(), z.number())),
  inputLambdas: fromJson(z.record(z.string(), z.array(z.number()))),
  steps: fromJson(z.number().int().min(1)).optional(),
});

/** What was decided when the network was converted and fine-tuned. */
export interface SpikingNotes extends ScaleChoices, NeuronParameters {
  readonly neuron: string;
  readonly normalisation: string;
  readonly percentile: number;
  /** lambda of each layer's output, by layer name. */
  readonly lambdas: Readonly<Record<string, number>>;
  /** lambda of each part of each layer's input, by layer name. */
  readonly inputLambdas: Readonly<Record<string, readonly number[]>>;
  /** T the network was fine-tuned for; absent if it was not. */
  readonly steps?: number | undefined;
}

export type SpikingModel = Model & SpikingNetwork & { readonly conversion: SpikingNotes };

/** What there is to say about a conversion; what a neuron's parameters leave out is as the neuron has it. */
type Choice = Pick<SpikingNotes, 'neuron' | 'normalisation' | 'percentile'> &
  Partial<ScaleChoices> &
  Parameters<typeof neuronParameters>[1];

/** Puts neurons behind the layers of a normalised U-Net (section 3.2). */
export function withNeurons(unet: Model, network: NormalisedNetwork, choice: Choice): SpikingModel {
  const byName = <T>(pick: (scales: NormalisedNetwork['scales'][number]) => T) =>
    Object.fromEntries(network.scales.map((scales) => [scales.layer.name, pick(scales)]));
  const conversion: SpikingNotes = {
    ...PAPER_SCALES,
    ...choice,
    ...neuronParameters(choice.neuron, choice),
    lambdas: byName((scales) => scales.lambdaOut),
    inputLambdas: byName((scales) => scales.lambdaIn),
  };
  const model = { ...unet, stage: 'snn' as const, parameters: network.parameters };
  return attachNeurons({ ...model, notes: { ...unet.notes, ...formatNotes(conversion) } }, conversion);
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
  return { ...spiking, parameters: foldAmplitudes(model.layers, model.parameters) };
}

/** The same to be trained: with amplitudes, of 1 at first, where its neuron learns them; weights stay the same arrays. */
export function toTrainableModel(model: Model, source: string): SpikingModel {
  const spiking = readNotes(model, source);
  if (!findNeuron(spiking.neuron).learnsAmplitudes) return spiking;
  return { ...spiking, parameters: withAmplitudes(model.layers, model.parameters) };
}

/** What the metadata says; models that were written before neurons had leaks hold none of the newer keys. */
function readNotes(model: Model, source: string): SpikingModel {
  if (model.stage !== 'snn') {
    throw new DataError(`${source}: is a U-Net, expected a spiking network: run "convert" first`);
  }
  try {
    const notes = noteStrings.parse(model.notes);
    return attachNeurons(model, { ...notes, ...neuronParameters(notes.neuron, notes) });
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const what = issue ? `"${issue.path.join('.')}": ${issue.message}` : (error as Error).message;
    throw new DataError(`${source}: metadata: ${what}`);
  }
}

function attachNeurons(model: Model, conversion: SpikingNotes): SpikingModel {
  const { neuron } = conversion;
  const parameters = neuronParameters(neuron, conversion);
  checkNeuronParameters(neuron, parameters);
  return { ...model, neuron, neuronParameters: parameters, conversion };
}

/** Metadata values are strings: texts as they are, everything else as JSON. */
function formatNotes(conversion: SpikingNotes): Record<string, string> {
  const entries = Object.entries(conversion).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
