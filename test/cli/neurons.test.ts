/**
 * Every neuron on the command line: converted, run, fine-tuned and counted; and settings that it does not
 * have.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { decodeSafetensors } from '../../lib/format/safetensors.js';
import { encodeModel } from '../../lib/model/model.js';
import { encodePng } from '../../lib/picture/encode.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const SIDE = 32;
for (const folder of ['images', 'labels']) mkdirSync(at('data', folder), { recursive: true });
for (const name of ['a', 'b', 'c']) {
  writeFileSync(at('data', 'images', `${name}.png`), encodePng(drawSample(1, 1, name, 1, SIDE).picture));
  const ids = Uint8Array.from({ length: SIDE * SIDE }, (_, p) => p % 2);
  writeFileSync(
    at('data', 'labels', `${name}.png`),
    encodePng({ height: SIDE, width: SIDE, channels: 1, data: ids }),
  );
}
const [image, label] = [at('data', 'images', 'a.png'), at('data', 'labels', 'a.png')];
const data = ['--dataset', 'folder', '--data', at('data')];
const ann = at('ann.safetensors');
writeFileSync(ann, encodeModel(randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }, 3)));
const tensorsOf = (path: string) => decodeSafetensors(readFileSync(path), path);

const convert = (out: string, neuron: string, ...more: string[]) => {
  const where = ['--calibration', at('data', 'images'), '--out', at(out)];
  return ['convert', '--model', ann, ...where, '--neuron', neuron, '--v-init', 'half', ...more];
};

const cases = [
  { neuron: 'lif', options: [], settings: { leak: 0.99, reset: 'soft', spikeValues: [1] } },
  {
    neuron: 'ml',
    options: ['--thresholds', '1,0.5', '--leak', '0.75', '--reset', 'hard'],
    settings: { leak: 0.75, reset: 'hard', thresholds: [1, 0.5], spikeValues: [0.5, 0.25] },
  },
  { neuron: 'rs', options: ['--thresholds', '0.5'], settings: { leak: 1, spikeValues: [0.5] } },
  { neuron: 'signed', options: [], settings: { leak: 1, thresholds: [0.5, 0.25, 0.125, 0.0625] } },
] as const;

for (const { neuron, options, settings } of cases) {
  const snn = at(`${neuron}.safetensors`);
  t.test(`${neuron}: convert notes its settings, run dumps its steps, finetune trains it`, async (t) => {
    t.match(spikingUnetJson(...convert(`${neuron}.safetensors`, neuron, ...options)), {
      neuron,
      ...settings,
    });
    const how = ['--steps', '4', '--out', at('out'), '--dump', at(`${neuron}-dump.safetensors`), '--trace'];
    const { images } = spikingUnetJson('run', '--model', snn, '--image', image, ...how);
    const { tensors, metadata } = tensorsOf(at(`${neuron}-dump.safetensors`));
    const levels = neuron === 'ml' || neuron === 'signed' ? [2] : [];
    t.strictSame(tensors.get('membrane.relu3')!.shape, [4, ...levels, 2, 16, 16]);
    t.strictSame(tensors.get('spike.relu3')!.shape, [4, 2, 16, 16]);
    t.match(metadata, { neuron, leak: JSON.stringify(settings.leak), reset: /soft|hard/ });
    t.ok(images[0].spikes > 0);

    const short = '--steps 4 --epochs 1 --patches 2 --batch 2 --patch 16 --lr 0.01'.split(' ');
    spikingUnetJson('finetune', '--model', snn, ...data, ...short, '--out', at(neuron));
    // The best model may be the start.
    const tuned = tensorsOf(at(neuron, 'checkpoints', 'last.safetensors')).tensors;
    t.notSame(tuned.get('conv2.weight'), tensorsOf(snn).tensors.get('conv2.weight'));
    const learned = tuned.get('conv18.amplitude')?.data.some((value) => value !== 1) ?? false;
    t.equal(learned, neuron === 'rs', 'amplitudes');
  });
}

t.test('gradients by amplitudes are written, and a tuned model with amplitudes is evaluated', async (t) => {
  const tuned = at('rs', 'checkpoints', 'best.safetensors');
  const files = ['--image', image, '--label', label, '--gradients', at('gradients.safetensors')];
  spikingUnetJson('finetune', '--model', tuned, ...files);
  const names = [...tensorsOf(at('gradients.safetensors')).tensors.keys()];
  t.strictSame(
    names,
    [...tensorsOf(tuned).tensors.keys()].map((name) => `grad.${name}`),
  );
  t.ok(names.includes('grad.convtranspose1.amplitude'));
  t.ok(spikingUnetJson('evaluate', '--model', tuned, ...data, '--split', 'all').spikes > 0);
});

t.test('energy counts the spikes of levels; compare names the level of a membrane', async (t) => {
  const model = ['--model', at('ml.safetensors'), '--image', image, '--steps', '4'];
  const energy = spikingUnetJson('energy', ...model);
  t.ok(energy.synops.synops > energy.paper.spikes);
  const [a, b] = ['ml-dump.safetensors', 'ml-other.safetensors'].map((name) => at(name));
  spikingUnetJson('run', ...model, '--v-init', '0', '--out', at('out'), '--dump', b, '--trace');
  const { status, stdout } = spikingUnet('compare', a, b, '--only', 'membrane.');
  t.equal(status, 1);
  t.match(stdout, /step 0, level 0, channel 0, row 0, column 0/);
});

t.test(
  '--timing delayed: latency is said, dumps say their timing, neurons that forget are refused',
  async (t) => {
    const delayed = ['--model', at('signed.safetensors'), '--steps', '3', '--timing', 'delayed'];
    const dump = ['--out', at('out'), '--dump', at('delayed.safetensors'), '--trace'];
    t.match(spikingUnetJson('run', ...delayed, '--image', image, ...dump), { steps: 3, latency: 78 });
    const { tensors, metadata } = tensorsOf(at('delayed.safetensors'));
    t.match(metadata, { timing: 'delayed', steps: '3' });
    t.strictSame(tensors.get('spike.relu3')!.shape, [3, 2, 16, 16]);
    const said = spikingUnet('evaluate', ...delayed, ...data, '--split', 'all');
    t.match(said.stdout, /spikes in 3 steps \(latency 78 steps\)/);
    t.ok(spikingUnetJson('energy', ...delayed, '--image', image).synops.synops > 0);
    const same = spikingUnetJson('evaluate', ...delayed, '--timing', 'same', ...data, '--split', 'all');
    t.match(same, { steps: 3, latency: 3 });
    const lif = [
      '--model',
      at('lif.safetensors'),
      '--image',
      image,
      '--timing',
      'delayed',
      '--out',
      at('out'),
    ];
    const { status, stderr } = spikingUnet('run', ...lif);
    t.equal(status, 2);
    t.match(stderr, /--timing delayed: neuron lif forgets by its leak of 0.99/);
  },
);

t.test('settings that a neuron does not have are refused', async (t) => {
  for (const [neuron, option, value, message] of [
    ['if', '--leak', '0.5', /--leak 0.5: neuron if has 1 only/],
    ['lif', '--reset', 'slow', /--reset slow: neuron lif has soft or hard only/],
    ['signed', '--thresholds', '1,0.75', /--thresholds 1,0.75: neuron signed needs each to be half/],
    ['ml', '--spike-values', '1', /--spike-values 1: got 1 values for 3 thresholds/],
  ] as const) {
    const { status, stderr } = spikingUnet(...convert('none.safetensors', neuron, option, value));
    t.equal(status, 2, `${option} ${value}`);
    t.match(stderr, message);
  }
});
