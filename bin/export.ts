#!/usr/bin/env node
/** `spiking-unet export`: a U-Net as an ONNX file, for other programs. */

import { toUnet } from '../lib/convert/spikingModel.js';
import { encodeOnnx } from '../lib/format/onnx.js';
import { unetGraph } from '../lib/model/onnxGraph.js';
import { IMAGE, OUTPUT } from '../lib/net/architecture.js';
import { multipleOf } from '../lib/net/graph.js';
import { writeFileAtomic } from '../lib/node/files.js';
import { readModel } from './cli/modelOptions.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';

interface Options extends SharedOptions {
  readonly model: string;
  readonly onnx: string;
}

const stage: Stage<Options> = {
  name: 'export',
  summary: 'Write a U-Net as ONNX (operator set 13), for ONNX Runtime and its like.',
  examples: [['export --model drive --onnx drive.onnx', 'the U-Net of a bundled model']],
  configure(command) {
    command
      .requiredOption(
        '--model <file>',
        'a U-Net, or a model that holds one: a file, a run folder, or a bundled name',
      )
      .requiredOption('--onnx <file>', 'the file to write');
  },
  run({ model: path, onnx }) {
    const model = toUnet(readModel(path).model, path);
    const graph = unetGraph(model);
    writeFileAtomic(onnx, encodeOnnx(graph));
    const { task, channels, classes } = model.configuration;
    const shape = (count: number) => `[1,${count},H,W]`;
    const meaning = task === 'segment' ? 'a score a class' : 'the noise: subtract it from the image';
    return {
      json: {
        onnx,
        input: graph.input,
        output: graph.output,
        preprocess: model.preprocess,
        multipleOf: multipleOf(model.layers),
      },
      text:
        `${onnx}: ${IMAGE} ${shape(channels)}, 0..1, prepared as "${model.preprocess}" says, H and W multiples of ` +
        `${multipleOf(model.layers)} -> ${OUTPUT} ${shape(classes)}, ${meaning}`,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);
