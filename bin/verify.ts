#!/usr/bin/env node
/** `spiking-unet verify`: checks that this machine computes the expected bits on every engine. */

import { UsageError } from '../lib/core/error.js';
import { chooseEngine, engines } from '../lib/engine/choose.js';
import type { Engine } from '../lib/engine/door.js';
import { writeFileAtomic } from '../lib/node/files.js';
import { type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table } from './cli/table.js';
import { HASHES_FILE, readHashes } from './verify/expected.js';
import { countRows, type Hashes, type Mismatch, type Verification, verify } from './verify/verification.js';

interface Options extends SharedOptions {
  readonly hashes: string;
  readonly only: string;
  readonly update?: boolean;
}

const stage: Stage<Options> = {
  name: 'verify',
  summary:
    'Check that this machine computes the expected bits on every engine that runs here (whatever --engine says), ' +
    'on 1, 2, 3 and --threads threads. Exit code 1 if one does not.',
  examples: [
    ['verify', 'some seconds; names each result that is wrong'],
    ['verify --only ASF-BP', 'a part of it'],
    ['verify --json > here.json', 'with all hashes, to keep or to send'],
  ],
  configure(command) {
    command
      .option('--hashes <file>', 'the expected hashes', HASHES_FILE)
      .option('--only <text>', 'only results with this text in their name', '')
      .option('--update', 'for maintainers: write the hashes of this machine, if its engines agree', false);
  },
  run(options, { progress }) {
    if (options.update && options.only !== '')
      throw new UsageError('--update writes all hashes: leave out --only');
    const expected = options.update ? undefined : readHashes(options.hashes, options.only);
    const running = enginesHere(options.threads);
    const bar = progress('verifying', countRows(running));
    const verification = verify(running, expected, {
      wanted: (item) => item.includes(options.only),
      onRow: bar.update,
    });
    if (Object.keys(verification.hashes).length === 0)
      throw new UsageError(`--only ${options.only}: no result has this in its name`);
    if (options.update && verification.mismatches.length === 0) {
      writeFileAtomic(options.hashes, `${JSON.stringify(verification.hashes, null, 2)}\n`);
    }
    return report(verification, expected);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The engines of this machine; the reference is first, since the others are compared with it. */
function enginesHere(threads: number): Engine[] {
  const counts = [...new Set([1, 2, 3, threads])].sort((a, b) => a - b);
  const here = Object.keys(engines).filter((name) => engines[name].missing() === undefined);
  return here
    .sort((a, b) => Number(b === 'reference') - Number(a === 'reference'))
    .flatMap((name) => {
      const usable = name === 'reference' || engines[name].threadsMissing() ? [1] : counts;
      return usable.map((count) => chooseEngine(name, count));
    });
}

function report({ rows, mismatches, hashes }: Verification, expected: Hashes | undefined): Result {
  const missing = Object.entries(engines).flatMap(([engine, { missing }]) => {
    const reason = missing();
    return reason === undefined ? [] : [{ engine, reason }];
  });
  const unknown = Object.keys(expected ?? {}).filter((item) => !Object.hasOwn(hashes, item));
  const passed = mismatches.length + unknown.length === 0;
  const { version: node, platform, arch } = process;
  const lines = [
    table(
      ['engine', 'threads', 'mode', 'results', 'wrong', 'ms'],
      rows.map((row) => [
        row.engine,
        String(row.threads),
        row.mode ?? '-',
        String(row.items),
        String(row.mismatches),
        row.ms.toFixed(0),
      ]),
    ),
    ...missing.map(({ engine, reason }) => `engine ${engine} does not run here: ${reason}`),
    ...mismatches.map(describe),
    ...unknown.map((item) => `${item}: a hash is expected, but nothing computes it`),
    `Node ${node}, ${platform} ${arch}: ${verdict(passed, expected)}`,
  ];
  const json = { passed, node, platform, arch, rows, missing, mismatches, unknown, hashes };
  return { json, text: lines.join('\n'), failed: !passed };
}

function describe({ engine, threads, mode, item, expected, got, where }: Mismatch): string {
  const who = `engine ${engine}, threads ${threads}${mode ? `, mode ${mode}` : ''}`;
  return `WRONG ${item} (${who}): ${where}; hash ${got.slice(0, 12)}, expected ${expected.slice(0, 12)}`;
}

function verdict(passed: boolean, expected: Hashes | undefined): string {
  if (!expected) return passed ? 'engines agree, hashes written' : 'engines disagree, no hashes written';
  return passed ? 'all results have the expected bits' : 'NOT all results have the expected bits';
}
