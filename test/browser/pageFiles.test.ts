/** Files that a visitor drops on the page of spikes, good and bad, and the report that is saved. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { type SpikingModel, toSpikingModel, toUnet } from '../../lib/convert/spikingModel.js';
import { encodeModel } from '../../lib/model/model.js';
import { decodeImage } from '../../lib/picture/decode.js';
import { encodePng } from '../../lib/picture/encode.js';
import type { Image } from '../../lib/picture/image.js';
import { drive, driveBytes, inNode, paper, thousands, whole } from './inNode.js';
import { atTheSite, drop, dropAndRun, save, textOf, visit } from './site.js';

const { browser, isolated } = await atTheSite();

const small = readFileSync('fixtures/image/formats/rgb.png');

t.test('pictures of all kinds, and models, are dropped', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  for (const name of [
    'grey16.png',
    'palette.png',
    'rgb-progressive.jpg',
    'rgb-lzw-strips.tif',
    'colour.gif',
  ]) {
    const bytes = readFileSync(`fixtures/image/formats/${name}`);
    await dropAndRun(page, name, bytes);
    t.equal(await page.locator('#picture option:checked').textContent(), name);
    t.equal(
      await textOf(page, 'spikes-all'),
      thousands(inNode(whole, decodeImage(bytes, name), 1).spikes),
      name,
    );
    t.notOk(await page.locator('#truth').isVisible(), 'no truth is known');
  }
  const alone = encodeModel({ ...paper, notes: { ...paper.notes, intendedSteps: '4' } });
  await dropAndRun(page, 'alone.safetensors', alone);
  t.equal(await page.locator('#model option:checked').textContent(), 'alone.safetensors');
  t.equal(await textOf(page, 'moment-said'), 'step 4 of 4');
  t.notOk(await page.locator('#unet').isVisible(), 'its file has no U-Net');
  t.ok(await page.locator('#conversion option[value=paper]').isDisabled());
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('models of other kinds run, as far as they can, and say what they cannot', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  await dropAndRun(page, 'small.png', small);
  const picture = decodeImage(small, 'small');
  const made = (notes: Record<string, string>): SpikingModel =>
    toSpikingModel({ ...drive, notes: { ...drive.notes, ...notes } }, 'made');
  const plain = { thresholds: '[0.5]', spikeValues: '[0.5]', thresholdsOf: '{}', initialPotential: '0.25' };
  const kinds = {
    if: made({ ...plain, neuron: 'if' }),
    'if-hard': made({ ...plain, neuron: 'if-hard', reset: 'hard' }),
    exact: made({ poolings: 'exact', thresholdsOf: '{}' }),
    whole,
  };
  for (const [name, spiking] of Object.entries(kinds)) {
    await dropAndRun(page, `${name}.safetensors`, encodeModel(spiking));
    const [wholeOption, floatOption] = await page.locator('#numbers option').all();
    t.equal(await wholeOption.isDisabled(), name !== 'whole', `${name}: whole numbers`);
    t.equal(await floatOption.isDisabled(), name === 'whole', `${name}: float32`);
    t.equal(await textOf(page, 'spikes-all'), thousands(inNode(spiking, picture, 1).spikes), name);
    const signals = await page.locator('#signal option').allTextContents();
    t.equal(
      signals.some((text) => text.startsWith('pooling1')),
      name !== 'exact',
      `${name}: layers with neurons`,
    );
    await page.getByRole('button', { name: 'membrane' }).click();
    await page.locator('#neuron-says', { hasText: 'relu18, channel 0, row 0, column 0: ' }).waitFor();
  }
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('what cannot be read is refused, and what was open stays', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  const large: Image = { height: 3000, width: 3600, channels: 1, data: new Uint8Array(3000 * 3600) };
  for (const [name, bytes, why] of [
    [
      'cut.png',
      readFileSync('fixtures/samples/fundus.png').subarray(0, 1000),
      /^cut\.png: is a damaged PNG: /,
    ],
    ['notes.txt', Buffer.from('vessels'), /^notes\.txt: starts with the bytes .*expected a picture/],
    ['empty.jpg', Buffer.alloc(0), /^empty\.jpg: is empty, expected a picture/],
    ['cut.safetensors', driveBytes.subarray(0, 5000), /^cut\.safetensors: /],
    [
      'unet.safetensors',
      encodeModel(toUnet(drive, 'drive')),
      /^unet\.safetensors: is a U-Net without a conversion: run "spiking-unet convert" first$/,
    ],
    [
      'large.png',
      encodePng(large),
      /^large\.png: 3600 x 3000 pixels with T = 1 need [\d.]+ GiB, this page takes .*: about \d+ x \d+ pixels fit/,
    ],
  ] as const) {
    await drop(page, name, bytes);
    const problem = page.locator('#problem', { hasText: name });
    await problem.waitFor();
    t.match(await problem.textContent(), why, name);
  }
  t.equal(
    await textOf(page, 'spikes-all'),
    '',
    'nothing of another picture stands under the name of one that is too large',
  );
  t.equal(await page.locator('#picture option:checked').textContent(), 'large.png');
  t.ok(await page.locator('[data-save=answer]').isDisabled());
  await dropAndRun(page, 'again.png', small);
  t.notOk(await page.locator('#problem').isVisible());
  await page.getByRole('spinbutton', { name: 'Channel' }).evaluate((one: HTMLInputElement) => {
    one.max = '99';
  });
  await page.getByRole('spinbutton', { name: 'Channel' }).fill('77');
  await page.getByRole('button', { name: 'membrane' }).click();
  await page.locator('#neuron-says', { hasText: 'there is no neuron at 77' }).waitFor();
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('the report that it saves opens, and says what it is about', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  await dropAndRun(page, 'small.png', small);
  const { name, bytes } = await save(page, 'report');
  t.equal(name, 'small.html');
  const report = await page.context().newPage();
  report.on('pageerror', ({ message }) => t.fail(message));
  await report.setContent(new TextDecoder().decode(bytes));
  t.match(await report.locator('h1').textContent(), 'Spiking network drive');
  t.match(
    await report.locator('#about').textContent(),
    /drive, its own conversion, whole numbers.*T = 1, small\.png/,
  );
  t.ok((await report.locator('.chart svg').count()) >= 4);
  t.strictSame(problems, []);
  await page.context().close();
});
