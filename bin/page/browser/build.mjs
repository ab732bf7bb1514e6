/**
 * Bundles the scripts of the site: that of the page, and that of its worker, in which everything is computed.
 * What only Node has is replaced: zlib by fflate, Buffer by the package `buffer`, pngjs by its own build for
 * browsers. `npm run build` calls this after the TypeScript compiler.
 */

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, root } from '../../html/browser/bundle.mjs';

const from = (...parts) => join(root, 'bin', 'page', 'browser', ...parts);
const to = (...parts) => join(root, 'dist', 'bin', 'page', 'browser', ...parts);

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const page = await bundle({ entryPoints: [from('site.ts')], outdir: to(), format: 'esm' });
const worker = await bundle({
  entryPoints: [from('work', 'worker.ts')],
  outdir: to(),
  format: 'esm',
  alias: {
    'node:zlib': from('standIn', 'zlib.ts'),
    pngjs: join(root, 'node_modules', 'pngjs', 'browser.js'),
  },
  inject: [from('standIn', 'buffer.ts')],
  legalComments: 'external',
  define: { VERSION: JSON.stringify(version) },
});
mkdirSync(to(), { recursive: true });
const others = [];
for (const { path, text } of [...page.outputFiles, ...worker.outputFiles]) {
  if (path.endsWith('.LEGAL.txt')) others.push(text);
  else writeFileSync(path, text);
}
for (const name of ['index.html', 'site.css']) copyFileSync(from(name), to(name));
writeFileSync(to('licences.txt'), [...worker.licences, ...others].join('\n'));
