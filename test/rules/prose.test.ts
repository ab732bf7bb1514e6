/**
 * Comments and pages can be read without scrolling sideways: no line of prose is longer than 110 columns.
 * Rows of tables, listings, code and what the build generates may be.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const LONGEST = 110;
const GENERATED = join('lib', 'engine', 'wasm', 'generated');

/** The files below a folder whose names end with one of these endings. */
function filesIn(folder: string, ...endings: string[]): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => endings.some((ending) => file.endsWith(ending)) && !file.startsWith(GENERATED));
}

const sources = ['lib', 'bin', 'test'].flatMap((folder) => filesIn(folder, '.ts', '.mjs'));
const pages = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ...['docs', 'fixtures'].flatMap((folder) => filesIn(folder, '.md')),
];

/** The lines of a source that hold a comment, alone or after code. */
function commentsOf(source: string): string[] {
  return source.split('\n').filter((line) => /^\s*(\/\*\*|\*|\/\/)|\S \/\/ /.test(line));
}

/** The lines of a page outside of tables and listings. */
function proseOf(page: string): string[] {
  return page
    .replace(/^```.*?^```/gms, '')
    .split('\n')
    .filter((line) => !line.startsWith('|'));
}

const isLong = (line: string) => line.length > LONGEST;

t.test('no comment is too wide', async (t) => {
  t.ok(sources.length > 400, `${sources.length} files`);
  for (const file of sources) t.strictSame(commentsOf(readFileSync(file, 'utf8')).filter(isLong), [], file);
});

t.test('no line of a page is too wide', async (t) => {
  t.ok(pages.length > 15, `${pages.length} pages`);
  for (const file of pages) t.strictSame(proseOf(readFileSync(file, 'utf8')).filter(isLong), [], file);
});
