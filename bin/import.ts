#!/usr/bin/env node
/** `spiking-unet import`: makes a model of a PyTorch state dict. */

import type { Task } from '../lib/image/dataset/dataset.js';
import { readBytes, writeFileAtomic } from '../lib/tensor/files.js';
import { decodeSafetensors } from '../lib/tensor/safetensors.js';
import { buildLayers } from '../lib/unet/architecture.js';
import { encodeModel } from '../lib/unet/model.js';
import { inferConfiguration, packParameters } from '../lib/unet/parameters.js';
import { oneOf } from './cli/parse.js';
import { runStage, type SharedOptions } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options extends SharedOptions {
  readonly stateDict: string;
  readonly task: Task;
  readonly out: string;
  readonly preprocess: 'plain' | 'drive';
}

await runStage<Options>({
  name: 'import',
  summary: 'Make a model of a PyTorch state dict with the layer names conv1 .. conv19, convtranspose1 .. 4.',
  examples: [
    [
      'import --state-dict unet.safetensors --task segment --out ann.safetensors',
      'width, channels and classes are read off the shapes',
    ],
  ],
  configure(command) {
    command
      .requiredOption(
        '--state-dict <file>',
        'safetensors (in Python: safetensors.torch.save_file(model.state_dict(), FILE))',
      )
      .requiredOption('--task <name>', 'segment (1x1 conv19) or denoise (3x3)', oneOf('segment', 'denoise'))
      .requiredOption('--out <file>', 'the model to write')
      .option(
        '--preprocess <name>',
        'how pictures become its input: plain (grey levels / 255) or drive',
        oneOf('plain', 'drive'),
        'plain',
      );
  },
  run({ stateDict, task, out, preprocess }) {
    const { tensors } = decodeSafetensors(readBytes(stateDict), stateDict);
    const configuration = inferConfiguration(tensors, task, stateDict);
    const layers = buildLayers(configuration);
    const parameters = packParameters(layers, tensors, stateDict);
    const count = [...parameters.values()].reduce((sum, values) => sum + values.length, 0);
    const { width, channels, classes } = configuration;
    const classNames = task === 'segment' ? Array.from({ length: classes }, (_, id) => String(id)) : [];
    const notes = { source: 'PyTorch state dict' };
    writeFileAtomic(
      out,
      encodeModel({ layers, parameters, stage: 'ann', configuration, preprocess, classNames, notes }),
    );
    return {
      json: { model: out, ...configuration, parameters: count },
      text: `${out}: ${task}, width ${width}, ${channels} -> ${classes} channels, ${thousands(count)} parameters`,
    };
  },
});
