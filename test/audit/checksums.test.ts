/**
 * Every golden file is the one that fixtures/make/all.py wrote, inputs included. This test notices a value
 * that is off by less than a bound, or an input that no comparison uses.
 */

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import t from 'tap';
import { GOLDEN_ROOMS } from '../support/golden.js';

const FOLDER = 'fixtures';
const expected = new Map(
  readFileSync(join(FOLDER, 'checksums.txt'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => [line.slice(66), line.slice(0, 64)] as const),
);

const files = GOLDEN_ROOMS.flatMap((room) =>
  readdirSync(join(FOLDER, room), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(FOLDER.length + 1)
        .replaceAll(sep, '/'),
    ),
);

t.test('every file of the golden rooms has its line, and no line is left over', async (t) => {
  t.strictSame(files.sort(), [...expected.keys()].sort());
});

for (const [file, sum] of expected) {
  t.test(`fixtures/${file} is as it was made`, async (t) => {
    const bytes = readFileSync(join(FOLDER, file));
    t.equal(createHash('sha256').update(bytes).digest('hex'), sum);
  });
}
