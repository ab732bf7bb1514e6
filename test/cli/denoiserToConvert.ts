/** A denoiser with drawn weights and five textures, and its conversion on the command line. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawTexture } from '../../lib/data/twin/textures.js';
import { encodeModel } from '../../lib/model/model.js';
import { encodePng } from '../../lib/picture/encode.js';
import { randomModel } from '../support/networks.js';
import { spikingUnetJson } from './command.js';

/** Writes them below `root`; `convert` writes the spiking network of a U-Net to `snn`. */
export function denoiserToConvert(root: string) {
  const at = (...parts: string[]) => join(root, ...parts);
  const denoiser = randomModel({ task: 'denoise', width: 1, channels: 1, classes: 1 }, 3);
  const [denoise, pictures, snn] = [at('denoise.safetensors'), at('pictures'), at('snn.safetensors')];
  writeFileSync(denoise, encodeModel(denoiser));
  mkdirSync(pictures);
  for (let i = 0; i < 5; i++) writeFileSync(join(pictures, `${i}.png`), encodePng(drawTexture(9, i, 32, 48)));
  const convert = (model: string, ...more: string[]) =>
    spikingUnetJson('convert', '--model', model, '--out', snn, ...more);
  return { at, denoiser, denoise, pictures, snn, convert };
}
