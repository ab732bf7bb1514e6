/** The page of spikes, open in a browser, and what a visitor does on it. */

import { readFileSync } from 'node:fs';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import t from 'tap';
import { serve } from '../../bin/page/server.js';
import { siteFiles } from '../../bin/page/siteFiles.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { encodePng } from '../../lib/picture/encode.js';
import { cropImage, type Image } from '../../lib/picture/image.js';
import { launch, missing, type Opened, openIn } from './browser.js';

/**
 * A browser, and two servers of the site: with the headers that threads need, and without, as any web server
 * is. They end with the file. Where there is no browser the file is skipped, with a line that says so.
 */
export async function atTheSite(): Promise<{
  readonly browser: Browser;
  readonly isolated: string;
  readonly plain: string;
}> {
  if (missing) {
    t.plan(0, `the page was not opened in a browser: ${missing}`);
    process.exit();
  }
  const servings = [await serve(0), await serve(0, false)];
  const browser = await launch();
  t.teardown(async () => {
    await browser.close();
    for (const { server } of servings) {
      server.closeAllConnections();
      server.close();
    }
  });
  const [isolated, plain] = servings.map(({ url }) => url);
  return { browser, isolated, plain };
}

/** A part of a sample, which is computed sooner. */
export const partOf = (picture: Image): Image => cropImage(picture, { top: 96, left: 96, side: 64 });

const crops = new Map(
  [...siteFiles()]
    .filter(([address]) => address.startsWith('samples/'))
    .map(([address, path]) => {
      return [address, Buffer.from(encodePng(partOf(readImage(path))))] as const;
    }),
);

/**
 * Opens the page and waits until its first run has ended. Its pictures are parts of 64 x 64 pixels, unless
 * they are to be whole.
 */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
  pictures: 'parts' | 'whole' = 'parts',
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  if (pictures === 'parts')
    await context.route('**/samples/*.png', (route) => {
      const body = crops.get(new URL(route.request().url()).pathname.slice(1))!;
      return route.fulfill({ body, contentType: 'image/png' });
    });
  const opened = await openIn(context, url);
  await ready(opened.page);
  return opened;
}

/** Waits until nothing runs and the last run went well. */
export async function ready(page: Page): Promise<void> {
  const status = page.locator('body:not([aria-busy]) #status', { hasText: /^Ready/ });
  await status.waitFor();
}

/** Changes a control, and waits for the run that this starts. */
export async function choose(page: Page, control: string, value: string): Promise<void> {
  const element = page.locator(control);
  await afterARun(page, async () => {
    if (await element.evaluate((one) => one instanceof HTMLSelectElement)) await element.selectOption(value);
    else await element.fill(value);
    await element.dispatchEvent('change');
  });
}

/** Does something that starts a run, and waits for its end. */
async function afterARun(page: Page, action: () => Promise<unknown>): Promise<void> {
  const before = await page.locator('body').getAttribute('data-runs');
  await action();
  await page.locator(`body:not([data-runs="${before}"])`).waitFor();
  await ready(page);
}

/** Drops a picture or a model that can be read, and waits for the run with it. */
export const dropAndRun = (page: Page, name: string, bytes: Uint8Array) =>
  afterARun(page, () => drop(page, name, bytes));

/** Drops a file on the page; it may be one that cannot be read. */
export async function drop(page: Page, name: string, bytes: Uint8Array): Promise<void> {
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    { name, base64: Buffer.from(bytes).toString('base64') },
  );
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

/** Presses a button that saves, and returns what was saved. */
export async function save(page: Page, what: string): Promise<{ name: string; bytes: Uint8Array }> {
  const download = page.waitForEvent('download');
  await page.locator(`[data-save=${what}]`).click();
  const saved = await download;
  return { name: saved.suggestedFilename(), bytes: readFileSync(await saved.path()) };
}

/** The text of an element. */
export const textOf = async (page: Page, id: string): Promise<string> =>
  (await page.locator(`#${id}`).textContent()) ?? '';
