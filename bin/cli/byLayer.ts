/** Values of options that single layers may have of their own: `5,relu16=8`. */

import { InvalidArgumentError } from 'commander';

export interface ByLayer {
  /** What no layer is named with. */
  readonly common: readonly string[];
  /** By the name of a layer or of its signal. */
  readonly named: ReadonlyMap<string, string>;
}

/** The items of such a text, which commas separate. */
export function byLayer(text: string): ByLayer {
  const named = new Map<string, string>();
  const common: string[] = [];
  for (const item of text.split(',').map((item) => item.trim())) {
    const at = item.indexOf('=');
    if (at < 0) {
      common.push(item);
      continue;
    }
    const name = item.slice(0, at);
    if (named.has(name)) throw new InvalidArgumentError(`${name} is there twice`);
    named.set(name, item.slice(at + 1));
  }
  return { common, named };
}
