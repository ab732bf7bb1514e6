/** `run --dump`: everything a simulation did on one picture, as safetensors in PyTorch's layout. */

import { readImage } from '../../lib/image/decode.js';
import { preprocess } from '../../lib/image/preprocess.js';
import type { Kernels } from '../../lib/kernel/contract.js';
import { simulate } from '../../lib/spike/simulate.js';
import { writeFileAtomic } from '../../lib/tensor/files.js';
import { toChw } from '../../lib/tensor/layout.js';
import { encodeSafetensors } from '../../lib/tensor/safetensors.js';
import { OUTPUT, outputDims } from '../../lib/unet/architecture.js';
import { forward, hasNeuron, signalOf } from '../../lib/unet/forward.js';
import type { Model } from '../../lib/unet/model.js';
import { padInput } from '../../lib/unet/predict.js';
import { imageChannels, type SimulationOptions, spikingModel } from './model.js';

/**
 * `input` [C,H,W], `output` [K,H,W] (the last layer's current summed over the steps; for a U-Net its output),
 * `flow.NAME` [C,H,W] and `spikes.NAME` [T] of each neuron layer. H and W are those of the padded image; the
 * metadata says the picture's own.
 */
export function writeDump(
  kernels: Kernels,
  model: Model,
  options: SimulationOptions,
  file: string,
  out: string,
): void {
  const picture = readImage(file);
  const channels = imageChannels(model);
  const padded = padInput(preprocess(model.preprocess, picture, channels), picture.height, picture.width);
  const { input, height, width } = padded;
  const tensors = new Map<string, { shape: number[]; data: Float32Array }>();
  const addImage = (name: string, data: Float32Array, h: number, w: number, c: number) =>
    tensors.set(name, { shape: [c, h, w], data: toChw(data, h, w, c) });
  const metadata: Record<string, string> = {
    height: String(picture.height),
    width: String(picture.width),
    stage: model.stage,
  };
  addImage('input', input, height, width, channels);
  if (model.stage === 'ann') {
    const output = signalOf(forward(kernels, model, input, height, width), OUTPUT);
    addImage('output', output, height, width, model.configuration.classes);
  } else {
    const { spiking, steps } = spikingModel(model, options, file);
    const simulation = simulate(kernels, spiking, input, height, width, { steps, mode: options.mode });
    metadata.steps = String(steps);
    addImage('output', simulation.output, height, width, model.configuration.classes);
    for (const layer of model.layers.filter(hasNeuron)) {
      const dims = outputDims(layer, height, width);
      addImage(
        `flow.${layer.output}`,
        signalOf(simulation.flows, layer.output),
        dims.height,
        dims.width,
        dims.channels,
      );
      const perStep = Float32Array.from(simulation.spikesPerStep.get(layer.output)!);
      tensors.set(`spikes.${layer.output}`, { shape: [steps], data: perStep });
    }
  }
  writeFileAtomic(out, encodeSafetensors({ tensors, metadata }));
}
