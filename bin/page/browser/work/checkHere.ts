/** `verify` in a browser: does it compute the expected bits, on one thread and on all? */

import { chooseEngine } from '../../../../lib/engine/choose.js';
import { type Hashes, verify, type Who } from '../../../verify/verification.js';
import { fetched } from '../fetched.js';

export interface Checked {
  readonly item: string;
  readonly who: string;
  readonly right: boolean;
}

/** Tells of each result as soon as it is there; `threads`: what this browser has. */
export async function checkHere(threads: number, tell: (checked: Checked) => void): Promise<void> {
  const expected: Hashes = await (await fetched('verify.json')).json();
  const engines = [...new Set([1, threads])].map((count) => chooseEngine('wasm', count));
  try {
    verify(engines, expected, {
      onItem: (who, item, right) => tell({ item, who: describe(who), right }),
    });
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

function describe({ engine, threads, mode }: Who): string {
  if (engine === 'none') return 'no engine';
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}${mode ? `, ${mode}` : ''}`;
}
