/**
 * A data set in the layout of DRIVE that takes milliseconds to read: drawn eyes of 64x64 pixels, four to
 * train on and two to test. For tests of stages; the whole synthetic twin takes each stage a second.
 */

import { join } from 'node:path';
import { drawFundus } from '../../lib/data/twin/fundus.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import type { Image } from '../../lib/picture/image.js';

export const SIDE = 64;
const NUMBERS = { test: [1, 2], training: [21, 22, 23, 24] };

/** Writes it into a folder, and returns that. */
export function writeTinyDrive(directory: string): string {
  for (const [folder, numbers] of Object.entries(NUMBERS)) {
    for (const number of numbers) {
      const { picture, label, fov } = drawFundus(1, number, SIDE);
      const digits = String(number).padStart(2, '0');
      const write = (part: string, file: string, image: Image) =>
        writePng(join(directory, folder, part, file), image);
      write('images', `${digits}_${folder}.png`, picture);
      write('1st_manual', `${digits}_manual1.png`, blackAndWhite(label));
      write('mask', `${digits}_${folder}_mask.png`, blackAndWhite(fov));
    }
  }
  return directory;
}

function blackAndWhite(mask: Uint8Array): Image {
  return { height: SIDE, width: SIDE, channels: 1, data: mask.map((value) => 255 * value) };
}
