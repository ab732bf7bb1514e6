/** The bundled models: names, cards, what a name means to each stage, and the message for an unknown name. */

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { modelPath } from '../../lib/node/bundled.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const USAGE = 2;
const DATA = 3;

const FOLDER = join('fixtures', 'models');
const names = ['bsd-color', 'bsd-grey', 'camseq01', 'drive', 'em'];
const root = t.testdir();
const at = (file: string) => join(root, file);
const image = at('eye.png');
writePng(image, drawSample(1, 1, 'eye', 1, 32).picture);
const run = (...args: string[]) => spikingUnetJson('run', '--image', image, '--out', at('out'), ...args);

for (const name of names) {
  t.test(`${name} has a card that is about its file`, async (t) => {
    const bytes = readFileSync(join(FOLDER, `${name}.safetensors`));
    const card = readFileSync(join(FOLDER, `${name}.md`), 'utf8');
    t.match(card, createHash('sha256').update(bytes).digest('hex'));
    for (const part of ['train', `evaluate --model ${name} `, 'convert', 'must not be used for', 'Licence'])
      t.match(card, part);
    t.notMatch(card, /undefined|NaN/);
    for (const line of card.split('\n')) t.ok(line.length <= 110 || line.startsWith('|'), line);
    const { model } = decodeModel(bytes, name);
    t.equal(model.stage, 'both');
    t.match(model.notes, {
      intendedSteps: '1',
      normalisation: 'channel',
      seed: '1',
      parent: /^[0-9a-f]{64}$/,
    });
  });
}

t.test('nothing else lies beside them', async (t) => {
  const files = names.flatMap((name) => [`${name}.md`, `${name}.safetensors`]);
  t.strictSame(readdirSync(FOLDER).sort(), files.sort());
});

t.test('models list and show', async (t) => {
  const { models } = spikingUnetJson('models', 'list');
  t.strictSame(
    models.map((model: { name: string }) => model.name),
    names,
  );
  t.match(models[3], {
    task: 'segment',
    width: 8,
    channels: 1,
    classes: 2,
    purpose: /vessels/,
    bytes: Number,
  });
  const text = spikingUnet('models', 'list').stdout;
  t.match(text, /^drive +segment +8 +1 -> 2 +[\d.]+ MB {2}finds blood vessels/m);
  const { card, sha256 } = spikingUnetJson('models', 'show', 'em');
  t.match(card, sha256);
  t.equal(spikingUnet('models', 'show', 'em').stdout, card);
  for (const [args, message] of [
    [
      ['show', 'eem'],
      /no bundled model is named "eem", expected one of bsd-color, bsd-grey, camseq01, drive/,
    ],
    [['show'], /models show: expected one of bsd-color/],
    [['lists'], /models lists: expected "list" or "show NAME"/],
    [['list', 'drive'], /models list drive: expected "list" or "show NAME"/],
  ] as const) {
    const { status, stderr } = spikingUnet('models', ...args);
    t.equal(status, USAGE);
    t.match(stderr, message);
  }
});

t.test('a name is the spiking network for one step, with --unet the U-Net', async (t) => {
  const spiking = run('--model', 'drive');
  t.equal(spiking.steps, 1);
  t.ok(spiking.images[0].spikes > 0);
  const unet = run('--model', 'drive', '--unet');
  t.match(unet, { steps: 0, images: [{ spikes: 0 }] });
  t.equal(run('--model', 'drive', '--steps', '3').steps, 3);
  const byFile = run('--model', join(FOLDER, 'drive.safetensors'));
  t.equal(byFile.images[0].spikes, spiking.images[0].spikes);
  t.match(spikingUnetJson('inspect', '--model', 'drive'), {
    stage: 'both',
    layers: [{ activation: 'relu / mt' }],
  });
});

t.test('energy, evaluate, bench, compare, convert and finetune take a name', async (t) => {
  const energy = (...more: string[]) =>
    spikingUnetJson('energy', '--model', 'drive', '--image', image, ...more);
  const [spiking, unet] = [energy(), energy('--unet')];
  t.ok(spiking.synops.synops > 0);
  t.notOk('synops' in unet);
  t.strictSame(unet.unet, spiking.unet);
  const bench = [
    'bench',
    '--repeats',
    '1',
    '--only',
    'network',
    '--widths',
    '8',
    '--size',
    '32',
    '--threads',
    '1',
  ];
  const titles = spikingUnetJson(...bench, '--model', 'drive').rows.map((row: { name: string }) => row.name);
  t.ok(titles.includes('one simulated step of T=1, width 8, 32x32'), titles.join('\n'));
  t.equal(spikingUnet('compare', 'drive', join(FOLDER, 'drive.safetensors')).status, 0);
  mkdirSync(at('pictures'));
  writePng(join(at('pictures'), 'eye.png'), drawSample(1, 2, 'eye', 1, 32).picture);
  const converted = at('snn.safetensors');
  spikingUnetJson('convert', '--model', 'drive', '--calibration', at('pictures'), '--out', converted);
  t.equal(run('--model', converted).steps, 10);
  const outcome = spikingUnet('run', '--model', converted, '--unet', '--image', image, '--out', at('out'));
  t.equal(outcome.status, DATA);
  t.match(outcome.stderr, /snn\.safetensors: is a spiking network, expected a U-Net/);
  writePng(at('label.png'), { height: 32, width: 32, channels: 1, data: new Uint8Array(32 * 32) });
  const sample = ['--image', image, '--label', at('label.png'), '--gradients', at('gradients.safetensors')];
  t.ok(spikingUnetJson('finetune', '--model', 'drive', ...sample).loss > 0);
});

t.test('--unet has no steps', async (t) => {
  const { status, stderr } = spikingUnet(
    'run',
    '--model',
    'drive',
    '--unet',
    '--steps',
    '3',
    '--image',
    image,
  );
  t.equal(status, USAGE);
  t.match(stderr, /'--unet' cannot be used with option '--steps <T>'/);
});

t.test('--unet is accepted where there is only a U-Net', async (t) => {
  writeFileSync(
    at('ann.safetensors'),
    encodeModel(randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 })),
  );
  t.equal(run('--model', at('ann.safetensors'), '--unet').steps, 0);
});

t.test('a word that is neither file nor name lists the names', async (t) => {
  const { status, stderr } = spikingUnet('run', '--model', 'drvie', '--image', image);
  t.equal(status, DATA);
  t.match(
    stderr,
    /drvie: no such file, and no bundled model: those are bsd-color, bsd-grey, camseq01, drive, em\n/,
  );
});

t.test('a file of that name comes first, a folder does not unless a run is in it', async (t) => {
  const here = process.cwd();
  mkdirSync(at('em'));
  mkdirSync(at(join('camseq01', 'checkpoints')), { recursive: true });
  const best = join('camseq01', 'checkpoints', 'best.safetensors');
  for (const file of ['drive', best]) writeFileSync(at(file), '');
  process.chdir(root);
  const paths = ['drive', 'em', 'camseq01', './none'].map(modelPath);
  t.throws(
    () => modelPath('pictures'),
    /pictures: is a folder without .*best\.safetensors, expected a model file/,
  );
  process.chdir(here);
  t.strictSame(paths, ['drive', resolve(FOLDER, 'em.safetensors'), best, './none']);
});
