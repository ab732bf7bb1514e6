/** Trust between hosts that share a --runs: who is checked, when again, and who gets no job. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { fileNameOf } from '../../bin/reproduce/fileName.js';
import { factsHere, hostFilePath } from '../../bin/reproduce/hostFile.js';
import { requireTrust } from '../../bin/reproduce/trust.js';
import { readHashes } from '../../bin/verify/expected.js';
import { checkEngine, type EngineCheck } from '../../bin/verify/oneEngine.js';
import { DataError } from '../../lib/core/error.js';
import { chooseEngine, defaultEngine } from '../../lib/engine/choose.js';
import { trustHost } from '../support/trustedHost.js';
import { spikingUnet } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const right: EngineCheck = { results: 2, digest: 'digest', wrong: [] };
const ownFile = (runs: string) => JSON.parse(readFileSync(hostFilePath(at(runs), hostname()), 'utf8'));

/** Asks for trust with results that are given; returns how often they were computed, and what was said. */
function ask(runs: string, results: EngineCheck = right, worker = true, engine = 'reference') {
  let checks = 0;
  const lines: string[] = [];
  requireTrust(
    { runs: at(runs), engine, threads: 5, jobs: 2, worker, log: (line) => lines.push(line) },
    () => {
      checks++;
      return results;
    },
  );
  return { checks, lines };
}

t.test('a host that joins others is checked once, and again when something has changed', async (t) => {
  t.equal(ask('once', right, false).checks, 0, 'alone: nothing to compare with');
  t.notOk(existsSync(at('once')));
  t.match(ask('once'), { checks: 1, lines: [/^checking once that .* computes the expected bits: .*json$/] });
  const { when, sha256, ...rest } = ownFile('once');
  t.match(when, /^\d{4}-\d\d-\d\dT.*Z$/);
  t.match(sha256, /^[0-9a-f]{64}$/);
  t.strictSame(rest, {
    ...factsHere(),
    checked: { engine: 'reference', threads: 1, mode: 'auto', results: 2 },
    ...{ digest: 'digest', right: true, wrong: [] },
  });
  t.strictSame(ask('once'), { checks: 0, lines: [] });
  for (const change of [{ version: '0' }, { node: 'v1' }, { processor: 'Z80' }]) {
    trustHost(at('once'), { ...change, checked: rest.checked });
    t.equal(ask('once').checks, 1, JSON.stringify(change));
    t.equal(ask('once').checks, 0);
  }
  t.equal(ask('once', right, true, defaultEngine().name).checks, 1, 'another engine');
  writeFileSync(hostFilePath(at('once'), hostname()), '{"right": true}');
  t.equal(ask('once').checks, 1, 'a damaged file');
  t.strictSame(ownFile('once').wrong, []);
});

t.test('wrong bits: no job, now and the next time, until the file is deleted', async (t) => {
  const wrong = { ...right, results: 9, wrong: ['a', 'b', 'c', 'd'] };
  const says = `host ${hostname()} computes wrong bits and gets no job: 4 of 9 results on engine ${defaultEngine().name}`;
  for (const results of [wrong, right])
    t.throws(() => ask('wrong', results, true, defaultEngine().name), { message: new RegExp(says) });
  try {
    ask('wrong', right, true, defaultEngine().name);
  } catch (error) {
    const { message } = error as Error;
    for (const part of ['"a", "b", "c" and 1 more', '"spiking-unet verify"', '"--engine reference"'])
      t.ok(message.includes(part), part);
    t.ok(message.includes(`delete ${hostFilePath(at('wrong'), hostname())}`));
  }
  const args = ['reproduce', 'table1', '--cells', 'drive/unet', '--runs', at('wrong')];
  const { status, stderr } = spikingUnet(
    ...args,
    '--worker',
    '--patches',
    '8',
    '--epochs',
    '1',
    '--width',
    '1',
  );
  t.equal(status, 1);
  t.match(stderr, says);
  t.notOk(existsSync(at('wrong', 'drive-synthetic-w1-s1-e1-p8')), 'no job was begun');
  t.equal(spikingUnet(...args, '--worker', '--dry-run').status, 0, 'to look is allowed');
  t.equal(ask('wrong', right).checks, 1, 'the reference may be right');
});

t.test(
  'hosts with other digests are both named; other versions and wrong hosts are not compared',
  async (t) => {
    trustHost(at('two'), { host: 'other' });
    t.equal(ask('two', right, false).checks, 1, 'with another host there, every process is checked');
    trustHost(at('two'), { host: 'other', digest: 'theirs' });
    t.throws(() => ask('two', right, false), {
      message: new RegExp(
        `hosts ${hostname()} \\(digest digest\\) and other \\(digest theirs\\) compute different bits`,
      ),
    });
    trustHost(at('two'), { host: 'other', digest: 'theirs', version: '0' });
    ask('two');
    trustHost(at('two'), { host: 'other', digest: 'theirs', right: false, wrong: ['a'] });
    t.match(ask('two').lines, [/other\.json: other computes wrong bits and gets no job$/]);
    const path = hostFilePath(at('two'), 'other');
    writeFileSync(path, readFileSync(path, 'utf8').replace('theirs', 'digest'));
    t.throws(() => ask('two'), { constructor: DataError, message: `${path}: damaged: ` });
    writeFileSync(path, 'nothing');
    t.throws(() => ask('two'), {
      constructor: DataError,
      message: `${path}: is not valid JSON: delete it, and its host will make it again`,
    });
  },
);

t.test('any name of a host is the name of a file', async (t) => {
  for (const name of ['node-1', 'a.b_c.example', 'x']) t.equal(fileNameOf(name), name);
  const odd = ['..', 'a/b', 'a_b/', 'a\\b', '', ' ', 'x'.repeat(300), 'é', 'è', 'con:', '.x', 'x.'];
  const names = odd.map(fileNameOf);
  t.equal(new Set(names).size, odd.length);
  for (const name of names) t.match(name, /^\w{0,40}-[0-9a-f]{8}$/);
  mkdirSync(at('odd'));
  trustHost(at('odd'), { host: '../../odd' });
  t.ok(existsSync(at('odd', 'hosts', `${fileNameOf('../../odd')}.json`)));
});

t.test('the check itself: all results on one engine; one that is wrong is named', async (t) => {
  const expected = readHashes();
  const [name] = Object.keys(expected).filter((item) => item.endsWith('if, T = 6: every step'));
  const engine = chooseEngine(undefined, 2);
  const { results, digest, wrong } = checkEngine(engine, { ...expected, [name]: '0', 'of nothing': '1' });
  t.equal(results, Object.keys(expected).length);
  t.strictSame(wrong, [name, 'of nothing']);
  t.match(digest, /^[0-9a-f]{64}$/);
});
