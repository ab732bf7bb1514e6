#!/usr/bin/env node
/** `spiking-unet inspect`: what a model file holds, layer by layer. */

import { formatNotes } from '../lib/convert/notes.js';
import { toSpikingModel } from '../lib/convert/spikingModel.js';
import type { Model } from '../lib/model/model.js';
import { type Layer, totalChannelsIn } from '../lib/net/architecture.js';
import { PAPERS } from '../lib/net/architectures.js';
import { hasNeuron, hasRelu } from '../lib/net/network.js';
import { readModel } from './cli/modelOptions.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table, thousands } from './cli/table.js';

interface Options extends SharedOptions {
  readonly model: string;
}

const stage: Stage<Options> = {
  name: 'inspect',
  summary: 'Show what a model file holds, layer by layer.',
  examples: [
    ['inspect --model snn.safetensors', 'its layers with their lambdas and neurons, and where it comes from'],
  ],
  configure(command) {
    command.requiredOption(
      '--model <file>',
      'a U-Net, a spiking network, or both: a file, or the name of a bundled model',
    );
  },
  run(options) {
    const { model, hash } = readModel(options.model);
    const spiking = model.stage === 'ann' ? undefined : toSpikingModel(model, options.model);
    const conversion = spiking?.conversion;
    const layers = model.layers.map((layer) => ({
      name: layer.name,
      operation: layer.op.name,
      inputs: layer.inputs,
      kernel: layer.op.kernel,
      channelsIn: totalChannelsIn(layer),
      channelsOut: layer.channelsOut,
      parameters: parametersOf(layer, model),
      activation: activationsOf(layer, model.stage, conversion?.neuron).join(' / ') || '-',
      ...(conversion && {
        lambdaIn: conversion.inputLambdas?.[layer.name],
        lambdaOut: conversion.lambdas?.[layer.name],
      }),
    }));
    const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
    const { stage, configuration, classNames, preprocess, notes } = model;
    const about = {
      ...{ stage, architecture: PAPERS, ...configuration, classNames, preprocess, parameters, sha256: hash },
      ...{ ...notes, ...(conversion && formatNotes(conversion)) }, // also what the file leaves to the neuron
    };
    const header = [
      'layer',
      'inputs',
      'kernel',
      'channels',
      'parameters',
      'then',
      ...(conversion ? ['lambda in', 'lambda out'] : []),
    ];
    const rows = layers.map((layer) => [
      layer.name,
      layer.inputs.join(' + '),
      `${layer.kernel}x${layer.kernel}`,
      `${layer.channelsIn} -> ${layer.channelsOut}`,
      thousands(layer.parameters),
      layer.activation,
      ...(conversion ? [(layer.lambdaIn ?? []).map(short).join(' | '), short(layer.lambdaOut ?? 1)] : []),
    ]);
    const facts = Object.entries(about).filter(([key]) => key !== 'lambdas' && key !== 'inputLambdas');
    const units: Readonly<Record<string, { readonly unit: string }>> = spiking?.neuron.parameters ?? {};
    return {
      json: { ...about, layers, ...(spiking && { neuronParameters: spiking.neuronParameters }) },
      text: `${facts.map(([key, value]) => `${key}: ${value}${units[key]?.unit ? ` ${units[key].unit}` : ''}`).join('\n')}\n\n${table(header, rows)}`,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The number of parameters of a layer. */
function parametersOf({ name }: Layer, { parameters }: Model): number {
  const own = [...parameters].filter(([key]) => key.startsWith(`${name}.`));
  return own.reduce((sum, [, values]) => sum + values.length, 0);
}

/** What follows a layer in the U-Net or in the spiking network; in both for a model that holds both. */
function activationsOf(layer: Layer, stage: Model['stage'], neuron: string | undefined): string[] {
  const relu = stage !== 'snn' && hasRelu(layer) ? ['relu'] : [];
  return neuron !== undefined && hasNeuron(layer) ? [...relu, neuron] : relu;
}

function short(value: number): string {
  return value.toPrecision(4);
}
