import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { lossOf } from '../../lib/engine/learn/lossOf.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import type { Run } from '../../lib/engine/predict.js';
import { reference } from '../../lib/engine/reference/index.js';
import {
  evaluateDenoising,
  evaluateSegmentation,
  evaluateTask,
  requireScore,
} from '../../lib/measure/evaluateTask.js';
import type { Model } from '../../lib/model/model.js';
import { makeImage } from '../../lib/picture/image.js';
import type { Sample } from '../../lib/picture/sample.js';
import { drawExample } from '../../lib/train/example.js';
import { findSchedule } from '../../lib/train/schedule.js';
import { randomImage } from '../support/networks.js';

/** A sample of one row, given its label and field of view. */
function row(name: string, label: number[], fov?: number[]): Sample {
  const width = label.length;
  return {
    name,
    height: 1,
    width,
    channels: 1,
    input: new Float32Array(width),
    picture: makeImage(1, width, 1),
    label: Uint8Array.from(label),
    ...(fov && { fov: Uint8Array.from(fov) }),
  };
}

/** A run that always predicts these classes in the first row, and fires 5 spikes. */
const always =
  (classes: number, ...ids: number[]): Run =>
  ({ data, width }) => {
    const output = new Float32Array(data.length * classes);
    ids.forEach((id, x) => {
      output[(x % width) * classes + id] = 1;
    });
    return { output, spikes: 5 };
  };

t.test(
  'two classes: F1, JS and ACC inside the field of view, and on the whole image with nothing outside',
  async (t) => {
    const sample = row('eye', [1, 1, 0, 0, 1, 0], [1, 1, 1, 1, 0, 0]);
    const { metrics, spikes, score } = evaluateSegmentation([sample], always(2, 1, 0, 1, 0, 1, 1), [
      'a',
      'b',
    ]);
    // inside: TP 1, FN 1, FP 1, TN 1; outside the predictions 1, 1 become 0, 0: FN 1, TN 1
    t.strictSame(metrics, {
      f1: 2 / (2 + 1 + 2),
      js: 1 / 4,
      acc: 3 / 6,
      fov: { f1: 0.5, js: 1 / 3, acc: 0.5 },
    });
    t.equal(score, 0.5);
    t.equal(spikes, 5);
  },
);

t.test('totals come from the pixels of all images, not from the means of the images', async (t) => {
  const samples = [row('a', [1, 1, 1, 1]), row('b', [0, 0, 0, 1])];
  const { metrics, images } = evaluateSegmentation(samples, always(2, 1, 1, 1, 1), ['a', 'b']);
  t.match(images, [
    { name: 'a', metrics: { f1: 1 } },
    { name: 'b', metrics: { f1: 2 / 5 } },
  ]);
  t.match(metrics, { f1: 10 / 13 });
  t.notOk('fov' in metrics, 'there is no field of view');
});

t.test('many classes: the mean IoU over those that occur', async (t) => {
  const names = ['sky', 'road', 'car', 'tree'];
  const run = always(4, 0, 1, 1, 2);
  const { metrics, score, confusion } = evaluateSegmentation([row('a', [0, 0, 1, 1])], run, names);
  t.strictSame(metrics, {
    miou: (1 / 2 + 1 / 3 + 0) / 3,
    iou: { sky: 1 / 2, road: 1 / 3, car: 0 },
    absent: ['tree'],
  });
  t.strictSame(confusion, [
    [1, 1, 0, 0],
    [0, 1, 1, 0],
    [0, 0, 0, 0],
    [0, 0, 0, 0],
  ]);
  const ignoring = evaluateSegmentation([row('a', [0, 0, 1, 1])], run, names, undefined, 1);
  t.strictSame(
    ignoring.metrics,
    { miou: 1 / 2, iou: { sky: 1 / 2 }, absent: ['car', 'tree'] },
    'without what is labelled road; a road that is found elsewhere is a mistake',
  );
  t.equal(score, (1 / 2 + 1 / 3) / 3);
});

t.test('two classes: an image with nothing to be found is named, and a class can be ignored', async (t) => {
  const samples = [row('a', [1, 0]), row('empty', [0, 0]), row('dark', [0, 1], [0, 0])];
  const run = always(2, 1, 1);
  const { images, metrics, remarks } = evaluateSegmentation(samples, run, ['a', 'b']);
  t.match(images[1].metrics, { f1: null, js: null });
  t.match(metrics, { f1: 2 / 6 }, 'what is found in the empty one counts in all');
  t.strictSame(remarks, [
    'empty: no label holds the class "b": there is no F1 of it',
    'dark: its field of view is empty',
  ]);
  const ignoring = evaluateSegmentation(samples.slice(0, 1), run, ['a', 'b'], undefined, 0);
  t.strictSame(ignoring.metrics, { f1: 1, js: 1, acc: 1 }, 'pixels of class 0 do not count');
});

t.test('images without a score judge no network', async (t) => {
  const classNames = ['a', 'b'];
  const model = { configuration: { task: 'segment' }, classNames } as unknown as Model;
  const refusal = {
    constructor: DataError,
    message: 'the 1 images that are to judge the network have no F1: in all: no label holds the class "b"',
  };
  const blank = [row('blank', [0, 0])];
  t.throws(() => evaluateTask(model, blank, always(2, 0), { sigma: 25, seed: 1 }), refusal);
  t.throws(() => requireScore(model, blank), refusal, 'before anything is trained');
  requireScore(model, [row('some', [0, 1])]);
  requireScore({ ...model, configuration: { ...model.configuration, task: 'denoise' } }, []);
});

t.test('a sample without a label cannot be judged', async (t) => {
  const { label: _label, ...unlabelled } = row('blank', [0]);
  t.throws(() => evaluateSegmentation([unlabelled], always(2), ['a', 'b']), /blank: no label/);
});

const photo: Sample = {
  name: 'photo',
  height: 16,
  width: 16,
  channels: 1,
  input: randomImage(stream(1, 'photo'), 16, 16, 1),
  picture: makeImage(16, 16, 1),
};

t.test('denoising: a run that finds no noise leaves about 20 log10(255 / sigma) dB', async (t) => {
  const nothing: Run = ({ data }) => ({ output: new Float32Array(data.length), spikes: 0 });
  const grey = [{ ...photo, input: photo.input.map(() => 0.5) }];
  const { metrics, remarks } = evaluateDenoising(grey, nothing, 25, 1);
  t.match(metrics, { sigma: 25 });
  t.match(remarks, [/the noisy pictures themselves have \d\d\.\d\d dB: the network removes no noise/]);
  t.ok('psnr' in metrics && Math.abs(metrics.psnr - 20.17) < 0.6, JSON.stringify(metrics));
});

t.test('denoising: a run that knows the noise is perfect; the same seed adds the same noise', async (t) => {
  let noisy = new Float32Array();
  const knowing: Run = ({ data }) => {
    noisy = data.slice();
    return { output: data.map((value, i) => value - photo.input[i]), spikes: 0 };
  };
  const cleaned: Float32Array[] = [];
  const { metrics, remarks } = evaluateDenoising([photo], knowing, 25, 1, (_, clean) =>
    cleaned.push(clean as Float32Array),
  );
  t.strictSame(remarks, []);
  t.ok('psnr' in metrics && metrics.psnr > 120 && metrics.ssim > 0.9999, JSON.stringify(metrics));
  t.equal(cleaned.length, 1);
  const first = noisy;
  evaluateDenoising([photo], knowing, 25, 1);
  t.strictSame(noisy, first);
  evaluateDenoising([photo], knowing, 25, 2);
  t.notSame(noisy, first);
});

t.test('examples: the same for the same place in a run; noise of at most sigma 55', async (t) => {
  const source = { samples: [photo], task: 'denoise', patchSize: 16, seed: 3 } as const;
  const draw = (epoch: number, index: number) => drawExample(source, epoch, index);
  t.strictSame(draw(1, 2), draw(1, 2));
  t.notSame(draw(1, 2).target, draw(1, 3).target);
  t.notSame(draw(1, 2).target, draw(2, 2).target);
  const { image, target } = draw(0, 0);
  t.ok(
    image.data.every((value, i) => Math.abs(value - target[i] - photo.input[i]) < 1e-6),
    'input = clean + noise',
  );
  const deviation = Math.sqrt((target as Float32Array).reduce((sum, n) => sum + n * n, 0) / target.length);
  t.ok(deviation > 0 && deviation < 1.3 * (55 / 255));
  t.throws(() => drawExample({ ...source, task: 'segment' }, 0, 0), /needs labelled samples/);
  const wide = drawExample({ ...source, patchSize: { height: 8, width: 16 } }, 0, 0).image;
  t.match(wide, { height: 8, width: 16, channels: photo.channels, data: { length: 128 * photo.channels } });
});

t.test('the loss follows from the target: class ids or a noise map', async (t) => {
  const output = Float32Array.of(0, 0, 0, 0);
  t.match(lossOf(reference, output, Uint8Array.of(0, 1)), { loss: Math.log(2) });
  t.match(lossOf(reference, output, Float32Array.of(1, -1, 0, 2)), { loss: 1 });
});

t.test('schedules start at 1; linear and cosine end at 0, steps at a hundredth', async (t) => {
  for (const name of ['constant', 'linear', 'cosine', 'steps']) t.equal(findSchedule(name)(0), 1, name);
  t.equal(findSchedule('constant')(1), 1);
  t.equal(findSchedule('linear')(1), 0);
  t.ok(Math.abs(findSchedule('cosine')(0.5) - 0.5) < 1e-12);
  t.ok(Math.abs(findSchedule('cosine')(1)) < 1e-12);
  const steps = [0.49, 0.5, 0.79, 0.8].map((progress) => findSchedule('steps')(progress));
  t.strictSame(steps, [1, 0.1, 0.1, 0.01]);
  t.throws(() => findSchedule('stairs'), /schedule stairs: expected one of/);
  t.throws(() => findOptimiser('lion'), /optimizer lion: expected one of adam, rmsprop, sgd/);
});
