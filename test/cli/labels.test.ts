/** Labels, ignored classes and pictures from everywhere, at the command line. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { dataFolder, datasetFor, requireFitting, requireOwnClasses } from '../../bin/cli/dataOptions.js';
import { checkEvaluationOptions, ignoredBy } from '../../bin/cli/evaluation.js';
import { distinctNames } from '../../bin/cli/names.js';
import { classCount } from '../../bin/cli/parse.js';
import { stream } from '../../lib/core/rng.js';
import { datasets } from '../../lib/data/index.js';
import { encodeModel, type Model } from '../../lib/model/model.js';
import { readImage, writePng } from '../../lib/node/pictureFiles.js';
import { VOID } from '../../lib/op/losses.js';
import { encodePng } from '../../lib/picture/encode.js';
import { makeImage } from '../../lib/picture/image.js';
import { randomModel } from '../support/networks.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const folder = t.testdir();
const at = (...path: string[]) => join(folder, ...path);
const [SIDE, CLASSES] = [16, 3];

/** Pictures of noise with labels of three classes and void. */
function writeData(): void {
  for (const name of ['2', '10']) {
    const random = stream(7, name);
    const levels = (most: number) => Uint8Array.from({ length: SIDE * SIDE }, () => random.integer(most));
    const label = levels(CLASSES + 1).map((id) => (id === CLASSES ? VOID : id));
    writePng(at('data', 'images', `${name}.png`), makeImage(SIDE, SIDE, 1, levels(256)));
    writePng(at('data', 'labels', `${name}.png`), makeImage(SIDE, SIDE, 1, label));
  }
}

writeData();
const simulation = { mode: 'auto', profile: 'paper', memory: 100, dataset: 'x' } as const;
const notes = { dataset: 'folder' };
const configuration = { task: 'segment', width: 1, channels: 1 } as const;
const model = {
  ...randomModel({ ...configuration, classes: CLASSES }, 5),
  classNames: ['sky', 'road, way', 'car'],
  notes,
};
writeFileSync(at('model.safetensors'), encodeModel(model));
const [unet, data] = [
  ['--model', at('model.safetensors')],
  ['--data', at('data')],
];

/** mIoU over some classes, counted pixel by pixel from what `run` wrote and what the labels hold. */
function meanIoUOf(ignored: number): number {
  const pairs = ['2', '10'].flatMap((name) => {
    const [found, truth] = [
      readImage(at('out', `${name}.classes.png`)),
      readImage(at('data', 'labels', `${name}.png`)),
    ];
    return [...truth.data].map((id, p) => [id, found.data[p]] as const);
  });
  const counted = pairs.filter(([id]) => id !== VOID && id !== ignored);
  const values = [0, 1, 2]
    .filter((k) => k !== ignored)
    .map((k) => {
      const both = counted.filter(([id, found]) => id === k && found === k).length;
      return both / counted.filter(([id, found]) => id === k || found === k).length;
    });
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

t.test(
  'run: a folder, in the order of numbers; class ids and probabilities; a bad file does not stop the rest',
  async (t) => {
    mkdirSync(at('bad'));
    writeFileSync(at('bad', '2.png'), 'no picture');
    const images = ['--image', at('data', 'images'), at('bad', '*.png')];
    const { status, stdout } = spikingUnet(
      'run',
      ...unet,
      ...images,
      '--out',
      at('out'),
      '--probability',
      '--json',
    );
    t.equal(status, 1);
    const result = JSON.parse(stdout);
    t.strictSame(
      result.images.map((image: { file: string }) => image.file),
      [at('data', 'images', '2.png'), at('data', 'images', '10.png')],
    );
    t.match(result.failures, [{ file: /bad.2\.png/, error: /starts with the bytes 6e 6f/ }]);
    t.match(result.images[1].outputs[0], /10\.mask\.png$/);
    t.match(result.images[0].outputs[0], /images-2\.mask\.png$/, 'two pictures of one name');
    const npy = readFileSync(at('out', '10.probability.npy'));
    t.match(npy.subarray(0, 128).toString('latin1'), /NUMPY.*'<f4'.*\(3, 16, 16\)/);
    const values = new Float32Array(npy.buffer.slice(npy.byteOffset + 128, npy.byteOffset + npy.length));
    const sums = Array.from({ length: 256 }, (_, p) => values[p] + values[256 + p] + values[512 + p]);
    t.ok(values.length === 768 && sums.every((sum) => Math.abs(sum - 1) < 1e-6));
    const ids = readImage(at('out', '10.classes.png')).data;
    t.ok(ids.every((id, p) => [0, 1, 2].every((k) => values[256 * k + p] <= values[256 * id + p])));
  },
);

t.test('run: a picture from standard input', async (t) => {
  const input = encodePng(readImage(at('data', 'images', '2.png')));
  const args = ['dist/bin/spiking-unet.js', 'run', ...unet, '--image', '-', '--out', at('out')];
  const { status } = spawnSync(process.execPath, args, { input });
  t.equal(status, 0);
  t.ok(existsSync(at('out', 'stdin.mask.png')));
  writeFileSync(at('out', '2.classes.png'), readFileSync(at('out', 'stdin.classes.png')));
  t.match(spikingUnet('run', '--help').stdout, /^ {2}cat eye\.png \| spiking-unet run /m, 'as it is typed');
});

t.test(
  'evaluate: the data set of the model; 255 is refused, or ignored; a class by name or id',
  async (t) => {
    const evaluate = ['evaluate', ...unet, ...data, '--split', 'all'];
    const refused = spikingUnet(...evaluate);
    t.equal(refused.status, 3);
    t.match(
      refused.stderr,
      /2\.png: row \d+, column \d+ holds the class 255, expected 0 to 2: .* --ignore 255/,
    );
    t.equal(spikingUnetJson(...evaluate, '--ignore', '255').metrics.miou, meanIoUOf(VOID));
    // void stays void: the labels are written without it
    for (const name of ['2', '10']) {
      const { data: label } = readImage(at('data', 'labels', `${name}.png`));
      const car = label.map((id) => (id === VOID ? 2 : id));
      writePng(at('data', 'labels', `${name}.png`), makeImage(SIDE, SIDE, 1, car));
    }
    const byName = spikingUnetJson(...evaluate, '--ignore', 'road, way');
    t.equal(byName.metrics.miou, meanIoUOf(1));
    t.strictSame(Object.keys(byName.metrics.iou), ['sky', 'car']);
    t.strictSame(spikingUnetJson(...evaluate, '--ignore', '1').metrics, byName.metrics);
  },
);

t.test('options that mean nothing are refused', async (t) => {
  const [denoiser, drive] = [
    { ...model, configuration: { ...configuration, classes: 1, task: 'denoise' } as const },
    datasets.drive,
  ];
  const swapped = {
    ...model,
    configuration: { ...configuration, classes: 2 },
    classNames: ['vessel', 'background'],
  };
  const ignoring = (ignore: string, of: Model = model, dataset = 'folder') =>
    ignoredBy({ ignore, dataset }, of);
  const refusals: [() => unknown, RegExp][] = [
    [() => ignoring('tree'), /--ignore tree: expected a class, 0 to 2 or one of sky, road, way, car/],
    [() => ignoring('255', model, 'camseq01'), /--ignore 255: expected a class/],
    [() => ignoring('sky', denoiser), /--ignore sky: a denoiser tells no classes apart/],
    [
      () => checkEvaluationOptions({ ...simulation, beside: ['x'] }),
      /--beside: is for figures, add --figures DIR/,
    ],
    [() => dataFolder(datasets['synth-em'], 'x'), /--data x: synth-em is drawn and reads no folder/],
    [() => requireOwnClasses(drive, { classes: 3 }), /--classes: the labels of drive hold its own classes/],
    [() => requireOwnClasses(drive, { ignore: 3 }), /--ignore: the labels of drive/],
    [() => requireFitting({ dataset: 'bsd68' }, model), /bsd68 is for the task "denoise"/],
    [() => requireFitting({ dataset: 'drive' }, model), /drive has 2 classes, the model was made for 3/],
    [
      () => requireFitting({ dataset: 'drive' }, swapped),
      /its class 1 is "vessel", which is class 0 of the model/,
    ],
    [() => datasetFor(undefined, { ...model, notes: {} }), /--dataset is missing: the model does not say/],
    [() => classCount('256'), /expected 2 to 255/],
  ];
  for (const [action, message] of refusals) t.throws(action, { message });
  t.strictSame([ignoring('car'), ignoring('1'), ignoring('255')], [{ id: 2 }, { id: 1 }, { stored: 255 }]);
});

t.test('a missing folder proposes a twin where there is one', async (t) => {
  const message = (name: string) => {
    const before = process.env.SPIKING_UNET_DATA;
    process.env.SPIKING_UNET_DATA = '';
    t.teardown(() => Object.assign(process.env, before === undefined ? {} : { SPIKING_UNET_DATA: before }));
    try {
      return String(dataFolder(datasets[name], undefined));
    } catch (error) {
      return (error as Error).message;
    }
  };
  t.match(message('drive'), /set SPIKING_UNET_DATA; synth-drive needs no data\)/);
  t.match(message('bsd68'), /set SPIKING_UNET_DATA\)/);
});

t.test('results of equal names are told apart', async (t) => {
  t.strictSame(distinctNames(['a/eye.png', 'b/eye.png', 'c.png']), ['a-eye', 'b-eye', 'c']);
  t.strictSame(distinctNames(['eye.png', 'eye.jpg', 'Eye.tif']), ['eye', 'eye-2', 'Eye-3']);
  t.strictSame(distinctNames(['x/a/eye.png', 'y/a/eye.png']), ['a-eye', 'a-eye-2']);
});

t.test('data: a list, a check that counts, and what is not in order', async (t) => {
  t.match(spikingUnet('data', 'list').stdout, /camseq01 +segment +CamSeq01/);
  const check = ['data', 'check', '--dataset', 'folder', ...data];
  const { status, stdout } = spikingUnet(...check, '--classes', '4');
  t.equal(status, 1);
  t.match(stdout, /not in order: not a single pixel is of the class 3\n.*: 2 samples$/m);
  writeFileSync(at('data', 'images', '3.bmp'), 'BM');
  const report = spikingUnet(...check);
  t.equal(report.status, 1);
  t.match(report.stdout, /left out: images.3\.bmp \(BMP is not read: save it as PNG\)/);
});
