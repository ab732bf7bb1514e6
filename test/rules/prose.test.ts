/**
 * Comments and pages can be read without scrolling sideways: no line of prose over 110 columns, tables and
 * code left out.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const LONGEST = 110;
/** What is held to it; the other rooms join when they are rewritten. */
const FOLDERS = ['format', 'picture', 'data', 'measure', 'node'].map((room) => join('lib', room));
const TESTS = ['format', 'picture', 'data', 'measure', 'fuzz', 'peers'].map((room) => join('test', room));

const files = [
  ...[...FOLDERS, ...TESTS].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  ),
  ...[
    'lib/index.ts',
    'lib/node.ts',
    'docs/recipes.md',
    'docs/results.md',
    'docs/reproduce.md',
    'CONTRIBUTING.md',
  ],
];

/** Lines of prose: in a page those outside of tables and listings, in a source its comments. */
function proseOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  if (file.endsWith('.md'))
    return text
      .replace(/^```.*?^```/gms, '')
      .split('\n')
      .filter((line) => !line.startsWith('|'));
  return text.split('\n').filter((line) => /^\s*(\/\*\*|\*|\/\/)/.test(line));
}

t.test('no line of prose is too long', async (t) => {
  const pages = files.filter((file) => /\.(ts|md)$/.test(file));
  t.ok(pages.length > 100);
  for (const file of pages) {
    const long = proseOf(file).filter((line) => line.length > LONGEST);
    t.strictSame(long, [], file);
  }
});
