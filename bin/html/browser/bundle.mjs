/** Bundles scripts and styles for browsers, and collects the licences of the packages in them. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

/** What esbuild makes of these options: files with their texts, and the licences of all packages, as text. */
export async function bundle(options) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    write: false,
    ...options,
  });
  const packages = new Set(
    Object.keys(metafile.inputs).flatMap((file) => /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
  return { outputFiles, licences: [...packages].sort().map(licenceOf) };
}

/** Who made a package, and under which terms. */
function licenceOf(path) {
  const file = readdirSync(join(root, path)).find((name) => /^licen[cs]e/i.test(name));
  if (!file) throw new Error(`${path} has no licence`);
  const { name, version } = JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8'));
  return `${name} ${version}\n${readFileSync(join(root, path, file), 'utf8').trim()}\n`;
}
