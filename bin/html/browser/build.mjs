/**
 * Bundles the script of pages, with Observable Plot in it, and their style into dist, from where stages put
 * them into every page. The licences of what is bundled stand at the head of the script, as they ask.
 * `npm run build` calls this after the TypeScript compiler.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bundle, root } from './bundle.mjs';

const { outputFiles, licences } = await bundle({
  entryPoints: ['charts.ts', 'page.css'].map((name) => join(root, 'bin', 'html', 'browser', name)),
  outdir: join(root, 'dist', 'bin', 'html', 'browser'),
  format: 'iife',
});
const head = licences.map((text) => `/* ${text.replaceAll('*/', '* /').trim()} */\n`).join('');
for (const { path, text } of outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, path.endsWith('.js') ? head + text : text);
}
