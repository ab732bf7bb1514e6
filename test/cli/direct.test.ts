/**
 * Direct training and fine-tuning through time: the stages and the library write the same bits; what comes
 * out runs like any spiking network; options that belong to another method are refused.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import {
  type DirectLearning,
  decodeModel,
  findNeuron,
  findSurrogate,
  finetune,
  trainDirectly,
} from '../../lib/index.js';
import { findDataset } from '../../lib/node.js';
import { requireSame } from '../support/sameModel.js';
import { spikingUnet, spikingUnetJson } from './command.js';
import { writePhotos } from './tinyTraining.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const photos = writePhotos(root);
const samples = findDataset('folder').load({
  ...{ directory: photos, split: 'train', seed: 1, labels: false, channels: 3 },
});
const data = ['--dataset', 'folder', '--data', photos];
const tiny = '--patches 4 --batch 2 --patch 16 --epochs 1'.split(' ');
const stage = (name: string, options: string) =>
  spikingUnetJson(name, ...data, ...tiny, ...options.split(' '));
const read = (path: string) => decodeModel(readFileSync(path), path).model;
const best = (run: string) => at(run, 'checkpoints', 'best.safetensors');
const fresh = '--task denoise --channels 3 --width 1';
const learning = {
  task: 'denoise',
  ...{ width: 1, epochs: 1, batch: 2 },
  ...{ patch: { size: 16, perEpoch: 4 }, notes: { dataset: 'folder', split: 'train' } },
} as const;

const cases: readonly [neuron: string, options: string, Omit<DirectLearning, 'neuron' | 'steps'>][] = [
  ['mt', '', {}],
  [
    'ml',
    '--thresholds 0.5,0.25 --surrogate straight --reset-gradient detached --poolings exact --v-init half',
    {
      ...{ thresholds: [0.5, 0.25], surrogate: 'straight', resetGradient: 'detached' },
      ...{ poolings: 'exact', initialPotential: 'half' },
    },
  ],
  ['rs', '--reset soft', { parameters: { reset: 'soft' } }],
];

for (const [name, options, choice] of cases) {
  t.test(`train --direct, ${name}: the weights and metrics of the library`, async (t) => {
    const neuron = findNeuron(name);
    stage('train', `--direct ${fresh} --neuron ${name} --steps 2 --out ${at(name)} ${options}`.trim());
    const { model } = await trainDirectly(samples, { ...learning, direct: { neuron, steps: 2, ...choice } });
    requireSame(t, model, read(best(name)));
    t.match(model.notes, { origin: 'direct', neuron: name, steps: '2' });
    t.match(spikingUnet('inspect', '--model', best(name)).stdout, /direct/);
  });
}

t.test('what was trained directly runs for as many steps as it was trained for', async (t) => {
  const { steps, images } = spikingUnetJson('evaluate', ...data, '--split', 'all', '--model', best('ml'));
  t.equal(steps, 2);
  t.ok(images.length > 0);
});

t.test('finetune --method bptt: the weights and metrics of the library', async (t) => {
  const model = best('mt');
  stage('finetune', `--method bptt --surrogate atan --model ${model} --out ${at('further')}`);
  const derivative = { surrogate: findSurrogate('atan'), reset: 'detached' } as const;
  const options = { ...learning, method: 'bptt', derivative };
  requireSame(t, (await finetune(read(model), samples, options)).model, read(best('further')));
});

t.test('an option of another method is refused, by its name', async (t) => {
  const train = ['train', ...data, ...tiny, ...fresh.split(' '), '--out', at('none')];
  const tune = ['finetune', ...data, '--model', best('mt'), '--out', at('none')];
  for (const [args, message] of [
    [[...train, '--steps', '2'], /--steps: a U-Net has none: leave it out, or add --direct/],
    [[...train, '--leak', '0.5'], /--leak: a U-Net has none/],
    [[...train, '--direct', '--neuron', 'signed'], /neuron signed has no derivative/],
    [[...train, '--direct', '--neuron', 'if', '--leak', '0.5'], /--leak 0.5: neuron if has 1 only/],
    [[...train, '--direct', '--thresholds', 'auto'], /--thresholds: with --direct all layers share/],
    [[...tune, '--surrogate', 'atan'], /--surrogate: belongs to --method bptt/],
    [[...tune, '--method', 'bptt', '--logits', 'sum'], /--logits: belongs to --method asf/],
    [[...tune, '--method', 'hebb'], /--method/],
  ] as const) {
    const { status, stderr } = spikingUnet(...args);
    t.equal(status, 2, stderr);
    t.match(stderr, message);
  }
  await t.rejects(finetune(read(best('mt')), samples, { method: 'bptt', pieces: {} }), /pieces: method bptt/);
});
