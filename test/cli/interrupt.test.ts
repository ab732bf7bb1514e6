/**
 * Ctrl-C saves; --resume continues and ends with the same bytes. The task is denoising, so that it runs on
 * the command line once.
 */

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { environment, spikingUnetJson } from './command.js';
import { tinyTraining, writePhotos } from './tinyTraining.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const photos = writePhotos(root);
const train = (folder: string) => [...tinyTraining(photos, folder, 30), '--json', '--quiet'];

t.test('Ctrl-C saves, and the resumed run ends with the bytes of an uninterrupted one', async (t) => {
  const stopped = at('stopped');
  const child = spawn(process.execPath, ['dist/bin/spiking-unet.js', ...train(stopped)], {
    stdio: 'ignore',
    env: environment,
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(join(stopped, 'checkpoints', 'last.safetensors'))) await sleep(20);
  child.kill('SIGINT');
  t.equal(await exit, 130);
  t.notOk(readRecords(stopped).length === 30, 'it did stop');
  spikingUnetJson(...train(stopped), '--resume');
  spikingUnetJson(...train(at('whole')));
  for (const file of ['checkpoints/last.safetensors', 'checkpoints/best.safetensors', 'metrics.jsonl']) {
    t.ok(readFileSync(join(stopped, file)).equals(readFileSync(at('whole', file))), file);
  }
});

function readRecords(folder: string): string[] {
  const path = join(folder, 'metrics.jsonl');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
}

t.test('a denoiser is converted, fine-tuned, evaluated and run like a segmenter', async (t) => {
  const ann = at('whole', 'checkpoints', 'best.safetensors');
  const snn = at('snn.safetensors');
  spikingUnetJson('convert', '--model', ann, '--calibration', photos, '--v-init', 'half', '--out', snn);
  const data = ['--dataset', 'folder', '--data', photos];
  const options = '--steps 2 --patch 16 --patches 2 --batch 2'.split(' ');
  const { model } = spikingUnetJson('finetune', '--model', snn, ...data, ...options, '--out', at('fine'));
  const { metrics, steps } = spikingUnetJson(
    'evaluate',
    '--model',
    model,
    ...data,
    '--split',
    'all',
    '--sigma',
    '15',
  );
  t.match(metrics, { psnr: Number, ssim: Number, sigma: 15 });
  t.equal(steps, 2, 'the T it was fine-tuned for');
  const { images } = spikingUnetJson(
    'run',
    '--model',
    model,
    '--image',
    join(photos, '1.png'),
    '--out',
    at('out'),
  );
  t.match(images[0].outputs[0], /1\.clean\.png$/);
  t.ok(existsSync(images[0].outputs[0]));
});
