/**
 * Values as whole numbers: value = code x unit. A neuron whose thresholds halve fires each of them at most
 * once a step, so what it fires in a step is a number of N bits: a spike of V_th,i = 2^(N-i) V_th,N counts
 * 2^(N-i) units of the lowest threshold V_th,N. The levels of a picture are whole numbers as they are.
 */

import { UsageError } from '../core/error.js';
import { IMAGE, type Layer } from '../net/architecture.js';
import { hasNeuron } from '../net/network.js';
import { type LayerNeuron, neuronOf, type SpikingNetwork } from '../neuron/spikingNetwork.js';

export interface Codes {
  /** What one unit is worth, in volts; for a picture one level of 255. */
  readonly unit: number;
  /** The smallest and the largest code. */
  readonly least: number;
  readonly most: number;
}

/**
 * Levels of a picture, 0..255. Those of a picture with added noise may lie outside; farther than this, ten
 * deviations of the strongest noise, they are clipped.
 */
export const PICTURE: Codes = { unit: 1 / 255, least: -512, most: 767 };

/** N of the neurons, at most: a code is a byte. */
const MOST_BITS = 8;

/** The codes of every signal that a layer can read, by its name. UsageError for neurons that have none. */
export function codesOf(network: SpikingNetwork): ReadonlyMap<string, Codes> {
  const spikes = network.layers.filter(hasNeuron).map((layer) => {
    const bits = bitsOf(network, layer);
    const unit = neuronOf(network, layer).parameters.thresholds[bits - 1];
    return [layer.output, { unit, least: 0, most: 2 ** bits - 1 }] as const;
  });
  return new Map([[IMAGE, PICTURE], ...spikes]);
}

/** The levels of a picture [H,W,C] with values 0..1, rounded to whole numbers and clipped. */
export function pictureCodes(picture: Float32Array): Int16Array {
  const { least, most } = PICTURE;
  const codes = new Int16Array(picture.length);
  for (let n = 0; n < codes.length; n++)
    codes[n] = Math.min(most, Math.max(least, Math.round(255 * picture[n])));
  return codes;
}

/** The codes of each channel of a layer's joined input. */
export function codesRead({ inputs, channelsIn }: Layer, codes: ReadonlyMap<string, Codes>): Codes[] {
  return inputs.flatMap((name, part) => Array<Codes>(channelsIn[part]).fill(codes.get(name)!));
}

/**
 * N of a layer's neurons. UsageError for neurons whose spikes in a step are no number of N bits, or that keep
 * less than all of their potential.
 */
function bitsOf(network: SpikingNetwork, layer: Layer): number {
  const own = neuronOf(network, layer);
  const what = unsuited(own);
  if (what === undefined) return own.parameters.thresholds.length;
  throw new UsageError(
    `${layer.output}: ${what} cannot be computed with whole numbers, ` +
      `expected a multi-threshold neuron (mt) with up to ${MOST_BITS} thresholds that halve, such as 1, 0.5, 0.25`,
  );
}

/** What of a neuron has no whole numbers; undefined if nothing. */
function unsuited({ neuron, parameters }: LayerNeuron): string | undefined {
  const { thresholds, spikeValues, leak, reset } = parameters;
  if (neuron.dynamics !== 'cascade') return `neuron ${neuron.name}`;
  if (thresholds.some((volts, i) => i > 0 && 2 * volts !== thresholds[i - 1]))
    return `thresholds ${thresholds.join(', ')}`;
  if (spikeValues.some((value, i) => value !== thresholds[i]))
    return `spike values ${spikeValues.join(', ')}`;
  if (leak !== 1) return `leak ${leak}`;
  if (reset !== 'soft') return `reset ${reset}`;
  return thresholds.length > MOST_BITS ? `${thresholds.length} thresholds` : undefined;
}
