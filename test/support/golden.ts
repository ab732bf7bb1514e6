/** Golden files in JSON; those in safetensors are read by test/engine/kernel/golden.ts. */

import { readFileSync } from 'node:fs';

/** The folders below fixtures/ whose files fixtures/make/all.py makes. */
export const GOLDEN_ROOMS = [
  'direct',
  'events',
  'fcn',
  'image',
  'integer',
  'kernel',
  'metric',
  'spike',
  'unet',
];

/** The cases of a golden file below fixtures/. */
export function readJsonGolden(file: string) {
  return JSON.parse(readFileSync(`fixtures/${file}`, 'utf8')).cases;
}
