/**
 * A model reads pictures as it was trained, whatever data set they are in: those of `folder` are prepared for
 * `drive` as DRIVE is, and not taken as grey levels.
 */

import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { decodeModel } from '../../lib/model/model.js';
import { load } from '../../lib/node/load.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir({ images: {}, labels: {} });
const at = (...path: string[]) => join(root, ...path);
mkdirSync(at('all'));
mkdirSync(at('all', 'train'));
for (const folder of ['images', 'all/train'])
  copyFileSync('fixtures/samples/fundus.png', at(folder, 'eye.png'));
copyFileSync('fixtures/samples/fundus-label.png', at('labels', 'eye.png'));

t.test('evaluate, energy and run count the same spikes', async (t) => {
  const { classes, spikes } = load('drive').segment(readImage(at('images', 'eye.png')), { steps: 1 });
  const label = readImage(at('labels', 'eye.png')).data;
  const hits = classes.filter((id, p) => id === 1 && label[p] > 0).length;
  const named = classes.filter((id) => id === 1).length;
  const there = label.filter((level) => level > 0).length;
  const data = ['--model', 'drive', '--dataset', 'folder', '--data', root];
  const evaluated = spikingUnetJson('evaluate', ...data, '--split', 'all');
  t.equal(evaluated.spikes, spikes);
  t.equal(evaluated.metrics.f1, (2 * hits) / (named + there));
  const { layers } = spikingUnetJson('energy', ...data);
  t.equal(
    layers.reduce((sum: number, layer: { spikes: number }) => sum + layer.spikes, 0),
    spikes,
  );
});

t.test('convert measures the same lambdas on a data set and on a folder of pictures', async (t) => {
  const [ours, theirs] = [
    ['--dataset', 'folder', '--data', at('all')],
    ['--calibration', at('all', 'train')],
  ].map((source, k) => {
    const out = at(`${k}.safetensors`);
    const { status, stderr } = spikingUnet('convert', '--model', 'drive', ...source, '--out', out);
    t.equal(status, 0, stderr);
    return decodeModel(readFileSync(out), out).model.notes.lambdas;
  });
  t.equal(ours, theirs);
});
