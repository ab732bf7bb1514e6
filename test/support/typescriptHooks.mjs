/**
 * The module hooks of typescript.mjs: `./x.js` is x.ts
 * where that is a source, and x.ts is loaded as JavaScript.
 */

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const cache = join(root, '.tap', 'compiled');
const settings = readFileSync(join(root, 'tsconfig.json'), 'utf8');
const { version } = JSON.parse(readFileSync(join(root, 'node_modules/esbuild/package.json'), 'utf8'));

export function resolve(specifier, context, next) {
  if (/^\.\.?\/.*\.js$/.test(specifier) && context.parentURL?.includes('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return next(source.href, context);
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  const { protocol, pathname } = new URL(url);
  if (protocol !== 'file:' || !pathname.endsWith('.ts') || pathname.includes('/node_modules/'))
    return next(url, context);
  return {
    format: 'module',
    source: await translated(fileURLToPath(`file://${pathname}`)),
    shortCircuit: true,
  };
}

/** The JavaScript of a file with a map to its lines; its last line says what it was made of. */
async function translated(file) {
  const text = readFileSync(file, 'utf8');
  const mark = `\n// ${createHash('sha256').update(`${version}\n${settings}\n${text}`).digest('hex')}\n`;
  const kept = join(cache, `${relative(root, file)}.js`);
  const before = existsSync(kept) ? readFileSync(kept, 'utf8') : '';
  if (before.endsWith(mark)) return before;
  const { transform } = await import('esbuild');
  const { code } = await transform(text, {
    ...{ loader: 'ts', format: 'esm', target: 'es2022', tsconfigRaw: settings },
    ...{ sourcemap: 'inline', sourcesContent: false, sourcefile: basename(file) },
  });
  mkdirSync(dirname(kept), { recursive: true });
  const unfinished = `${kept}.${process.pid}`; // another process may write the same
  writeFileSync(unfinished, code + mark);
  renameSync(unfinished, kept);
  return code + mark;
}
