/**
 * How a test process reads TypeScript: each file is translated once for all of them and kept in .tap/compiled
 * for as long as it does not change.
 * Without it every process would load the compiler (2 s of CPU each). Types are
 * checked by `npm run check`, not here.
 * `node --import ./test/support/typescript.mjs FILE.ts` runs any file.
 */

import { register } from 'node:module';

// tap's own plugin for TypeScript, which is loaded after this, stands back where it is told that nothing needs translation
process.env.TAP_TYPE_STRIP_ONLY = '1';
register('./typescriptHooks.mjs', import.meta.url);
