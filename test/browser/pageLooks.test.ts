/**
 * The page of spikes on a phone and a desk, in the light and in the dark, and for those who do not see it.
 */

import t from 'tap';
import { overflow } from './browser.js';
import { contrasts } from './contrast.js';
import { atTheSite, visit } from './site.js';

const { browser, isolated } = await atTheSite();

for (const [device, viewport] of [
  ['a phone', { width: 360, height: 740 }],
  ['a desk', { width: 1280, height: 800 }],
] as const)
  t.test(`${device}: nothing sticks out, texts can be read, and all has a name`, async (t) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, problems } = await visit(browser, isolated, { viewport, colorScheme });
      t.equal(await overflow(page), 0, colorScheme);
      const texts = await contrasts(page);
      t.ok(texts.length > 40, `${texts.length} texts`);
      t.strictSame(
        texts.filter(({ ratio }) => ratio < 4.5),
        [],
        `${colorScheme}: contrast`,
      );
      const unnamed = await page.locator('input, select, button, canvas, [role=img]').evaluateAll((all) =>
        all
          .filter((one) => !(one as HTMLInputElement).labels?.length && !one.getAttribute('aria-label'))
          .filter((one) => !one.textContent?.trim())
          .map((one) => one.outerHTML),
      );
      t.strictSame(unnamed, []);
      t.equal(await page.locator('h1').count(), 1);
      t.strictSame(problems, []);
      await page.context().close();
    }
  });
