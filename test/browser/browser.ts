/**
 * A browser to look at pages with: Chromium of this machine, driven by playwright-core. Where one of the two
 * is missing, `missing` says which, and tests are skipped with it: `t.test(name, { skip: missing }, ..)`.
 * The path of another Chromium or Chrome can be given as $CHROMIUM.
 */

import { existsSync } from 'node:fs';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';

const PATHS = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);
const executablePath = process.env.CHROMIUM ?? PATHS.find((path) => existsSync(path));
const playwright = await import('playwright-core').catch(() => undefined);

/** Why no browser can be started; false: one can. */
export const missing: string | false = !playwright
  ? 'playwright-core is not installed'
  : executablePath === undefined
    ? `no Chromium: none of ${PATHS.join(', ')}, and no $CHROMIUM`
    : false;

/** It runs as any user, shows nothing, and looks for nothing in the net by itself. */
const ARGS = (
  '--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking ' +
  '--disable-component-update --disable-sync'
).split(' ');

/** Milliseconds that anything may take where all cores are busy; what a test asserts is never a time. */
const PATIENCE = 600_000;

/** Starts the browser, which the caller closes. Throws if `missing`. */
export async function launch(): Promise<Browser> {
  if (!playwright || executablePath === undefined) throw new Error(String(missing));
  return playwright.chromium.launch({ executablePath, args: ARGS });
}

/** A page, what went wrong in it, and what it asked for, both filled while it is open. */
export interface Opened {
  readonly page: Page;
  /** Errors and warnings on its console, and errors that nothing caught. */
  readonly problems: readonly string[];
  /** The addresses of all that it loaded, itself first; data: and blob: are no requests. */
  readonly requests: readonly string[];
}

/** Opens a page in a context of its own, by default 1280 x 800 pixels, and waits until it is loaded. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  return openIn(await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options }), url);
}

/** Opens a page in a context, and waits until it is loaded. */
export async function openIn(context: BrowserContext, url: string): Promise<Opened> {
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', ({ message }) => problems.push(message));
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, problems, requests };
}

/** By how many pixels the page is wider than its window: 0 where nothing has to be scrolled sideways. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  ) as Promise<number>;
}
