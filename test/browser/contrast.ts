/** How well the texts of a page can be read: contrast of each against the page, as WCAG 2 defines it. */

import type { Page } from 'playwright-core';

export interface Contrast {
  readonly text: string;
  /** 1..21; 4.5 is enough for texts of any size. */
  readonly ratio: number;
}

/** Relative luminance of `rgb(r, g, b)`, 0..1. */
function luminance(colour: string): number {
  const channels = colour.match(/[\d.]+/g)!.map(Number);
  if (channels.length > 3 && channels[3] < 1) throw new Error(`${colour}: is transparent`);
  const [r, g, b] = channels.map((level) => {
    const share = level / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, in either order. */
export function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Every visible text of the page but those of controls, which the browser colours, against its ground. */
export async function contrasts(page: Page): Promise<Contrast[]> {
  const { ground, texts } = await page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const texts: { text: string; colour: string }[] = [];
    while (walker.nextNode()) {
      const { parentElement, textContent } = walker.currentNode;
      const text = textContent!.trim();
      if (!parentElement || text === '' || parentElement.closest('select, script, style')) continue;
      if (parentElement.getClientRects().length === 0) continue;
      const style = getComputedStyle(parentElement);
      texts.push({ text, colour: parentElement.closest('svg') ? style.fill : style.color });
    }
    return { ground: getComputedStyle(document.body).backgroundColor, texts };
  });
  return texts.map(({ text, colour }) => ({ text, ratio: contrast(colour, ground) }));
}
