/** What one can do on the page of spikes: moments, neurons, layers, steps, noise. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { atTheSite, choose, dropAndRun, ready, textOf, visit } from './site.js';

const { browser, isolated } = await atTheSite();

const small = readFileSync('fixtures/image/formats/rgb.png');

t.test('the moments: more thresholds, more steps, and the spikes of a neuron', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  const answerSeen = () => page.locator('#answer').screenshot();
  const [last, spikes] = [await answerSeen(), await textOf(page, 'spikes-now')];
  await page.locator('#moment').focus();
  for (let k = 0; k < 7; k++) await page.keyboard.press('ArrowLeft');
  t.equal(await textOf(page, 'moment-said'), 'only the largest 1 of 8 thresholds');
  t.notOk(last.equals(await answerSeen()), 'another answer');
  const fewer = Number((await textOf(page, 'spikes-now')).replaceAll(',', ''));
  t.ok(fewer > 0 && fewer < Number(spikes.replaceAll(',', '')), `${fewer} spikes of the largest thresholds`);
  await page.getByRole('button', { name: 'Play' }).click();
  await page.locator('#moment-said', { hasText: 'all 8 thresholds' }).waitFor();
  await page.getByRole('button', { name: 'Play' }).waitFor();

  const map = page.locator('#map');
  const { width, height } = (await map.boundingBox())!;
  await map.click({ position: { x: width / 2, y: height / 2 } });
  const says = page.locator('#neuron-says', { hasText: 'channel 4, row' });
  t.match(await says.textContent(), /^relu18, channel 4, row \d+, column \d+: /);
  t.ok((await page.locator('#neuron-chart [aria-label=dot] circle').count()) >= 8);
  await page.getByRole('spinbutton', { name: 'Row' }).fill('0');
  await page.keyboard.press('Enter');
  await page.locator('#neuron-says', { hasText: 'row 0' }).waitFor();

  await choose(page, '#steps', '3');
  t.equal(await textOf(page, 'moment-said'), 'step 3 of 3');
  t.match(await textOf(page, 'neuron-says'), /in 3 steps, worth .* V$/);
  await choose(page, '#signal', 'pooling4');
  t.match(await textOf(page, 'map-says'), /^64 channels of 4 x 4 neurons$/);
  t.match(await textOf(page, 'neuron-says'), /^pooling4, channel 4, row 0, column 3: /);
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('a denoiser removes the noise that one chooses', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  t.notOk(await page.locator('#sigma').isVisible(), 'not for vessels');
  await dropAndRun(page, 'small.png', small);
  await choose(page, '#model', 'bsd-color');
  t.match(await textOf(page, 'answer-scores'), /^\d\d\.\d\d dB, \d\d\.\d dB from the U-Net's picture$/);
  const score = await textOf(page, 'answer-scores');
  await choose(page, '#sigma', '50');
  t.ok(Number.parseFloat(await textOf(page, 'answer-scores')) < Number.parseFloat(score), 'more noise');
  await choose(page, '#sigma', '0');
  t.notOk(await page.locator('#truth').isVisible(), 'no truth is known');
  t.match(await textOf(page, 'answer-scores'), /^\d\d\.\d dB from the U-Net's picture$/);
  await page.locator('[data-save=report]').click();
  await page.locator('#problem', { hasText: 'needs a clean picture: choose some noise' }).waitFor();
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('a visitor who is in a hurry gets what was chosen last', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  for (const steps of ['2', '3', '4', '2']) {
    await page.locator('#steps').fill(steps);
    await page.locator('#steps').dispatchEvent('change');
  }
  await page.locator('#moment-said', { hasText: 'of 2' }).waitFor();
  await ready(page);
  t.equal(await textOf(page, 'moment-said'), 'step 2 of 2');
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('what was chosen last is open at the end, however long the others take', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  await page.context().route('**/models/em.safetensors', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.locator('#model').selectOption('em');
  await choose(page, '#model', 'camseq01');
  await page.locator('#classes', { hasText: 'Car' }).waitFor();
  await ready(page);
  t.equal(await page.locator('#model').inputValue(), 'camseq01');
  t.match(await textOf(page, 'answer-scores'), /of pixels as the U-Net/);
  t.notMatch(await textOf(page, 'answer-scores'), /F1|mIoU/, 'labels of vessels say nothing about streets');
  t.strictSame(problems, []);
  await page.context().close();
});
