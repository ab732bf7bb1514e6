/**
 * Another architecture on the command line: trained, inspected, converted, fine-tuned, evaluated and counted
 * like a U-Net, or trained directly; what does not fit, and what it cannot do, is refused.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeModel, train } from '../../lib/index.js';
import type { LayerCost } from '../../lib/measure/energyModels.js';
import { findDataset } from '../../lib/node.js';
import { spikingUnet, spikingUnetJson } from './command.js';
import { writePhotos } from './tinyTraining.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const photos = writePhotos(root);
const data = ['--dataset', 'folder', '--data', photos];
const tiny = '--patches 4 --batch 2 --patch 16 --epochs 1'.split(' ');
const fresh = '--task denoise --channels 3 --width 1'.split(' ');
const best = (run: string) => at(run, 'checkpoints', 'best.safetensors');
const architecture = 'spiking-fcn';
const training = ['train', ...data, ...tiny, ...fresh];

t.test('train --architecture: the weights of the library', async (t) => {
  spikingUnetJson(...training, '--architecture', architecture, '--out', at('fcn'));
  const samples = findDataset('folder').load({
    ...{ directory: photos, split: 'train', seed: 1, labels: false, channels: 3 },
  });
  const { model } = await train(samples, {
    ...{ task: 'denoise', architecture, width: 1, epochs: 1, batch: 2 },
    ...{ patch: { size: 16, perEpoch: 4 }, notes: { dataset: 'folder', split: 'train' } },
  });
  const read = decodeModel(readFileSync(best('fcn')), 'fcn').model;
  t.strictSame([...read.parameters], [...model.parameters]);
  t.equal(read.configuration.architecture, architecture);
  t.equal(spikingUnetJson('inspect', '--model', best('fcn')).architecture, architecture);
  t.match(spikingUnet('inspect', '--model', best('fcn')).stdout, /spiking-fcn/);
});

t.test('it is converted, fine-tuned, evaluated and counted like a U-Net', async (t) => {
  const spiking = at('spiking.safetensors');
  spikingUnetJson('convert', '--model', best('fcn'), ...data, '--out', spiking);
  spikingUnetJson('finetune', '--model', spiking, ...data, ...tiny, '--steps', '2', '--out', at('tuned'));
  const { metrics, spikes } = spikingUnetJson('evaluate', '--model', best('tuned'), ...data, '--steps', '3');
  t.ok(metrics.psnr > 0 && spikes > 0);
  const { layers } = spikingUnetJson('energy', '--model', best('tuned'), ...data, '--steps', '3');
  const layer = (name: string) => layers.find((row: { name: string }) => row.name === name);
  t.equal(layer('conv3').products, layer('conv3').synops, 'its input is no spikes');
  t.ok(layer('conv3').products > 0);
});

t.test(
  'energy --architecture: a network that is only described has the operations of a trained one',
  async (t) => {
    const described = ['energy', ...fresh, '--classes', '3', '--size', '32x32', '--architecture'];
    const operations = (args: readonly string[]) =>
      spikingUnetJson(...args).layers.map(({ name, exactMacs }: LayerCost) => `${name} ${exactMacs}`);
    t.strictSame(
      operations([...described, architecture]),
      operations(['energy', '--model', best('tuned'), ...data, '--steps', '1']),
    );
    const { status, stderr } = spikingUnet(
      'energy',
      '--model',
      best('tuned'),
      '--architecture',
      'unet',
      ...data,
    );
    t.equal(status, 2);
    t.match(stderr, /--architecture is that of --model/);
  },
);

t.test('train --direct', async (t) => {
  const direct = '--direct --neuron lif --steps 2 --normalise bn'.split(' ');
  spikingUnetJson(...training, ...direct, '--architecture', architecture, '--out', at('direct'));
  const { steps } = spikingUnetJson('evaluate', ...data, '--split', 'all', '--model', best('direct'));
  t.equal(steps, 2);
});

t.test('--from keeps the architecture; another one, and what it cannot do, is refused', async (t) => {
  spikingUnetJson(...training, '--from', best('fcn'), '--out', at('further'));
  t.equal(spikingUnetJson('inspect', '--model', best('further')).architecture, architecture);
  const onnx = ['export', '--model', best('fcn'), '--onnx', at('fcn.onnx')];
  const exact = ['convert', '--model', best('fcn'), ...data, '--out', at('exact'), '--poolings', 'exact'];
  for (const [args, message] of [
    [[...training, '--architecture', 'fcn', '--out', at('none')], /--architecture.*unet.*spiking-fcn/s],
    [
      [...training, '--from', best('fcn'), '--architecture', 'unet', '--out', at('none')],
      /does not fit, expected architecture unet/,
    ],
    [onnx, /upsample1: upsample2d 3x3 stride 2 has no form in ONNX here/],
    [exact, /poolings exact: this network has no neurons after poolings/],
  ] as const) {
    const { status, stderr } = spikingUnet(...args);
    t.equal(status, 2, stderr);
    t.match(stderr, message);
  }
});
