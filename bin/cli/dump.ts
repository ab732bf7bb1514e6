/** `run --dump`: everything a network did on one picture, as safetensors in PyTorch's layout (docs/formats.md). */

import type { Simulation } from '../../lib/spike/simulation.js';
import { writeFileAtomic } from '../../lib/tensor/files.js';
import { toChw } from '../../lib/tensor/layout.js';
import { encodeSafetensors } from '../../lib/tensor/safetensors.js';
import { outputDims } from '../../lib/unet/architecture.js';
import { hasNeuron, signalOf } from '../../lib/unet/forward.js';
import type { Model } from '../../lib/unet/model.js';

/** One run of a network on a padded picture. */
export interface Recording {
  /** [H,W,C] */
  readonly input: Float32Array;
  readonly height: number;
  readonly width: number;
  /** [H,W,K]: of a spiking network the summed current, not the read-out. */
  readonly output: Float32Array;
  /** Of a spiking network, with its flows. */
  readonly simulation?: Simulation | undefined;
}

/**
 * Writes `input` [C,H,W], `output` [K,H,W], and for a spiking network `flow.NAME` [C,h,w] and `spikes.NAME` [T] of
 * each neuron layer. `metadata` says what else there is to know.
 */
export function writeDump(
  path: string,
  model: Model,
  recording: Recording,
  metadata: Record<string, string>,
): void {
  const { input, height, width, output, simulation } = recording;
  const { channels, classes } = model.configuration;
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  const add = (name: string, data: Float32Array, h: number, w: number, c: number) =>
    tensors.set(name, { shape: [c, h, w], data: toChw(data, h, w, c) });
  add('input', input, height, width, channels);
  add('output', output, height, width, classes);
  for (const layer of simulation ? model.layers.filter(hasNeuron) : []) {
    const dims = outputDims(layer, height, width);
    add(
      `flow.${layer.output}`,
      signalOf(simulation!.flows, layer.output),
      dims.height,
      dims.width,
      dims.channels,
    );
    const perStep = Float32Array.from(simulation!.spikesPerStep.get(layer.output)!);
    tensors.set(`spikes.${layer.output}`, { shape: [perStep.length], data: perStep });
  }
  writeFileAtomic(path, encodeSafetensors({ tensors, metadata: { stage: model.stage, ...metadata } }));
}
