#!/usr/bin/env node
/** `spiking-unet import`: makes a model of a PyTorch state dict. */

import { encodeModel } from '../lib/model/model.js';
import { readStateDict } from '../lib/model/stateDict.js';
import type { Task } from '../lib/net/architecture.js';
import { readBytes, writeFileAtomic } from '../lib/node/files.js';
import { oneOf } from './cli/parse.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { thousands } from './cli/table.js';

interface Options extends SharedOptions {
  readonly stateDict: string;
  readonly task: Task;
  readonly out: string;
  readonly preprocess: 'plain' | 'drive';
}

const stage: Stage<Options> = {
  name: 'import',
  summary: 'Make a model of a PyTorch state dict with the layer names conv1 .. conv19, convtranspose1 .. 4.',
  examples: [
    [
      'import --state-dict unet.safetensors --task segment --out ann.safetensors',
      'width, channels and classes are read off the shapes',
    ],
    [
      'import --state-dict unet.pth --task denoise --out ann.safetensors',
      'of torch.save(model.state_dict(), FILE)',
    ],
  ],
  configure(command) {
    command
      .requiredOption(
        '--state-dict <file>',
        'of torch.save(model.state_dict(), FILE), or of safetensors.torch.save_file',
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
  run({ stateDict, task, out, preprocess }, { log }) {
    const imported = readStateDict(readBytes(stateDict), task, stateDict);
    const { configuration, layers, parameters, remarks } = imported;
    for (const remark of remarks) log(`${stateDict}: ${remark}`);
    const count = [...parameters.values()].reduce((sum, values) => sum + values.length, 0);
    const { width, channels, classes } = configuration;
    const classNames = task === 'segment' ? Array.from({ length: classes }, (_, id) => String(id)) : [];
    const notes = { source: 'PyTorch state dict' };
    writeFileAtomic(
      out,
      encodeModel({ layers, parameters, stage: 'ann', configuration, preprocess, classNames, notes }),
    );
    return {
      json: { model: out, ...configuration, parameters: count, remarks },
      text: `${out}: ${task}, width ${width}, ${channels} -> ${classes} channels, ${thousands(count)} parameters`,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);
