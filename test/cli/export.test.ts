/**
 * A U-Net as ONNX computes what ours computes, also in ONNX Runtime where `npm i onnxruntime-web` has
 * installed it.
 */

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import t from 'tap';
import { toUnet } from '../../lib/convert/spikingModel.js';
import { stream } from '../../lib/core/rng.js';
import { toChw } from '../../lib/format/layout.js';
import { decodeModel } from '../../lib/model/model.js';
import { unetGraph } from '../../lib/model/onnxGraph.js';
import { floatImage, referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';
import { spikingUnetJson } from './command.js';

t.test('the graph: 23 operations with weights, ReLUs, poolings, four concatenations', async (t) => {
  const { nodes, tensors, input, output } = unetGraph(
    randomModel({ task: 'denoise', width: 1, channels: 3, classes: 3 }),
  );
  const count = (op: string) => nodes.filter((node) => node.op === op).length;
  t.strictSame(['Conv', 'ConvTranspose', 'AveragePool', 'Concat', 'Relu'].map(count), [19, 4, 4, 4, 22]);
  t.equal(tensors.size, 2 * 23);
  t.strictSame(
    [input.shape, output.shape],
    [
      [1, 3, 'height', 'width'],
      [1, 3, 'height', 'width'],
    ],
  );
  const made = new Set(['image', ...tensors.keys()]);
  for (const node of nodes) {
    t.ok(
      node.inputs.every((name) => made.has(name)),
      `${node.op} reads what is there`,
    );
    made.add(node.output);
  }
  t.ok(made.has('output'));
});

const modules = join(process.env.SPIKING_UNET_PEERS ?? '.', 'node_modules');
const missing =
  !existsSync(join(modules, 'onnxruntime-web')) && `no onnxruntime-web in ${modules} (SPIKING_UNET_PEERS)`;

t.test('ONNX Runtime computes what we compute', { skip: missing }, async (t) => {
  const file = join(t.testdir(), 'drive.onnx');
  t.match(spikingUnetJson('export', '--model', 'drive', '--onnx', file), {
    preprocess: 'drive',
    multipleOf: 16,
  });
  const require = createRequire(join(modules, 'x.js'));
  const ort = require('onnxruntime-web');
  ort.env.wasm.wasmPaths = dirname(require.resolve('onnxruntime-web')) + sep;
  ort.env.wasm.numThreads = 1;
  const session = await ort.InferenceSession.create(readFileSync(file), { executionProviders: ['wasm'] });
  const path = 'fixtures/models/drive.safetensors';
  const unet = toUnet(decodeModel(readFileSync(path), path).model, path);
  for (const [height, width] of [
    [32, 48],
    [64, 16],
  ]) {
    const image = randomImage(stream(height, 'onnx'), height, width, 1);
    const feeds = { image: new ort.Tensor('float32', image, [1, 1, height, width]) };
    const theirs: Float32Array = (await session.run(feeds)).output.data;
    const ours = toChw(referenceEngine.prepare(unet).run(floatImage(image, height, width)), height, width, 2);
    const largest = Math.max(...ours.map(Math.abs));
    const error = Math.max(...ours.map((value, i) => Math.abs(value - theirs[i])));
    t.ok(error < 1e-5 * largest, `${error} of ${largest}`);
  }
});
