/**
 * The tables, cell by cell, at a size that takes seconds: done once, stopped, resumed and merged.
 */

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { tables } from '../../bin/reproduce/tables/index.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { environment, spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const tiny = '--width 1 --epochs 1 --patches 8 --threads 1'.split(' ');
writeTinyDrive(at('data', 'DRIVE'));
const data = ['--data', at('data')];
const table1 = (runs: string, ...more: string[]) => [
  ...['reproduce', 'table1', '--runs', at(runs), ...tiny, ...data],
  ...more,
];
/** A U-Net, and what is converted from it. */
const SOME = 'drive/unet,drive/mt-';
/** The folder of all that is made of one U-Net. */
const FAMILY = 'drive-w1-s1-e1-p8';
/** The jobs that were done, by folder, with what they printed but for times. */
const doneIn = (runs: string) =>
  new Map(
    readdirSync(at(runs), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('done.json'))
      .map((file) => [file, JSON.parse(readFileSync(at(runs, file), 'utf8'))] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
const bestOf = (runs: string, job: string) =>
  readFileSync(at(runs, FAMILY, job, 'checkpoints', 'best.safetensors'));

t.test('a table: its cells, figures of ours beside those of the paper', async (t) => {
  const [result] = spikingUnetJson(...table1('whole', '--cells', SOME));
  t.equal(result.table, 'table1');
  const [f1] = result.rows;
  t.strictSame(f1.labels, ['DRIVE', '10', 'F1']);
  for (const { ours } of [f1.figures[0], f1.figures.at(-1)]) t.ok(ours >= 0 && ours <= 1, `${ours}`);
  t.strictSame([f1.figures[0].paper, f1.figures.at(-1).paper], [0.806, 0.794]);
  t.ok(
    result.rows.slice(3).every((row: { figures: { ours?: number }[] }) => row.figures[0].ours === undefined),
    'other cells are not done',
  );
  const done = doneIn('whole');
  const commands = [...done.values()].map(({ command }) => command.split(' ').slice(0, 2).join(' '));
  for (const stage of ['train', 'convert', 'finetune', 'evaluate'])
    t.ok(commands.includes(`spiking-unet ${stage}`));
});

t.test('what is done is not done again; a job that is not is', async (t) => {
  const before = doneIn('whole');
  const model = bestOf('whole', 'mt-connection/T10');
  const again = spikingUnet(...table1('whole', '--cells', SOME));
  t.equal(again.status, 0);
  t.notMatch(again.stderr, /\[1\//);
  t.match(again.stdout, /^DRIVE +10 +F1 +0\.\d{4} \(0\.806\)/m);
  t.match(spikingUnet(...table1('whole', '--cells', SOME, '--dry-run')).stdout, 'everything is done');
  rmSync(at('whole', FAMILY, 'mt-connection', 'T10'), { recursive: true });
  const planned = spikingUnetJson(...table1('whole', '--cells', SOME, '--dry-run'));
  t.match(
    planned.jobs.map(({ command }: { command: string }) => command),
    [/^spiking-unet finetune /, /^spiking-unet evaluate /],
  );
  t.ok(planned.seconds > 0);
  spikingUnetJson(...table1('whole', '--cells', SOME));
  t.ok(bestOf('whole', 'mt-connection/T10').equals(model), 'the same bits');
  const withoutTimes = (done: ReturnType<typeof doneIn>) =>
    [...done].map(([file, { seconds: _, sha256: _ofThem, ...rest }]) => [file, JSON.stringify(rest)]);
  t.strictSame(withoutTimes(doneIn('whole')), withoutTimes(before));
});

t.test('what another folder of runs has is merged', async (t) => {
  const planned = (runs: string, ...more: string[]): string[] =>
    spikingUnetJson(...table1(runs, '--cells', SOME, '--dry-run', ...more)).jobs.map(
      ({ folder }: { folder: string }) => join(folder, 'done.json'),
    );
  const all = planned('none');
  t.strictSame(all.toSorted(), [...doneIn('whole').keys()].sort());
  const last = all.at(-1)!;
  const done = readFileSync(at('whole', last));
  rmSync(at('whole', last));
  t.strictSame(planned('merged', '--merge', at('whole')), [last]);
  t.ok(bestOf('merged', 'mt-connection/T10').equals(bestOf('whole', 'mt-connection/T10')));
  writeFileSync(at('whole', last), done);
});

t.test('a report replaces its own sections only', async (t) => {
  const file = at('results.md');
  const report = () => spikingUnetJson(...table1('whole', 'table4', '--report', file));
  report();
  const once = readFileSync(file, 'utf8');
  t.match(once, /\| DRIVE \| 10 \| F1 \| 0\.\d{4} \(0\.806\) \|/);
  t.match(
    once,
    /<!-- reproduce table4 --width 1 --seed 1 --epochs 1 --patches 8 -->[\s\S]*\| 1 \| 2 \| - \| - \(0\.214\) \|/,
  );
  writeFileSync(file, `# Mine\n\n${once.replace('0.806', '0.000')}\nThe end.\n`);
  report();
  t.equal(readFileSync(file, 'utf8'), `# Mine\n\n${once}\nThe end.\n`);
});

t.test('a one-step network beside the U-Net that it is, a timed evaluation, a picture', async (t) => {
  const [{ rows }] = spikingUnetJson(
    ...['reproduce', 'equivalence', '--cells', 'one-step-4/', '--runs', at('whole'), ...tiny, ...data],
  );
  const [f1, , different, values] = rows[1].figures;
  t.equal(f1.ours, rows[0].figures[0].ours);
  t.equal(different.ours, 0);
  t.ok(values.ours > 0);
  const model = at('whole', FAMILY, 'unet', 'checkpoints', 'best.safetensors');
  const drive = ['--dataset', 'drive', '--data', at('data', 'DRIVE')];
  t.ok(spikingUnetJson('evaluate', '--model', model, ...drive, '--time').milliseconds > 0);
  t.match(
    spikingUnet('evaluate', '--model', model, ...drive, '--as-unet').stderr,
    /--as-unet: only a spiking network/,
  );
  spikingUnetJson('reproduce', 'one-step', '--plot', at('plot.png'), '--runs', at('whole'), ...tiny, ...data);
  t.equal(readFileSync(at('plot.png')).subarray(1, 4).toString(), 'PNG');
});

t.test('without data: the twin; Ctrl-C stops, the same command goes on', async (t) => {
  const options = `--cells ${SOME} --width 1 --epochs 1 --patches 1000 --threads 1 --quiet`.split(' ');
  const args = ['reproduce', 'table1', '--runs', at('stopped'), ...options];
  const child = spawn(process.execPath, ['dist/bin/spiking-unet.js', ...args], {
    stdio: 'ignore',
    env: environment,
    detached: true, // its group gets the signal, as at a terminal
  });
  const exit = new Promise((resolve) => child.once('exit', resolve));
  const unet = at('stopped', 'drive-synthetic-w1-s1-e1-p1000', 'unet');
  while (!existsSync(join(unet, 'run.lock')) && child.exitCode === null) await sleep(20);
  process.kill(-child.pid!, 'SIGINT');
  t.equal(await exit, 130);
  t.ok(existsSync(join(unet, 'checkpoints', 'last.safetensors')));
  t.equal(doneIn('stopped').size, 0);
  const unetOnly = args.map((arg) => (arg === SOME ? 'drive/unet' : arg));
  t.equal(spikingUnet(...unetOnly).status, 0);
  t.equal(doneIn('stopped').size, 2);
});

t.test('every row has as many figures as its table has columns', async (t) => {
  for (const [name, { columns, rows }] of Object.entries(tables)) {
    t.ok(rows.length > 0);
    for (const { labels, entries } of rows) t.equal(labels.length + entries.length, columns.length, name);
  }
});

t.test('the documentation lists every table', async (t) => {
  const page = readFileSync('docs/reproduce.md', 'utf8');
  t.strictSame(
    [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name),
    Object.keys(tables),
  );
});

t.test('what makes no sense is refused', async (t) => {
  const done = at('whole', FAMILY, 'unet', 'eval', 'done.json');
  const whole = readFileSync(done);
  writeFileSync(done, whole.subarray(0, 40));
  for (const [args, status, message] of [
    [['reproduce', 'table9'], 2, /table9: no such table, expected one of table1, /],
    [table1('whole', '--jobs', '0'), 2, /--jobs.*at least 1/],
    [table1('whole', '--status', '--merge', at('whole')), 2, /--status: touches nothing, leave out --merge/],
    [
      table1('whole', '--cells', 'moon'),
      2,
      /--cells moon: no cell has this in its name, such as drive\/unet/,
    ],
    [table1('whole', '--data', at('nothing')), 2, /--data .*nothing: there is no such folder/],
    [table1('whole', '--cells', SOME), 3, /eval.done\.json: .*delete it to do the job again/],
  ] as const) {
    const { status: code, stderr } = spikingUnet(...args);
    t.equal(code, status);
    t.match(stderr, message);
  }
  writeFileSync(done, whole);
});
