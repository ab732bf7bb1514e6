/**
 * Refuses a test run that covers less of lib/ than these limits (percent), by the summary that tap writes
 * when it ends; `npx tap report text` then shows the lines. coverageMap.mjs says which files count. bin/ is
 * left out: it is tested as processes, which tap does not see.
 */

import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';

const LIMITS = { lines: 95, branches: 90, functions: 95 };
/** Sources only: what is compiled from them in dist/ has no maps, and is run by stages. */
const SOURCES = resolve('lib') + sep;

const summary = JSON.parse(readFileSync('.tap/report/coverage-summary.json', 'utf8'));
const library = Object.entries(summary).filter(([file]) => file.startsWith(SOURCES));
for (const [kind, limit] of Object.entries(LIMITS)) {
  const sum = (key) => library.reduce((total, [, file]) => total + file[kind][key], 0);
  const percent = (100 * sum('covered')) / sum('total');
  console.log(`coverage of lib: ${percent.toFixed(1)} % of ${kind}, at least ${limit} % expected`);
  if (!(percent >= limit)) process.exitCode = 1;
}
