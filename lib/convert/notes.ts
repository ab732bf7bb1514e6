/**
 * What a model file says of a spiking network: its neurons and their parameters, where its weights come from,
 * and for how many steps it was made. Files hold strings; the keys of a neuron's parameters are those of its
 * own schema.
 */

import * as z from 'zod/mini';
import { DataError } from '../core/error.js';
import { readStrings } from '../format/metadata.js';
import {
  LEAST_MEMBRANE_BITS,
  LEAST_WEIGHT_BITS,
  MOST_MEMBRANE_BITS,
  MOST_WEIGHT_BITS,
} from '../integer/bitWidths.js';
import { batchNormalisations } from '../neuron/batchNormalisation.js';
import type { NeuronParameters } from '../neuron/commonParameters.js';
import { findNeuron, type Neurons, neuronParameters } from '../neuron/index.js';
import type { Neuron } from '../neuron/neuron.js';
import { namesOf, type Origin, type Parameter, valueError } from '../neuron/parameter.js';

/** What a file says of neurons. The parameters of a neuron stand beside those that all neurons have. */
export interface NeuronNotes extends Omit<NeuronParameters, 'initialPotential'> {
  readonly neuron: string;
  /** In volts, or half of a layer's smallest threshold (of each level's own, where a neuron has levels). */
  readonly initialPotential: NeuronParameters['initialPotential'] | 'half';
  /** Of layers that have others, by the name of their signal (relu16, pooling1, ..), from high to low. */
  readonly thresholdsOf?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Whether poolings have neurons (the paper), or pass on the mean of the spikes that they read. */
  readonly poolings?: 'neurons' | 'exact' | undefined;
  /** How training normalises currents over a batch (a name in `batchNormalisations`); absent: not at all. */
  readonly batchNormalisation?: string | undefined;
  /** Bits of its weights, if they are whole numbers; absent: they are float32. */
  readonly bits?: number | undefined;
  /** Of layers whose weights have others, by name. */
  readonly bitsOf?: Readonly<Record<string, number>> | undefined;
  /** How its weights became whole numbers; absent: each to the nearest. */
  readonly rounding?: 'compensated' | 'learned' | undefined;
  /** Of membranes in whole numbers, which saturate; absent: 32. */
  readonly membraneBits?: number | undefined;
  /** T that the network was fine-tuned for; absent if it was not. */
  readonly steps?: number | undefined;
  /** T that its conversion was chosen for. */
  readonly intendedSteps?: number | undefined;
}

/** How a U-Net was normalised. */
export interface ConversionNotes {
  readonly origin: 'converted';
  readonly normalisation: string;
  /** Percentile of the layers with the most thresholds; that of layers with fewer may have been lower. */
  readonly percentile: number;
  /** How lambdas of channels were chosen; absent: percentile. */
  readonly lambda?: 'percentile' | 'mse' | undefined;
  /** Which pieces of the authors' code replace the paper's normalisation (lib/official). */
  readonly layerInput: 'relu' | 'tensor';
  readonly slices: 'whole' | 'short';
  /** lambda of each layer's output, by layer name; channel-wise the tensors `NAME.lambda` count. */
  readonly lambdas: Readonly<Record<string, number>>;
  /** lambda of each part of each layer's input, by layer name. */
  readonly inputLambdas: Readonly<Record<string, readonly number[]>>;
}

/** The notes of a network that was trained with its neurons in place: it has no lambdas. */
export type DirectNotes = { readonly origin: 'direct' } & {
  readonly [Key in Exclude<keyof ConversionNotes, 'origin'>]?: undefined;
};

export type ConvertedNotes = NeuronNotes & ConversionNotes;
/** What was decided when the network was converted, or trained directly, and fine-tuned. */
export type SpikingNotes = NeuronNotes & (ConversionNotes | DirectNotes);

/** A text that is JSON; its parts are then checked by the schema of the key, which messages name. */
const json = z.pipe(
  z.string(),
  z.transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({
        code: 'custom',
        message: `expected JSON, got ${text.slice(0, 40)}`,
        input: text,
      });
      return z.NEVER;
    }
  }),
);
const steps = z.optional(z.pipe(json, z.int().check(z.minimum(1))));
const lists = z.record(z.string(), z.array(z.number()));

const weightBits = z.int().check(z.minimum(LEAST_WEIGHT_BITS), z.maximum(MOST_WEIGHT_BITS));

const ofNeurons = z.object({
  thresholdsOf: z.optional(z.pipe(json, lists)),
  poolings: z.optional(z.enum(['neurons', 'exact'])),
  batchNormalisation: z.optional(z.enum(Object.keys(batchNormalisations))),
  bits: z.optional(z.pipe(json, weightBits)),
  bitsOf: z.optional(z.pipe(json, z.record(z.string(), weightBits))),
  rounding: z.optional(z.enum(['compensated', 'learned'])),
  membraneBits: z.optional(
    z.pipe(json, z.int().check(z.minimum(LEAST_MEMBRANE_BITS), z.maximum(MOST_MEMBRANE_BITS))),
  ),
  steps,
  intendedSteps: steps,
});

const ofConversion = z.object({
  origin: z._default(z.literal('converted'), 'converted'),
  normalisation: z.string(),
  percentile: z.pipe(json, z.number()),
  lambda: z.optional(z.enum(['percentile', 'mse'])),
  layerInput: z._default(z.enum(['relu', 'tensor']), 'relu'),
  slices: z._default(z.enum(['whole', 'short']), 'whole'),
  lambdas: z.pipe(json, z.record(z.string(), z.number())),
  inputLambdas: z.pipe(json, lists),
});

type Texts = Readonly<Record<string, string>>;

/** Reads the strings of a file. Models that were written before neurons had leaks lack the newer keys. */
export function parseNotes(texts: Texts, table: Neurons): { neuron: Neuron; conversion: SpikingNotes } {
  if (texts.neuron === undefined) throw new DataError('"neuron": missing, expected the name of a neuron');
  const neuron = findNeuron(texts.neuron, table);
  const origin = originOf(texts);
  const isHalf = texts.initialPotential === 'half';
  const given: Partial<NeuronParameters> = Object.fromEntries(
    namesOf(neuron.parameters)
      .filter((name) => texts[name] !== undefined && !(isHalf && name === 'initialPotential'))
      .map((name) => [name, parseValue(name, neuron.parameters[name], texts[name])]),
  );
  const { thresholds } = given;
  const what = thresholds && neuron.parameters.thresholds.wrong(thresholds, [], neuron.name);
  if (what) throw valueError('thresholds', thresholds, what); // before anything is derived from these
  const parameters = neuronParameters(neuron, given, origin);
  return {
    neuron,
    conversion: {
      ...{ neuron: neuron.name, ...parameters, ...(isHalf && { initialPotential: 'half' }) },
      ...readStrings(ofNeurons, texts),
      ...(origin === 'direct' ? { origin } : readStrings(ofConversion, texts)),
    },
  };
}

function originOf({ origin = 'converted' }: Texts): Origin {
  if (origin === 'converted' || origin === 'direct') return origin;
  throw new DataError(`"origin": ${origin}, expected converted or direct`);
}

/** A parameter's value from its text: a word stays as it is. The neuron checks the value later. */
function parseValue(name: string, { kind }: Parameter, text: string): unknown {
  if (kind === 'word') return text;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'string') return value;
  } catch {}
  throw new DataError(`"${name}": expected JSON of numbers, got ${text.slice(0, 40)}`);
}

/** Metadata values are strings: texts as they are, everything else as JSON. */
export function formatNotes(notes: Partial<SpikingNotes>): Record<string, string> {
  const entries = Object.entries(notes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

/** The notes of a file without those of its conversion. */
export function withoutConversion(notes: Texts, table: Neurons): Texts {
  const own =
    notes.neuron !== undefined && Object.hasOwn(table, notes.neuron) ? table[notes.neuron].parameters : {};
  const keys = [
    'neuron',
    ...[own, ofNeurons.shape, ofConversion.shape].flatMap((shape) => Object.keys(shape)),
  ];
  return Object.fromEntries(Object.entries(notes).filter(([key]) => !keys.includes(key)));
}
