/** The listings of docs/recipes.md run as they are printed, and print what stands below them. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { runListing } from '../support/listing.js';

const page = readFileSync('docs/recipes.md', 'utf8');
const recipes = [...page.matchAll(/^## (.*?)\n(.*?)(?=^## |$(?![\s\S]))/gms)];

for (const [, title, text] of recipes) {
  t.test(title, async (t) => {
    const listing = /```js\n(.*?)```\n\n```text\n(.*?)```/s.exec(text);
    t.ok(listing, 'a listing and what it prints');
    t.equal(runListing(t.testdir(), listing![1]), listing![2]);
    t.match(text, /In the project: /);
  });
}

t.equal(recipes.length, 7);
