/**
 * How a test process reads TypeScript: each file is translated once for all of them and kept in .tap/compiled
 * for as long as it does not change. By esbuild, which starts in milliseconds: where nothing is kept yet every
 * test file has to be translated by its own process, and TypeScript takes 1 s of CPU to load. Types are checked
 * by `npm run check`, not here. `node --import ./test/support/typescript.mjs FILE.ts` runs any file.
 */

import { register } from 'node:module';

register('./typescriptHooks.mjs', import.meta.url);
