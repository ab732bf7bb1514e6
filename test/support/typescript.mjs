/**
 * How a test process reads TypeScript: each file is translated once for all of them and kept in .tap/compiled
 * for as long as it does not change. esbuild does it, because it starts in milliseconds: if nothing is kept
 * yet, each test file is translated by its own process, and TypeScript takes 1 s of CPU to load. Types are
 * checked by `npm run check`, not here. `node --import ./test/support/typescript.mjs FILE.ts` runs any file.
 */

import { register } from 'node:module';

register('./typescriptHooks.mjs', import.meta.url);
