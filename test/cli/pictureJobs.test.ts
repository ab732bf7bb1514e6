/** `run` and `evaluate` in several processes: what comes out is that of a single one, whoever did what. */

import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import t from 'tap';
import { batchesOf } from '../../bin/share/batches.js';
import { decodeJudged, encodeJudged, type Judged } from '../../bin/share/judgedCode.js';
import { encodeModel } from '../../lib/model/model.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet } from './command.js';
import {
  answersIn,
  at,
  claimsIn,
  evaluateArgs,
  everyPicture,
  model,
  PICTURES,
  runArgs,
  SIDE,
  sortedLines,
  start,
} from './pictureFolder.js';

/** The result of `run` without times and without the names of folders. */
const withoutTimes = (json: string, out: string) =>
  json.replace(/"ms": .*/g, '').replaceAll(JSON.stringify(at(out)).slice(1, -1), 'OUT');

const alone = spikingUnet(...runArgs('alone', '--json', '--quiet'));
t.equal(alone.status, 0, alone.stderr);

t.test('batches: all pictures once, 16 of them where there are enough', async (t) => {
  for (const [pictures, count, size] of [
    [1, 1, 1],
    [32, 32, 1],
    [64, 32, 2],
    [10_000, 625, 16],
    [10_001, 626, 16],
  ]) {
    const batches = batchesOf(pictures);
    t.equal(batches.length, count);
    t.equal(batches[0].end, size);
    t.equal(batches.at(-1)!.end, pictures);
    t.ok(batches.every(({ number, first }) => first === (number === 0 ? 0 : batches[number - 1].end)));
  }
});

t.test('what an image counts for is the same after it was written', async (t) => {
  const counts = { tp: 1, fp: 0, fn: 2, tn: 2 ** 33 };
  const about = { name: 'a', spikes: 3 };
  const written = (judged: Judged) => decodeJudged(JSON.parse(JSON.stringify(encodeJudged(judged))));
  for (const result of [
    { ...about, tally: { whole: counts, fov: counts, confusion: Float64Array.of(1, 0, 2, 3) } },
    { ...about, tally: { whole: counts, fov: undefined, confusion: Float64Array.of(0) } },
    { ...about, psnr: Number.POSITIVE_INFINITY, ssim: 0.1 + 0.2, noisyPsnr: 20.17 },
  ]) {
    const judged = { result, compared: { values: 9, different: 0 }, steps: 1, latency: 1 };
    t.strictSame(written(judged), judged);
  }
});

t.test('run: the files and the result of several processes are those of one', async (t) => {
  const { status, stdout, stderr } = spikingUnet(...runArgs('several', '--json', '--jobs', '2'));
  t.equal(status, 0, stderr);
  t.strictSame(withoutTimes(stdout, 'several'), withoutTimes(alone.stdout, 'alone'));
  t.strictSame(answersIn('several'), answersIn('alone'));
  t.strictSame(claimsIn('several'), []);
  const again = spikingUnet(...runArgs('several', '--json', '--jobs', '1', '--threads', '1'));
  t.equal(again.stdout.replace('"threads": 1', '"threads": 2'), stdout, 'everything is done already');
  t.match(again.stderr, `${PICTURES} of ${PICTURES} pictures are done`);
});

t.test('evaluate: the metrics of several processes are those of one, bit by bit', async (t) => {
  const both = (...args: string[]) => {
    const [one, two] = [[], ['--jobs', '2']].map((more) =>
      spikingUnet(...args, ...more, '--json', '--quiet'),
    );
    t.equal(one.status, 0, one.stderr);
    t.strictSame(two, one);
    return JSON.parse(two.stdout);
  };
  t.equal(both(...evaluateArgs('--area', 'padded', '--cut', 'patches')).images.length, PICTURES);
  const counted = both('evaluate', '--model', 'drive', '--as-unet', ...evaluateArgs().slice(3));
  t.equal(counted.compared.values, PICTURES * SIDE * SIDE * 2);
  const denoiser = at('denoiser.safetensors');
  writeFileSync(denoiser, encodeModel(randomModel({ task: 'denoise', width: 1, channels: 1, classes: 1 })));
  const denoised = ['--model', denoiser, '--dataset', 'folder', '--data', at('data', 'images')];
  t.equal(both('evaluate', ...denoised, '--sigma', '15').metrics.sigma, 15);
});

t.test('two commands at once on one folder do each picture once, and print the same', async (t) => {
  const runs = [start('both', runArgs('both', '--jobs', '2')), start('both', runArgs('both', '--jobs', '1'))];
  const ends = await Promise.all(runs.map(({ ended }) => ended));
  for (const { code, err } of ends) t.equal(code, 0, err);
  t.equal(ends[0].out, ends[1].out);
  t.equal(ends[0].out.split('\n').length, PICTURES + 1);
  t.strictSame(sortedLines('both'), everyPicture);
  t.strictSame(answersIn('both'), answersIn('alone'));
  const share = ['--share', at('judged')];
  const judged = await Promise.all([1, 2].map(() => start('judged', evaluateArgs(...share)).ended));
  t.equal(judged[0].code, 0, judged[0].err);
  t.equal(judged[0].out, judged[1].out);
  t.equal(judged[0].out, spikingUnet(...evaluateArgs()).stdout);
});

t.test('an answer that is gone or cut is made again', async (t) => {
  rmSync(at('both', '9.mask.png'));
  writeFileSync(at('both', '30.classes.png'), '');
  const { code, err } = await start('gone', runArgs('both', '--jobs', '1')).ended;
  t.equal(code, 0, err);
  t.match(err, /9\.mask\.png: is gone; once more\n/);
  t.strictSame(sortedLines('gone'), [8, 9, 30, 31]);
  t.strictSame(answersIn('both'), answersIn('alone'));
});

t.test('a damaged record is named', async (t) => {
  const record = at('both', 'shared', 'done', '00004.json');
  const text = readFileSync(record, 'utf8');
  const refused = (damaged: string, message: RegExp) => {
    writeFileSync(record, damaged);
    const { status, stderr } = spikingUnet(...runArgs('both', '--jobs', '2'));
    t.equal(status, 3);
    t.ok(stderr.includes(record), stderr);
    t.match(stderr, message);
  };
  refused(
    text.replace('"spikes":0', '"spikes":1'),
    /damaged: is not what was written \(SHA-256\): delete it/,
  );
  refused(text.slice(0, -9), /is not valid JSON: delete it to do its pictures again/);
  refused(readFileSync(at('judged', 'done', '00004.json'), 'utf8'), /is of another command: delete it/);
  writeFileSync(record, text);
  const command = at('both', 'shared', 'command.json');
  writeFileSync(command, `${readFileSync(command, 'utf8').slice(0, 99)}\n`);
  const { status, stderr } = spikingUnet(...runArgs('both', '--jobs', '2'));
  t.equal(status, 3);
  t.ok(stderr.includes(`${command}: is not valid JSON: delete its folder to start again`), stderr);
});

t.test('another command in the same folder is refused, and says what differs', async (t) => {
  const refused = (message: RegExp, ...args: string[]) => {
    const { status, stdout, stderr } = spikingUnet(...args);
    t.equal(status, 2, stderr);
    t.match(stderr, /several.shared: holds the work of another command .*: name another folder, or delete/);
    t.match(stderr, message);
    t.equal(stdout, '');
  };
  const same = runArgs('several', '--jobs', '2');
  refused(/--probability there: false, here: true/, ...same, '--probability');
  refused(/with another --model/, ...same, '--model', 'drive');
  refused(/with 36 pictures, here are 37\b/, ...same, '--image', at('data', 'images', '0.png'));
  refused(/of "run"/, ...evaluateArgs('--share', at('several', 'shared')));
  const changed = at('data', 'images', '3.png');
  utimesSync(changed, 1, 1);
  refused(/\(3 is new, or was changed since\)/, ...same);
});

t.test('pictures that cannot be read are reported at the end, as by one process', async (t) => {
  writeFileSync(at('data', 'images', '11.png'), 'no picture');
  writeFileSync(at('data', 'images', '25.png'), '');
  const [one, two] = [[], ['--jobs', '2']].map((more) =>
    spikingUnet(...runArgs('bad', ...more, '--json', '--quiet')),
  );
  t.equal(one.status, 1);
  t.equal(two.status, 1, two.stderr);
  t.equal(JSON.parse(two.stdout).failures.length, 2);
  t.strictSame(withoutTimes(two.stdout, 'bad'), withoutTimes(one.stdout, 'bad'));
  t.strictSame(
    spikingUnet(...runArgs('bad', '--jobs', '1', '--json', '--quiet')).stdout,
    two.stdout,
    'from records',
  );
  const single = ['run', '--model', model, '--image', at('data', 'images', '11.png'), '--out', at('single')];
  const [apart, shared] = [[], ['--jobs', '2']].map((more) => spikingUnet(...single, ...more));
  t.equal(shared.status, 3);
  t.equal(shared.stderr, apart.stderr);
  const [judged, judgedShared] = [[], ['--jobs', '2']].map((more) => spikingUnet(...evaluateArgs(...more)));
  t.equal(judged.status, 3);
  t.strictSame(judgedShared, judged, 'the error of the first');
});

t.test('what cannot be shared is refused with a reason', async (t) => {
  const refused = (message: RegExp, ...args: string[]) => {
    const { status, stderr } = spikingUnet(...args);
    t.equal(status, 2, stderr);
    t.match(stderr, message);
  };
  refused(/--dump holds one picture: leave out --jobs/, ...runArgs('x', '--jobs', '2', '--dump', at('dump')));
  refused(
    /--jobs: other processes cannot read standard input/,
    ...runArgs('x', '--jobs', '2', '--image', '-'),
  );
  refused(
    /--figures: a record holds counts, not pictures/,
    ...evaluateArgs('--jobs', '2', '--figures', at('f')),
  );
  refused(/--time: other processes would slow it down/, ...evaluateArgs('--share', at('x'), '--time'));
  t.notOk(existsSync(at('x')));
});
