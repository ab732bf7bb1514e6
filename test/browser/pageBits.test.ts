/**
 * The page of spikes computes the bits of Node, with threads and without; it is small, and nothing leaves it.
 */

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import t, { type Test } from 'tap';
import { siteFiles } from '../../bin/page/siteFiles.js';
import { withBits } from '../../lib/convert/spikingModel.js';
import { decodeImage } from '../../lib/picture/decode.js';
import type { Image } from '../../lib/picture/image.js';
import { inNode, oneStep, paper, thousands, whole } from './inNode.js';
import { atTheSite, choose, partOf, save, textOf, visit } from './site.js';

const { browser, isolated, plain } = await atTheSite();

const sample = decodeImage(readFileSync('fixtures/samples/fundus.png'), 'fundus');
const part = partOf(sample);

t.test('it is small', async (t) => {
  const files = [...siteFiles()].filter(([address]) => /\.(html|js|css)$/.test(address));
  t.equal(files.length, 6);
  const bytes = files.reduce((sum, [, path]) => sum + gzipSync(readFileSync(path)).length, 0);
  t.ok(bytes < 400_000, `${bytes} bytes gzipped`);
});

/** In ten steps, in both kinds of numbers. */
async function convertedAsThePaper(t: Test, page: Page, picture: Image): Promise<void> {
  await choose(page, '#conversion', 'paper');
  t.equal(await textOf(page, 'moment-said'), 'step 10 of 10');
  t.equal(await textOf(page, 'spikes-all'), thousands(inNode(paper, picture, 10).spikes));
  await choose(page, '#numbers', 'whole');
  t.equal(
    await textOf(page, 'spikes-all'),
    thousands(inNode(withBits(paper, { bits: 8 }), picture, 10).spikes),
  );
}

for (const [kind, url] of [
  ['with threads', isolated],
  ['without threads', plain],
] as const)
  t.test(`${kind}: a visitor sees spikes, with the bits of Node, and nothing leaves the page`, async (t) => {
    const { page, problems, requests } = await visit(
      browser,
      url,
      {},
      kind === 'with threads' ? 'whole' : 'parts',
    );
    const fundus = kind === 'with threads' ? sample : part;
    t.equal(await page.evaluate(() => crossOriginIsolated), kind === 'with threads');
    const ours = inNode(whole, fundus, 1);
    t.match(await textOf(page, 'status'), `Ready: ${thousands(ours.spikes)} spikes.`);
    t.equal(await textOf(page, 'spikes-now'), thousands(ours.spikes));
    t.match(await textOf(page, 'answer-scores'), /^F1 0\.\d{4}, \d\d\.\d\d % of pixels as the U-Net$/);
    t.match(await textOf(page, 'unet-scores'), /^F1 0\.\d{4}$/);
    const answer = await save(page, 'answer');
    t.equal(answer.name, 'fundus.mask.png');
    t.strictSame(decodeImage(answer.bytes, 'answer'), ours.answer());

    await choose(page, '#numbers', 'float32');
    const dump = await save(page, 'dump');
    t.equal(dump.name, 'fundus.safetensors');
    t.ok(Buffer.from(dump.bytes).equals(inNode(oneStep, fundus, 1).dump()), 'every flow and spike count');

    if (kind === 'without threads') await convertedAsThePaper(t, page, fundus);
    t.strictSame(problems, []);
    t.ok(requests.length > 8);
    t.strictSame(
      requests.filter((request) => !request.startsWith(url)),
      [],
    );
    await page.context().close();
  });

t.test('it says that it computes the right bits, result by result', async (t) => {
  const { page, problems } = await visit(browser, isolated);
  await page.getByRole('button', { name: 'Check this browser' }).click();
  const verdict = page.locator('#verify-says', { hasText: 'This browser' });
  await verdict.waitFor();
  t.match(await verdict.textContent(), /^This browser computes the right bits: (\d+) of \1 results\.$/);
  const rows = await page.locator('#verify-table tbody tr').count();
  const items = Object.keys(JSON.parse(readFileSync('fixtures/verify.json', 'utf8')));
  t.ok(rows >= 2 * items.length - 10, `${rows} lines for ${items.length} results`);
  t.equal(await page.locator('#verify-table .right').count(), rows);
  t.strictSame(problems, []);
  await page.context().close();
});

t.test('wrong bits are shown as wrong', async (t) => {
  const { page } = await visit(browser, isolated);
  await page.context().route('**/verify.json', async (route) => {
    const hashes = await (await route.fetch()).json();
    await route.fulfill({ json: { ...hashes, metrics: '0'.repeat(64) } });
  });
  await page.getByRole('button', { name: 'Check this browser' }).click();
  const wrong = page.locator('#verify-table .wrong');
  await wrong.first().waitFor();
  t.match(await wrong.first().locator('..').textContent(), /^metricsno engineWRONG$/);
  await page.context().close();
});
