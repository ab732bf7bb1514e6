/** What TensorBoard shows of a training: every update and every epoch once, however often it was resumed. */

import { appendFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { openRunFolder } from '../../lib/node/run/runFolder.js';
import { runSession } from '../../lib/node/run/session.js';
import { makeImage } from '../../lib/picture/image.js';
import { trainingData, unetLearner } from '../../lib/train/learner.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';
import { eventFilesOf, type ShownEvent, shownIn } from '../support/shownEvents.js';

const samples = [1, 2].map((number) => drawSample(5, number, `eye${number}`, 1, 48));
const data = trainingData(samples, 0.5, 16, 3);
const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const START = 1_700_000_000.25;
const UPDATES = 3;

interface Run {
  readonly folder: string;
  readonly resume?: boolean;
  readonly saveEvery?: number;
  readonly clock?: () => number;
  /** Called after an update; an error it throws is a crash. */
  onUpdate?(done: number, controller: AbortController): void;
  onEpoch?(epoch: number): void;
  /** Called when an epoch is validated, before it is shown. */
  onValidation?(epoch: number): void;
}

function train({ folder, resume = false, saveEvery = 50, clock = () => START, ...on }: Run) {
  const controller = new AbortController();
  const parameters = new Map([...unet.parameters].map(([name, values]) => [name, values.slice()]));
  const run = { epochs: 2, batch: 1, updatesPerEpoch: UPDATES, learningRate: 1e-3, optimizer: 'adam' };
  let validations = 0;
  return runSession({
    folder: openRunFolder({ directory: folder, resume, start: '', config: {}, clock, remark: () => {} }),
    options: { ...run, schedule: 'cosine', patience: 0, saveEvery, measureStart: true },
    ...{ start: { ...unet, parameters }, resume, signal: controller.signal },
    makeLearner: (model) => unetLearner(referenceEngine, model, data),
    onUpdate: (done) => on.onUpdate?.(done, controller),
    onEpoch: ({ epoch }) => on.onEpoch?.(epoch),
    takePicture: () => {
      on.onValidation?.(validations++);
      return makeImage(2, 3, 3);
    },
  });
}

const timeless = (events: ShownEvent[]) =>
  events
    .map(
      ({ tag, step, value }) => `${step} ${tag} ${typeof value === 'number' ? value : value.toString('hex')}`,
    )
    .sort();

t.test(
  'losses, learning rates, metrics and pictures, at their numbers of updates and their times',
  async (t) => {
    const folder = t.testdir();
    let time = START;
    const { records } = await train({ folder, clock: () => time++ });
    t.strictSame(
      eventFilesOf(folder).map((name) => name.slice(0, 31)),
      ['events.out.tfevents.1700000000.'],
    );
    const shown = shownIn(folder);
    const seriesOf = (tag: string) =>
      shown.filter((event) => event.tag === tag).map(({ step, value }) => [step, value]);
    const expected = (of: (record: (typeof records)[number]) => number | null | undefined) =>
      records.flatMap((record) => {
        const value = of(record);
        return typeof value === 'number' ? [[record.updates, Math.fround(value)]] : [];
      });
    t.strictSame(
      seriesOf('loss/epoch'),
      expected(({ loss }) => loss),
    );
    t.strictSame(
      seriesOf('learningRate'),
      expected(({ learningRate }) => learningRate),
    );
    t.strictSame(
      seriesOf('validation/acc'),
      expected(({ validation }) => ('acc' in validation ? validation.acc : null)),
    );
    t.strictSame(
      seriesOf('validation/fov/f1'),
      expected(({ validation }) => ('fov' in validation ? validation.fov?.f1 : null)),
    );
    t.strictSame(
      seriesOf('loss/update').map(([step]) => step),
      [1, 2, 3, 4, 5, 6],
    );
    t.equal(seriesOf('validation/acc').length, 3, 'with the start');
    const pictures = seriesOf('sample');
    t.strictSame(
      pictures.map(([step]) => step),
      [0, 3, 6],
    );
    for (const [k, [, bytes]] of pictures.entries())
      t.ok(readFileSync(join(folder, 'samples', `epoch-00${k}.png`)).equals(bytes as Buffer));
    t.strictSame(
      [...new Set(shown.map((event) => event.time))],
      [0, 1, 2, 3, 4, 5, 6, 7, 8].map((s) => START + s),
    );
  },
);

/** A crash: nothing after it is saved. */
const crash = () => {
  throw new Error('crash');
};

t.test('a run that stopped or crashed anywhere shows nothing twice when it is resumed', async (t) => {
  const root = t.testdir();
  await train({ folder: join(root, 'whole') });
  const whole = timeless(shownIn(join(root, 'whole')));
  const ends: Record<string, Omit<Run, 'folder'>> = {
    'stopped within an epoch': { onUpdate: (done, controller) => done === 2 && controller.abort() },
    'stopped before a validation': { onUpdate: (done, controller) => done === 3 && controller.abort() },
    'crashed, and goes on from the end of an epoch': { onUpdate: (done) => done === 5 && crash() },
    'crashed, and goes on within an epoch': { saveEvery: 2, onUpdate: (done) => done === 6 && crash() },
    'crashed after an epoch was shown, before it was saved': { onEpoch: (epoch) => epoch === 2 && crash() },
    'the same, with only the validation to do again': {
      saveEvery: 3,
      onEpoch: (epoch) => epoch === 1 && crash(),
    },
    'crashed in a validation': { saveEvery: 3, onValidation: (epoch) => epoch === 1 && crash() },
    'crashed after the start was shown': { onEpoch: (epoch) => epoch === 0 && crash() },
  };
  for (const [name, end] of Object.entries(ends)) {
    const folder = join(root, name);
    await train({ folder, ...end }).catch((error) => t.equal(error.message, 'crash'));
    for (const file of eventFilesOf(folder).map((file) => join(folder, file)))
      appendFileSync(file, readFileSync(file).subarray(0, 13)); // a record that is cut off
    await train({ folder, resume: true, clock: () => START - 100 }); // the clock was set back
    const expected = whole.filter((line) => !isLost(name, line));
    t.strictSame(timeless(shownIn(folder)), expected, name);
  }
});

/** The loss of an update that was saved, but not the validation behind it, is not computed again. */
const isLost = (name: string, line: string) =>
  /validation to do|in a validation|before a validation/.test(name) && line.startsWith('3 loss/update');

t.test('a finished run that is resumed, and what is refused, leave no event file', async (t) => {
  const folder = t.testdir();
  await train({ folder });
  const before = eventFilesOf(folder);
  await train({ folder, resume: true });
  await t.rejects(async () => train({ folder }), /holds a run already/);
  t.strictSame(eventFilesOf(folder), before);
});

t.test('a file that cannot be written ends the training with its name and the cause', async (t) => {
  const folder = t.testdir();
  const blocked = () => {
    const [file] = eventFilesOf(folder);
    rmSync(join(folder, file));
    mkdirSync(join(folder, file));
  };
  await t.rejects(train({ folder, onUpdate: (done) => done === 1 && blocked() }), {
    message: /events\.out\.tfevents\.\S+: cannot be written: is a folder, expected a file/,
  });
});
