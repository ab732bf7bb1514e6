/** `--jobs` when processes crash, are killed or stopped: nothing is lost, and nothing is done twice. */

import { mkdirSync, readdirSync } from 'node:fs';
import t from 'tap';
import { spikingUnet } from './command.js';
import {
  answersIn,
  at,
  claimsIn,
  evaluateArgs,
  everyPicture,
  linesOf,
  PICTURES,
  recordsIn,
  runArgs,
  sortedLines,
  start,
  waitFor,
} from './pictureFolder.js';

const alone = spikingUnet(...runArgs('alone', '--quiet'));
t.equal(alone.status, 0, alone.stderr);

t.test('one is killed in the middle of a batch: another one does it, and ends', async (t) => {
  const first = start('killed', runArgs('killed', '--jobs', '1'), { HANG: '5' });
  await waitFor(() => linesOf('killed').includes(5), first);
  const second = start('second', runArgs('killed', '--jobs', '2'));
  await waitFor(() => recordsIn('killed', 'shared').length === PICTURES / 2 - 1, second);
  t.equal(second.process.exitCode, null, 'it waits for the first');
  first.process.kill('SIGKILL');
  const { code, err } = await second.ended;
  t.equal(code, 0, err);
  t.match(err, /00002: taken over from process \d+ on .*: there is no such process any more/);
  t.strictSame(
    [...linesOf('killed').filter((k) => k < 4), ...linesOf('second')].sort((a, b) => a - b),
    everyPicture,
  );
  t.strictSame(answersIn('killed'), answersIn('alone'));
});

t.test('Ctrl-C stops the children, keeps what is done, and the same command goes on', async (t) => {
  const run = start('stopped', runArgs('stopped', '--jobs', '2'), { HANG: '20' });
  await waitFor(() => recordsIn('stopped', 'shared').length === PICTURES / 2 - 1, run);
  run.process.kill('SIGINT');
  const { code, err } = await run.ended;
  t.equal(code, 130, err);
  t.match(err, /run: stopped; the same command goes on where it was\n$/);
  t.strictSame(claimsIn('stopped'), []);
  const next = await start('next', runArgs('stopped', '--jobs', '2')).ended;
  t.equal(next.code, 0, next.err);
  t.strictSame(sortedLines('next'), [20, 21], 'only what was not done');
  t.strictSame(answersIn('stopped'), answersIn('alone'));
});

t.test('SIGTERM, too; without --share there is nothing to go on with', async (t) => {
  mkdirSync(at('temporary'));
  const run = start('ended', evaluateArgs('--jobs', '1'), { HANG: '3', TMPDIR: at('temporary') });
  await waitFor(() => linesOf('ended').includes(3), run);
  run.process.kill('SIGTERM');
  const { code, err } = await run.ended;
  t.equal(code, 143, err);
  t.match(err, /evaluate: stopped\n$/);
  t.strictSame(readdirSync(at('temporary')), []);
});

t.test('a child that crashes at a picture does it once more; twice, and the rest goes on', async (t) => {
  const crash = { CRASH: '{"7": 2, "20": 1}' };
  const { code, out, err } = await start('crashed', runArgs('crashed', '--jobs', '1', '--json'), crash).ended;
  t.equal(code, 1, err);
  t.match(err, /20\.png: its process was killed \(.*\); once more\n/);
  const { images, failures } = JSON.parse(out);
  t.equal(images.length, PICTURES - 1);
  t.match(failures, [{ file: /7\.png$/, error: /7\.png: its process was killed .*, twice$/ }]);
  const next = await start('again', runArgs('crashed', '--jobs', '1')).ended;
  t.equal(next.code, 0, next.err);
  t.strictSame(linesOf('again'), [6, 7], 'the next command tries its batch again');
  t.strictSame(answersIn('crashed'), answersIn('alone'));
  const lost = await start('lost', evaluateArgs('--jobs', '1'), { CRASH: '{"7": 2}' }).ended;
  t.equal(lost.code, 1);
  t.match(lost.err, /evaluate: 1 images could not be judged; .*7\.png: its process was killed/);
  t.equal(lost.out, '');
});

t.test('children that crash at one picture after the other are given up', async (t) => {
  const crash = { CRASH: '{"0": 2, "1": 2, "2": 2}' };
  const given = await start('given', runArgs('given', '--jobs', '1'), crash).ended;
  t.equal(given.code, 1);
  t.match(given.err, /2\.png: its process was killed .*, twice, and so at 2 pictures before: given up\n$/);
  t.strictSame(linesOf('given'), [0, 0, 1, 1, 2, 2]);
  t.strictSame(claimsIn('given'), []);
});
