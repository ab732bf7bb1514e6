/**
 * The report in a browser, opened from disk: its charts have marks, it asks for nothing else, it can be used
 * by keyboard and read by a screen reader, and it fits a phone.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import t from 'tap';
import { readImage, writePng } from '../../lib/node/pictureFiles.js';
import { cropImage } from '../../lib/picture/image.js';
import { spikingUnet } from '../cli/command.js';
import { launch, missing, open, overflow } from './browser.js';
import { contrast, contrasts } from './contrast.js';

if (missing) {
  t.plan(0, `the report was not opened in a browser: ${missing}`);
  process.exit();
}
const folder = t.testdir();
const crop = (name: string) => {
  const file = join(folder, name);
  writePng(file, cropImage(readImage(`fixtures/samples/${name}`), { top: 96, left: 96, side: 64 }));
  return file;
};
/** The address of a report; throws if the stage fails. */
function report(name: string, ...args: string[]): string {
  const out = join(folder, `${name}.html`);
  const { status, stderr } = spikingUnet('report', '--out', out, '--quiet', ...args);
  if (status !== 0) throw new Error(stderr);
  return pathToFileURL(out).href;
}
const eye = crop('fundus.png');
const labelled = ['--model', 'drive', '--image', eye, '--label', crop('fundus-label.png')];
const reports = {
  'one step': report('one', ...labelled),
  'ten steps': report('ten', ...labelled, '--steps', '10', '--check', '0'),
  'a denoiser': report('denoiser', '--model', 'bsd-grey', '--image', crop('textures.png')),
};
const browser = await launch();
t.teardown(() => browser.close());

for (const [name, url] of Object.entries(reports)) {
  t.test(`${name}: every chart is drawn, and nothing else is asked for`, async (t) => {
    const { page, problems, requests } = await open(browser, url);
    const charts = await page.locator('.chart').all();
    t.ok(charts.length >= 6, `${charts.length} charts`);
    for (const chart of charts) {
      const id = await chart.getAttribute('id');
      const marks = chart.locator('[aria-label=dot], [aria-label=bar], [aria-label=rect], [aria-label=cell]');
      t.ok((await marks.locator('> *').count()) > 0, `${id}: marks`);
      t.match(await chart.getAttribute('aria-label'), /^.{20,}$/, `${id}: a name`);
      t.notMatch(await chart.innerHTML(), /NaN|undefined/, `${id}: numbers`);
    }
    t.strictSame(problems, []);
    t.strictSame(requests, [url]);
    await page.context().close();
  });

  t.test(`${name}: it fits a phone, and texts can be read on either ground`, async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await open(browser, url, { viewport: { width: 400, height: 800 }, colorScheme });
      t.equal(await overflow(page), 0, `${colorScheme}: nothing sticks out`);
      const cut = await page
        .locator('.chart svg')
        .evaluateAll((all) =>
          all.filter((svg) => svg.getBoundingClientRect().right > innerWidth).map((svg) => svg.outerHTML),
        );
      t.strictSame(cut, []);
      const texts = await contrasts(page);
      t.ok(texts.length > 50, `${texts.length} texts`);
      t.strictSame(
        texts.filter(({ ratio }) => ratio < 4.5),
        [],
        `${colorScheme}: contrast`,
      );
      await page.context().close();
    }
  });
}

t.test('the contrast itself is that of WCAG', async (t) => {
  t.equal(contrast('rgb(0, 0, 0)', 'rgb(255, 255, 255)'), 21);
  t.equal(contrast('rgb(119, 119, 119)', 'rgb(255, 255, 255)').toFixed(2), '4.48');
});

t.test('headings are in order, and all that can be used has a name', async (t) => {
  const { page } = await open(browser, reports['one step']);
  const levels = (await page.locator('h1, h2, h3').all()).map((one) =>
    one.evaluate((h) => Number(h.tagName[1])),
  );
  let last = 0;
  for (const level of await Promise.all(levels)) {
    t.ok(level <= last + 1, `h${level} after h${last}`);
    last = level;
  }
  for (const name of ['Left', 'Right', 'Way']) await page.getByRole('combobox', { name }).focus();
  t.equal(await page.getByRole('slider', { name: 'Share of the left one' }).count(), 1);
  t.equal(await page.getByRole('combobox').count(), 3);
  for (const image of await page.getByRole('img').all())
    t.match((await image.getAttribute('alt')) ?? (await image.getAttribute('aria-label')), /\S/);
  await page.context().close();
});

t.test('the controls are reached and used by keyboard', async (t) => {
  const { page } = await open(browser, reports['one step']);
  const focused = () =>
    page.evaluate(() => document.activeElement?.className || document.activeElement?.tagName);
  const order: unknown[] = [];
  for (let k = 0; k < 20; k++) {
    await page.keyboard.press('Tab');
    order.push(await focused());
    if (order.at(-1) === 'INPUT') break;
  }
  t.strictSame(order.slice(-4), ['left', 'right', 'way', 'INPUT']);
  const [, over] = await page.locator('.stage img').all();
  const clip = () => over.evaluate((image) => image.style.clipPath);
  const before = await clip();
  const seen = await page.locator('.stage').screenshot();
  for (let k = 0; k < 20; k++) await page.keyboard.press('ArrowRight');
  t.equal(await page.getByRole('slider').inputValue(), '70');
  t.match([before, await clip()], ['inset(0px 50% 0px 0px)', 'inset(0px 30% 0px 0px)']);
  t.notOk(seen.equals(await page.locator('.stage').screenshot()), 'another picture');
  await page.getByRole('combobox', { name: 'Way' }).focus();
  await page.keyboard.press('f');
  t.equal(await over.evaluate((image) => image.style.opacity), '0.7', 'fades');
  await page.context().close();
});

t.test('printed in the dark it is black on white, without controls, and its charts are whole', async (t) => {
  const { page } = await open(browser, reports['ten steps'], { colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1000 });
  t.equal(await page.locator('.compare, nav, details').filter({ visible: true }).count(), 0);
  t.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  t.strictSame(
    (await contrasts(page)).filter(({ ratio }) => ratio < 4.5),
    [],
  );
  t.equal(await overflow(page), 0);
  t.ok((await page.pdf({ format: 'A4' })).length > 20_000);
  await page.context().close();
});
