/** `reproduce --merge`: what it copies, what it leaves alone, and that different results are an error. */

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { mergeRuns } from '../../bin/reproduce/merge.js';
import { outputOf, writeDone } from '../../bin/reproduce/store.js';
import { DataError, UsageError } from '../../lib/core/error.js';
import { spikingUnet } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);

/** Writes what a finished job leaves; returns its done.json. */
function finish(runs: string, folder: string, given: { f1?: number; milliseconds?: number; model?: string }) {
  const { model, ...result } = { f1: 0.5, ...given };
  const job = { folder, command: ['convert'], needs: [], macs: 0 };
  mkdirSync(at(runs, folder), { recursive: true });
  if (model !== undefined) writeFileSync(at(runs, folder, 'snn.safetensors'), model);
  const facts = { command: 'x', version: '1', seconds: 1, threads: 1, host: `host of ${runs}` };
  writeDone(at(runs), job, { ...facts, result });
  return JSON.parse(readFileSync(at(runs, folder, 'done.json'), 'utf8'));
}

t.test('what is not here is copied, what is here stays, and both are named', async (t) => {
  finish('here', 'unet', { model: 'same', milliseconds: 1 });
  finish('there', 'unet', { model: 'same', milliseconds: 2 });
  for (const folder of ['unet/eval', 'mt/T10']) finish('there', folder, {});
  const [taken, present] = [['mt/T10', 'unet/eval'], ['unet']];
  const merge = () => mergeRuns(at('there'), at('here'));
  t.strictSame(merge(), { taken, present });
  t.equal(JSON.parse(readFileSync(at('here', 'unet', 'done.json'), 'utf8')).host, 'host of here');
  t.equal(JSON.parse(readFileSync(at('here', 'mt/T10', 'done.json'), 'utf8')).host, 'host of there');
  t.strictSame(merge(), { taken: [], present: ['mt/T10', 'unet', 'unet/eval'] });
  t.throws(() => mergeRuns(at('nowhere'), at('here')), {
    constructor: UsageError,
    message: `--merge ${at('nowhere')}: there is no such folder`,
  });
  rmSync(at('here', 'mt'), { recursive: true });
  const { stderr } = spikingUnet(
    'reproduce',
    'table4',
    '--dry-run',
    '--runs',
    at('here'),
    '--merge',
    at('there'),
  );
  for (const line of [
    /there: took over mt\/T10$/m,
    /there: unet\/eval is done here, too, and was left as it is$/m,
    /there: 1 jobs taken over, 2 were done here, too$/m,
  ]) {
    t.match(stderr, line);
  }
});

t.test('what is not done is not copied: claims, failures, trainings that run', async (t) => {
  finish('busy', 'mt', {});
  writeFileSync(at('busy', 'mt', 'claim.json.1'), '');
  for (const [folder, mark] of [
    ['T10', 'claim.json'],
    ['T20', 'failed.json'],
    ['T30', 'run.lock'],
  ]) {
    mkdirSync(at('busy', 'mt', folder));
    writeFileSync(at('busy', 'mt', folder, mark), '{}');
  }
  mkdirSync(at('busy', 'mt', 'checkpoints'));
  mergeRuns(at('busy'), at('idle'));
  t.ok(existsSync(at('idle', 'mt', 'checkpoints')));
  for (const left of ['claim.json.1', 'T10', 'T20', 'T30']) t.notOk(existsSync(at('idle', 'mt', left)), left);
});

t.test('a job that came out differently is an error with both hosts and hashes', async (t) => {
  for (const [name, ours, theirs] of [
    ['result', { f1: 0.5 }, { f1: 0.6 }],
    ['model', { model: 'ours' }, { model: 'theirs' }],
  ] as const) {
    const [first, second] = [`ours-${name}`, `theirs-${name}`];
    finish(second, 'before', {});
    const [own, other] = [finish(first, 'mt', ours), finish(second, 'mt', theirs)];
    const hash = name === 'result' ? 'output' : 'model';
    t.not(own[hash], other[hash]);
    let message = '';
    try {
      mergeRuns(at(second), at(first));
    } catch (error) {
      t.ok(error instanceof DataError);
      message = (error as Error).message;
    }
    for (const part of [
      `host of ${first} (${name} ${own[hash]})`,
      `host of ${second} (${name} ${other[hash]})`,
    ])
      t.ok(message.includes(part), `${message}: ${part}`);
    t.notOk(existsSync(at(first, 'before')), 'nothing was copied');
    t.strictSame(JSON.parse(readFileSync(at(first, 'mt', 'done.json'), 'utf8')), own);
  }
});

t.test('the hash of a result does not depend on its time', async (t) => {
  t.equal(outputOf({ result: { f1: 1, milliseconds: 3 } }), outputOf({ result: { f1: 1 } }));
  t.not(outputOf({ result: { f1: 1 } }), outputOf({ result: { f1: 2 } }));
});
