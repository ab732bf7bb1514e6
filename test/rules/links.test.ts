/**
 * Every relative link of the documentation leads to a file that exists; one whose text is code, such
 * as [`clahe`], to a file that declares it; one whose text is in quotes to a test of that title.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'fixtures/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' }).map((file) => join('docs', file)),
];

for (const page of pages.filter((file) => file.endsWith('.md'))) {
  t.test(page, async (t) => {
    for (const [, text, target] of linksOf(readFileSync(page, 'utf8'))) {
      if (/^[a-z]+:/.test(target)) continue;
      const file = join(dirname(page), target);
      t.ok(existsSync(file), target);
      const name = /^`(\w+)`$/.exec(text)?.[1];
      if (name && /\.tsx?$/.test(file))
        t.ok(declares(readFileSync(file, 'utf8'), name), `${name} in ${target}`);
      const title = /^"(.*)"$/.exec(text)?.[1];
      if (title) t.ok(titles(readFileSync(file, 'utf8')).has(title), `"${title}" in ${target}`);
    }
  });
}

/** The links of a page, with text and target. Texts in quotes may hold brackets. */
function linksOf(page: string) {
  return page.matchAll(/\[("[^"]*"|[^[\]]*)\]\(([^)#\s]+)/g);
}

function declares(source: string, name: string): boolean {
  return new RegExp(`\\b(function|const|class|interface|type) ${name}\\b`).test(source);
}

function titles(source: string): Set<string> {
  const calls = source.matchAll(/t\.test\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)")/g);
  return new Set([...calls].map(([, single, double]) => single ?? double));
}
