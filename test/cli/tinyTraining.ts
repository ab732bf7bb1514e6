/**
 * Trainings that take a second, on photographs of 32x32
 * pixels: denoising, which no other test trains on files.
 */

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { writePng } from '../../lib/node/pictureFiles.js';

/** Makes a data set in a folder of its own below `root`. */
export function writePhotos(root: string): string {
  const photos = join(root, 'photos');
  mkdirSync(photos);
  for (let number = 1; number <= 6; number++) {
    writePng(join(photos, `${number}.png`), drawSample(1, number, '', 1, 32).picture);
  }
  return photos;
}

/** Arguments of a training on those photographs that saves after each of its four updates an epoch. */
export function tinyTraining(photos: string, out: string, epochs: number): string[] {
  return [
    ...['train', '--task', 'denoise', '--dataset', 'folder', '--data', photos, '--out', out],
    ...'--channels 3 --width 1 --patch 16x32 --patches 8 --batch 2 --save-every 1 --threads 1'.split(' '),
    ...['--epochs', String(epochs)],
  ];
}
