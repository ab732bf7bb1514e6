/** The files of the site by their addresses, and where each lies in the package. */

import { readdirSync } from 'node:fs';
import { extname } from 'node:path';
import { bundledFile, bundledNames } from '../../lib/node/bundled.js';
import { packageFile } from '../../lib/node/package.js';

/** Paths of files by their addresses below the site's: `index.html`, `models/drive.safetensors`. */
export function siteFiles(): ReadonlyMap<string, string> {
  const built = (room: string, names: readonly string[]) =>
    names.map((name) => [name, packageFile('dist', 'bin', room, 'browser', name)] as const);
  const samples = readdirSync(packageFile('fixtures', 'samples')).filter((name) => extname(name) === '.png');
  return new Map([
    ...built('page', ['index.html', 'site.js', 'worker.js', 'site.css', 'licences.txt']),
    ...built('html', ['charts.js', 'page.css']),
    ['verify.json', packageFile('fixtures', 'verify.json')],
    ...samples.map((name) => [`samples/${name}`, packageFile('fixtures', 'samples', name)] as const),
    ...bundledNames().map((name) => [`models/${name}.safetensors`, bundledFile(name)] as const),
  ]);
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
};

/** The media type of an address. */
export const typeOf = (address: string) => TYPES[extname(address)] ?? 'application/octet-stream';
