/** Whether two models are the same, however they were trained. */

import type { Test } from 'tap';
import type { Model } from '../../lib/index.js';

/** The same bits in all weights, and the same figures of the same epoch. */
export function requireSame(t: Test, ours: Model, theirs: Model) {
  t.strictSame([...ours.parameters.keys()], [...theirs.parameters.keys()]);
  for (const [name, values] of theirs.parameters) t.strictSame(ours.parameters.get(name), values, name);
  const { run: _, ...notes } = theirs.notes; // the id of the run folder: there is none here
  t.strictSame(ours.notes, notes);
}
