/**
 * How a test process reads TypeScript: each file is translated once for all of them and kept in .tap/compiled
 * for as long as it does not change; else every process would load the compiler (2 s of CPU each). Types are
 * checked by `npm run check`, not here. `node --import ./test/support/typescript.mjs FILE.ts` runs any file.
 */

import { register } from 'node:module';

register('./typescriptHooks.mjs', import.meta.url);
