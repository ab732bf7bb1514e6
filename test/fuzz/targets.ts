/** Everything that is fuzzed: a line a target. */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { decodeRasters } from '../../lib/picture/decode.js';
import { type Raster, toImage } from '../../lib/picture/raster.js';
import { modelFiles } from './modelFiles.js';
import { type Mutator, mutator, type Parts } from './mutate.js';
import { gifBlocks, jpegSegments, pngChunks, tiffEntries } from './parts.js';
import type { Target } from './target.js';
import { torchFiles } from './torchFiles.js';

export type { Mutator };

export const targets: readonly Target[] = [
  picture('png', pngChunks),
  picture('tif', tiffEntries),
  picture('gif', gifBlocks),
  picture('jpg', jpegSegments),
  torchFiles,
  modelFiles,
];

/** Pictures of a kind: those of the fixtures that are not refused. */
function picture(ending: string, parts: Parts): Target {
  return {
    name: ending,
    seeds: ['formats', 'rasters'].flatMap((folder) =>
      filesIn(`../../fixtures/image/${folder}/`, `.${ending}`),
    ),
    mutate: mutator(parts),
    run: (input) => decodeRasters(input, 'x').map(describe).join('\n'),
  };
}

function filesIn(folder: string, ending: string): Uint8Array[] {
  const url = new URL(folder, import.meta.url);
  const files = readdirSync(url).filter((file) => file.endsWith(ending) && !file.startsWith('bad-'));
  return files.map((file) => readFileSync(new URL(file, url)));
}

function describe(raster: Raster): string {
  const { data, palette, paletteAlpha, ...rest } = raster;
  const hash = createHash('sha256').update(data);
  for (const part of [palette, paletteAlpha, toImage(raster).data]) if (part) hash.update(part);
  return `${JSON.stringify(rest)} ${hash.digest('hex')}`;
}
