/**
 * Bundles the script of pages, with Observable Plot in it, and their style into dist, from where stages put
 * them into every page. The licences of what is bundled stand at the head of the script, as they ask.
 * `npm run build` calls this after the TypeScript compiler.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..', '..');

const { outputFiles, metafile } = await build({
  entryPoints: ['charts.ts', 'page.css'].map((name) => join(folder, name)),
  outdir: join(root, 'dist', 'bin', 'html', 'browser'),
  absWorkingDir: root,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  legalComments: 'none',
  metafile: true,
  write: false,
});
/** The folders of the packages that are in the bundle. */
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
);

/** Who made a package and under which terms, as a comment. */
function licenceOf(path) {
  const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${path} has no licence`);
  const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  return `/* ${name} ${version}\n${readFileSync(join(root, path, file), 'utf8')
    .replaceAll('*/', '* /')
    .trim()} */\n`;
}

for (const { path, text } of outputFiles) {
  const head = path.endsWith('.js') ? [...packages].sort().map(licenceOf).join('') : '';
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, head + text);
}
