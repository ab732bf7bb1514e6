/** Every relative link of the documentation leads to a file that exists. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import t from 'tap';

const pages = [
  'README.md',
  'CHANGELOG.md',
  'fixtures/README.md',
  ...readdirSync('docs').map((file) => join('docs', file)),
];

for (const page of pages.filter((file) => file.endsWith('.md'))) {
  t.test(page, async (t) => {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)/g)) {
      if (!/^[a-z]+:/.test(target)) t.ok(existsSync(join(dirname(page), target)), target);
    }
  });
}
