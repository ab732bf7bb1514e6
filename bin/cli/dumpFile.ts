/** Everything a network did on one picture, as the bytes of a dump (docs/formats.md). */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import type { FloatImage } from '../../lib/core/floatImage.js';
import { sumsOf } from '../../lib/engine/simulate/recording.js';
import type { Simulation, SimulationOptions } from '../../lib/engine/simulate/simulation.js';
import { toChw } from '../../lib/format/layout.js';
import { encodeSafetensors } from '../../lib/format/safetensors.js';
import type { Model } from '../../lib/model/model.js';
import type { NamedTensors } from '../../lib/net/parameters.js';

/** One run of a network on a padded picture. */
export interface Recording {
  readonly image: FloatImage;
  /** [H,W,K]: of a spiking network the summed current, not the read-out. */
  readonly output: Float32Array;
  /** Of a spiking network, with its flows, and its trace where it was asked for. */
  readonly simulation?: Simulation | undefined;
}

/** What a dump says of a run on a picture of this size. */
export interface DumpedRun {
  readonly height: number;
  readonly width: number;
  /** T; 0 for a U-Net. */
  readonly steps: number;
  readonly spiking?: SpikingModel | undefined;
  readonly timing?: SimulationOptions['timing'];
}

/**
 * `input` [C,H,W], `output` [K,H,W], and for a spiking network `flow.NAME` [C,h,w] and `spikes.NAME` [T] of
 * each neuron layer, and its trace.
 */
export function encodeDump(model: Model, recording: Recording, run: DumpedRun): Uint8Array {
  const { image, output, simulation } = recording;
  const { data, height, width, channels } = image;
  const { classes } = model.configuration;
  const tensors: NamedTensors = new Map([
    ['input', { shape: [channels, height, width], data: toChw(data, height, width, channels) }],
    ['output', { shape: [classes, height, width], data: toChw(output, height, width, classes) }],
    ...(simulation ? sumsOf(model.layers, simulation, height, width) : []),
    ...(simulation?.trace ?? []),
  ]);
  return encodeSafetensors({ tensors, metadata: { stage: model.stage, ...metadataOf(run) } });
}

function metadataOf({ height, width, steps, spiking, timing }: DumpedRun): Record<string, string> {
  return {
    ...{ height: String(height), width: String(width), steps: String(steps) },
    ...(spiking && neuronMetadata(spiking)),
    ...(spiking && timing === 'delayed' && { timing }),
  };
}

/** The neurons of a spiking network as it was run. */
export function neuronMetadata(spiking: SpikingModel): Record<string, string> {
  const { neuron, neuronParameters, conversion } = spiking;
  const { reset, ...numbers } = neuronParameters;
  const { thresholdsOf, poolings } = conversion;
  const entries = Object.entries({ ...numbers, ...(thresholdsOf && { thresholdsOf }) });
  const texts = entries.map(([key, value]) => [key, JSON.stringify(value)] as const);
  return {
    neuron: neuron.name,
    reset,
    ...Object.fromEntries(texts),
    ...(poolings === 'exact' && { poolings }),
  };
}
