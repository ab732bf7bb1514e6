#!/usr/bin/env node
/** `spiking-unet export`: a network for other programs: a U-Net as ONNX, one in whole numbers as vectors. */

import { basename } from 'node:path';
import { Option } from 'commander';
import { toSpikingModel, toUnet } from '../lib/convert/spikingModel.js';
import { stepsOf } from '../lib/convert/usualSteps.js';
import { UsageError } from '../lib/core/error.js';
import { cutWindow, type FloatImage } from '../lib/core/floatImage.js';
import { padImage } from '../lib/engine/predict.js';
import { encodeOnnx } from '../lib/format/onnx.js';
import { pictureCodes } from '../lib/integer/codes.js';
import { integerNetwork } from '../lib/integer/integerNetwork.js';
import { goldenVectors } from '../lib/integer/vectors.js';
import type { Model } from '../lib/model/model.js';
import { modelInput } from '../lib/model/modelInput.js';
import { unetGraph } from '../lib/model/onnxGraph.js';
import { IMAGE, OUTPUT } from '../lib/net/architecture.js';
import { multipleOf } from '../lib/net/graph.js';
import { writeFileAtomic } from '../lib/node/files.js';
import { readImage } from '../lib/node/pictureFiles.js';
import { readModel } from './cli/modelOptions.js';
import { countUpTo, imageSize, stepCount } from './cli/parse.js';
import { type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { checkVectorSize, writeVectors } from './cli/vectorFolder.js';

interface Options extends SharedOptions {
  readonly model: string;
  readonly onnx?: string;
  readonly vectors?: string;
  readonly image?: string;
  readonly steps?: number;
  readonly crop?: readonly [height: number, width: number];
  readonly limit: number;
}

/** MiB: Node writes no larger file at once. */
const MOST_MIB = 2047;

const stage: Stage<Options> = {
  name: 'export',
  summary:
    'Write a U-Net as ONNX (operator set 13), or a network in whole numbers with all that it computes of a ' +
    'picture, for tests of circuits and of C programs.',
  examples: [
    ['export --model drive --onnx drive.onnx', 'the U-Net of a bundled model'],
    [
      'export --model int8.safetensors --vectors vectors --image eye.png --crop 64x64 --steps 2',
      'a network of "convert --bits 8": files for $readmemh, and network.h',
    ],
  ],
  configure(command) {
    command
      .requiredOption('--model <file>', 'a file, a run folder, or a bundled name')
      .addOption(
        new Option('--onnx <file>', 'write the U-Net that it is or holds').conflicts([
          ...['vectors', 'image', 'steps', 'crop', 'limit'],
        ]),
      )
      .option('--vectors <dir>', 'write the network in whole numbers, and every step of every neuron')
      .option('--image <file>', 'with --vectors: the picture')
      .option('--steps <T>', 'with --vectors: time steps (default: those the model was made for)', stepCount)
      .option('--crop <HxW>', 'with --vectors: only the middle of the prepared picture', imageSize)
      .option('--limit <MiB>', 'with --vectors: what the folder may take', countUpTo(MOST_MIB), 1024);
  },
  run(options) {
    const { onnx, vectors, image } = options;
    if (onnx !== undefined) return exportOnnx(options.model, onnx);
    if (vectors === undefined) throw new UsageError('say what to write: --onnx FILE or --vectors DIR');
    if (image === undefined) throw new UsageError('--vectors: needs the --image to run the network on');
    return exportVectors(options, vectors, image);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

function exportOnnx(path: string, onnx: string): Result {
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
}

function exportVectors(
  { model: path, crop, limit, ...options }: Options,
  folder: string,
  image: string,
): Result {
  const { model, hash } = readModel(path);
  const spiking = model.stage === 'snn' ? toSpikingModel(model, path) : undefined;
  if (spiking?.bits === undefined)
    throw new UsageError(
      `--vectors: ${path} is no network in whole numbers: make one with "convert --bits 8", and export that`,
    );
  const network = integerNetwork(spiking);
  const steps = options.steps ?? stepsOf(spiking.conversion);
  const part = prepared(model, image, crop);
  const { data, height, width } = padImage(part, multipleOf(model.layers));
  const { bits, bitsOf, membraneBits } = spiking;
  const run = { bits, bitsOf, membraneBits, height, width, steps };
  checkVectorSize(network, run, limit);
  const vectors = goldenVectors(network, pictureCodes(data), run);
  const about = {
    ...{ model: basename(path), modelSha256: hash, image: basename(image) },
    ...{ imageHeight: part.height, imageWidth: part.width },
  };
  const { files, bytes } = writeVectors(folder, vectors, run, about);
  return {
    json: { vectors: folder, ...run, layers: network.length, files, bytes },
    text:
      `${folder}: ${network.length} layers, T=${steps}, ${height}x${width} pixels in ${files} files, ` +
      `${(bytes / 2 ** 20).toFixed(1)} MiB`,
  };
}

/** What the network reads of a picture file, or only the middle of it. */
function prepared(model: Model, file: string, crop: Options['crop']): FloatImage {
  const whole = modelInput(model, readImage(file));
  if (!crop) return whole;
  const { height, width } = whole;
  const [rows, columns] = crop;
  if (rows > height || columns > width)
    throw new UsageError(`--crop ${rows}x${columns}: ${file} has ${height}x${width} pixels`);
  const [top, left] = [Math.floor((height - rows) / 2), Math.floor((width - columns) / 2)];
  return cutWindow(whole, { top, left, bottom: top + rows, right: left + columns });
}
