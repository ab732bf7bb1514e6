/**
 * `run --dump`: everything a network did on one picture, as
 * safetensors in PyTorch's layout (docs/formats.md).
 */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import { UsageError } from '../../lib/core/error.js';
import type { FloatImage } from '../../lib/core/floatImage.js';
import type { Footprint } from '../../lib/engine/kernels/memory.js';
import { toMiB } from '../../lib/engine/kernels/memory.js';
import { sumsOf, tracedDumpBytes } from '../../lib/engine/simulate/recording.js';
import type { Simulation } from '../../lib/engine/simulate/simulation.js';
import { toChw } from '../../lib/format/layout.js';
import { encodeSafetensors } from '../../lib/format/safetensors.js';
import type { Model } from '../../lib/model/model.js';
import type { NamedTensors } from '../../lib/net/parameters.js';
import { writeFileAtomic } from '../../lib/node/files.js';

/** One run of a network on a padded picture. */
export interface Recording {
  readonly image: FloatImage;
  /** [H,W,K]: of a spiking network the summed current, not the read-out. */
  readonly output: Float32Array;
  /** Of a spiking network, with its flows, and its trace where it was asked for. */
  readonly simulation?: Simulation | undefined;
}

/** Node cannot read a larger file at once. */
const LARGEST_DUMP = 2 ** 31;

/**
 * Writes `input` [C,H,W], `output` [K,H,W], and for a spiking network `flow.NAME` [C,h,w] and `spikes.NAME`
 * [T] of each neuron layer, and its trace. `metadata` is added to the file.
 */
export function writeDump(
  path: string,
  model: Model,
  recording: Recording,
  metadata: Record<string, string>,
): void {
  const { image, output, simulation } = recording;
  const { data, height, width, channels } = image;
  const { classes } = model.configuration;
  const tensors: NamedTensors = new Map([
    ['input', { shape: [channels, height, width], data: toChw(data, height, width, channels) }],
    ['output', { shape: [classes, height, width], data: toChw(output, height, width, classes) }],
    ...(simulation ? sumsOf(model.layers, simulation, height, width) : []),
    ...(simulation?.trace ?? []),
  ]);
  writeFileAtomic(path, encodeSafetensors({ tensors, metadata: { stage: model.stage, ...metadata } }));
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

/** Refuses a trace whose file would be too large to be read back (UsageError). */
export function checkTraceSize(path: string, { layers }: Model, footprint: Omit<Footprint, 'sums'>) {
  const bytes = tracedDumpBytes(layers, footprint);
  if (bytes <= LARGEST_DUMP) return;
  throw new UsageError(
    `--trace: ${path} would take ${toMiB(bytes)} MiB, at most ${toMiB(LARGEST_DUMP)} are possible: take a smaller picture or fewer --steps`,
  );
}
