/**
 * The report: one well-formed file that asks nothing of the net, with the numbers of `evaluate` and `energy`,
 * in which no text from outside is code.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { convert } from '../../lib/diagnose/convertUnet.js';
import { encodeModel } from '../../lib/model/model.js';
import { readImage, writePng } from '../../lib/node/pictureFiles.js';
import { cropImage, makeImage } from '../../lib/picture/image.js';
import { referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const [USAGE, DATA] = [2, 3];
const folder = t.testdir();
const at = (...path: string[]) => join(folder, ...path);

/** A name that would be code if it were not escaped. */
const HOSTILE = `<img src=x onerror=alert(1)>&"'.png`;
const CLASS = '</script><script>alert(2)</script>';
const SIDE = 32;

writeTinyDrive(at('drive'));
const picture = makeImage(
  SIDE,
  SIDE,
  1,
  Uint8Array.from({ length: SIDE * SIDE }, (_, p) => (p * 7) % 256),
);
writePng(at(HOSTILE), picture);
writePng(at('label.png'), { ...picture, data: picture.data.map((level) => Number(level > 128)) });
const unet = {
  ...randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 }),
  classNames: ['background', CLASS],
};
const input = Float32Array.from(picture.data, (level) => level / 255);
const calibration = [{ name: 'x', input, height: SIDE, width: SIDE, channels: 1 }];
const { spiking } = convert(unet, calibration, { engine: referenceEngine });
writeFileSync(at('unet.safetensors'), encodeModel(unet));
writeFileSync(at('snn.safetensors'), encodeModel(spiking));

/** Writes a report; returns what the stage says of it, its markup without its script, and its data. */
function report(...args: string[]) {
  const file = at('report.html');
  const json = spikingUnetJson('report', '--out', file, ...args);
  const text = readFileSync(file, 'utf8');
  const [, data] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(text)!;
  const markup = text.replace(/(<(script|style)[^>]*>).*?(<\/\2>)/gs, '$1$3');
  return { json, text, markup, data: JSON.parse(data) };
}

/** What is wrong with the elements of a page: the first that is not closed, or not open. */
function misnested(markup: string): string | undefined {
  const open: string[] = [];
  const tags = markup.matchAll(/<(\/?)([a-z]\w*)((?:\s+[\w-]+(?:="[^"<>]*")?)*)\s*>|(<)(?!!doctype)/g);
  for (const { index, 1: slash, 2: name, 4: stray } of tags) {
    if (stray) return `a < that begins no element: ${markup.slice(index, index + 60)}`;
    if (['meta', 'img', 'input'].includes(name)) continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return `</${name}>`;
  }
  return open.at(-1);
}

const drive = ['--model', 'drive', '--dataset', 'drive', '--data', at('drive'), '--steps', '3'];
const about = report(...drive);

t.test('it has all sections, is well formed, and asks nothing of the net', async (t) => {
  const ids = 'about pictures metric conversion rates spikes histogram energy raster'.split(' ');
  t.strictSame(about.json.sections, ids);
  for (const id of ids) {
    for (const part of [`<section id="${id}"`, `<a href="#${id}">`]) t.ok(about.markup.includes(part), part);
  }
  t.equal(misnested(about.markup), undefined);
  t.equal(misnested('<p><b></p></b>'), '</p>', 'the check itself finds something');
  for (const [, target] of about.markup.matchAll(/\b(?:src|href|action|data|srcset)="([^"]*)"/g))
    t.match(target, /^(#\w+|data:image\/png;base64,[\w+/=]+)$/);
  t.ok(about.markup.includes('content="default-src &#39;none&#39;; img-src data:;'));
  const [, style] = /<style>(.*?)<\/style>/s.exec(about.text)!;
  t.notMatch(style, /url\(|@import/);
  t.equal(about.json.bytes, Buffer.byteLength(about.text));
  t.ok(about.json.bytes < 3e6);
});

t.test('every chart has a place, a text for it, and a table; every picture has a text', async (t) => {
  const { charts } = about.data;
  t.equal(charts.length, 8);
  for (const { id } of charts)
    t.match(about.markup, new RegExp(`id="${id}" role="img" aria-label="[^"]{20,}"`));
  t.equal(about.markup.match(/<details>/g)!.length, charts.length);
  const pictures = about.markup.match(/<img [^>]*>/gs)!;
  t.equal(pictures.length, 2 * 6, 'input, truth, two networks and their errors, of two images');
  for (const img of pictures) t.match(img, /alt="[^"]+ of /);
});

t.test('its numbers are those of evaluate and energy', async (t) => {
  const { measured } = about.data;
  for (const steps of [1, 3]) {
    const { metrics, spikes, images } = spikingUnetJson('evaluate', ...drive.slice(0, -1), String(steps));
    t.strictSame(measured.overSteps[steps - 1], { steps, metrics, spikes });
    if (steps === 3) t.strictSame(measured.images, images);
  }
  t.strictSame(measured.unet, spikingUnetJson('evaluate', ...drive.slice(0, -2), '--unet').metrics);
  const { unet, firstLayer, paper, synops, layers } = spikingUnetJson('energy', ...drive);
  t.strictSame(measured.energy, { unet, firstLayer, paper, synops });
  const sums = measured.layers.map(({ perStep }: { perStep: number[] }) => perStep.reduce((a, b) => a + b));
  const counted = layers.map(({ spikes }: { spikes: number }) => spikes).slice(0, sums.length);
  t.strictSame(sums, counted);
  const energy = about.data.charts.find(({ id }: { id: string }) => id === 'energy-chart').drawing;
  t.equal(energy.models.at(-1).joules, synops.joules);
  const [point] = about.data.charts[0].drawing.points;
  t.strictSame(point, { x: 1, y: measured.overSteps[0].metrics.fov.f1 });
});

t.test('what comes from outside is text, also in the command and the data', async (t) => {
  const one = ['--model', at('snn.safetensors'), '--image', at(HOSTILE), '--steps', '2'];
  const { markup, text, data } = report(...one, '--unet', at('unet.safetensors'));
  for (const code of ['<img src=x', '<script>alert']) t.notOk(text.includes(code), code);
  const shown = '&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;';
  t.ok(markup.includes(`${shown}.png</h3>`), 'in a heading');
  t.ok(markup.includes(`${shown}\\&#39;&#39;.png&#39;`), 'quoted for a shell');
  t.ok(markup.includes('&lt;/script&gt;&lt;script&gt;alert(2)'), 'a class');
  t.equal(misnested(markup), undefined);
  t.equal(data.measured.pictures[0].name, at(HOSTILE));
  t.equal(data.measured.against, "the U-Net's answer");
  t.equal(data.measured.overSteps.length, 2);
  t.notOk(markup.includes('<figcaption>truth'), 'its truth is not known');
});

t.test('the error of each layer is what convert --check measures', async (t) => {
  mkdirSync(at('one'));
  const eye = cropImage(readImage('fixtures/samples/fundus.png'), { top: 100, left: 100, side: 32 });
  writePng(at('one', 'eye.png'), eye);
  const [snn, ann] = [at('eye.safetensors'), 'drive'];
  const { check } = spikingUnetJson(
    ...['convert', '--model', ann, '--calibration', at('one'), '--out', snn, '--check', '--steps', '3'],
  );
  const one = ['--model', snn, '--unet', ann, '--image', at('one', 'eye.png'), '--steps', '3'];
  const { json, data } = report(...one);
  const { images: pictures, steps: _, metric: __, ...measured } = check;
  t.strictSame(json.check, { ...measured, pictures });
  const charts = data.charts.filter(({ id }: { id: string }) => id.startsWith('conversion'));
  t.equal(charts[0].drawing.layers.length, check.layers.length);
  t.equal(charts[0].drawing.layers.at(-1).error, check.layers.at(-1).error);
  t.strictSame(charts[1].drawing.scores[1].score, check.layers[0].exactUpTo);
  t.notOk(report(...one, '--check', '0').json.sections.includes('conversion'), 'left out');
  const flat = ['--model', at('snn.safetensors'), '--unet', at('unet.safetensors'), '--image', at(HOSTILE)];
  const { status, stderr } = spikingUnet('report', ...flat, '--out', at('x.html'));
  t.equal(status, 0);
  t.match(stderr, /the error of layers is left out: .* have no F1/, 'the U-Net finds nothing in it');
  t.equal(spikingUnet('report', ...flat, '--check', '1', '--out', at('x.html')).status, DATA);
});

t.test('a picture alone, a network alone, and the curves of a training', async (t) => {
  const epoch = { updates: 2, validation: { f1: 0.5 }, best: true };
  const lines = [
    { ...epoch, epoch: 1, loss: 0.7, score: 0.5 },
    { ...epoch, epoch: 2, loss: 0.6, score: 0.55 },
  ];
  mkdirSync(at('run'));
  writeFileSync(at('run', 'config.json'), '{ "run": "x" }');
  writeFileSync(at('run', 'metrics.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
  const one = ['--model', at('snn.safetensors'), '--image', at(HOSTILE), '--label', at('label.png')];
  const { json, data } = report(...one, '--steps', '1', '--run', at('run'));
  t.strictSame(json.sections, ['about', 'pictures', 'metric', 'spikes', 'histogram', 'energy', 'training']);
  t.equal(data.measured.against, 'labels');
  const curves = data.charts.slice(-2).map(({ drawing }: { drawing: { points: unknown } }) => drawing.points);
  t.strictSame(curves, [
    [
      { x: 1, y: 0.7 },
      { x: 2, y: 0.6 },
    ],
    [
      { x: 1, y: 0.5 },
      { x: 2, y: 0.55 },
    ],
  ]);
  writeFileSync(at('run', 'metrics.jsonl'), '{}\n');
  const { status, stderr } = spikingUnet('report', ...one, '--run', at('run'), '--out', at('x.html'));
  t.equal(status, DATA);
  t.match(stderr, /metrics\.jsonl: line 1/);
});

t.test('a denoiser gets a clean picture with noise', async (t) => {
  const { json, markup } = report('--model', 'bsd-grey', '--image', at(HOSTILE), '--sigma', '15');
  t.equal(json.against, 'clean pictures');
  t.equal(json.overSteps[0].metrics.sigma, 15);
  t.ok(json.overSteps[0].metrics.psnr > 0 && json.unet.psnr > 0);
  t.ok(markup.includes('<figcaption>clean</figcaption>'));
  t.equal(misnested(markup), undefined);
});

t.test('what cannot be reported on', async (t) => {
  const [snn, image] = [
    ['--model', at('snn.safetensors')],
    ['--image', at(HOSTILE)],
  ];
  const ann = ['--model', at('unet.safetensors'), ...image];
  const cases: [string[], number, RegExp][] = [
    [snn, USAGE, /give either a --dataset or an --image/i],
    [[...snn, ...image, '--dataset', 'synth-drive'], USAGE, /either a --dataset or an --image/],
    [ann, DATA, /is a U-Net, expected a spiking network: run "convert" first/],
    [[...snn, '--dataset', 'synth-drive', '--label', 'y.png'], USAGE, /--label: belongs to an --image/],
    [[...snn, ...image, '--sigma', '5'], USAGE, /--sigma: is for denoisers/],
    [[...snn, ...image, '--rates', 'relu1'], USAGE, /--rates: needs a converted network, and its U-Net/],
    [[...snn, ...image, '--check', '1'], USAGE, /--check: needs a converted network, and its U-Net/],
    [[...snn, ...image, '--layer', 'relu99'], USAGE, /--layer relu99: has no neurons, expected one of relu1/],
    [[...snn, ...image, '--pixel', '99,0'], USAGE, /--pixel 99,0: the picture has 32 rows/],
    [[...snn, ...image, '--pixel', '99'], USAGE, /expected ROW,COLUMN/],
    [[...snn, ...image, '--unet', 'drive'], USAGE, /--unet drive: is for another task, width or input/],
    [['--model', 'drive', ...image, '--unet', 'em'], USAGE, /--unet: drive holds its own U-Net/],
    [[...snn, ...image, '--run', at('none')], DATA, /config\.json: cannot be read/],
  ];
  for (const [args, code, message] of cases) {
    const { status, stderr } = spikingUnet('report', '--out', at('x.html'), ...args);
    t.equal(status, code, args.join(' '));
    t.match(stderr, message);
  }
});
