/** The option --epochs: how long all trainings last. */

import { InvalidArgumentError } from 'commander';
import { count, positive } from '../cli/parse.js';

/** A number, or a part of those of each recipe. */
export type Epochs = number | `${number}%`;

export function epochs(text: string): Epochs {
  if (!text.endsWith('%')) return count(text);
  const percent = positive(text.slice(0, -1));
  if (percent > 100) throw new InvalidArgumentError('expected at most 100%');
  return `${percent}%`;
}

/** Epochs of a training whose recipe has `usual` of them: at least one. */
export function epochsOf(chosen: Epochs, usual: number): number {
  if (typeof chosen === 'number') return chosen;
  return Math.max(1, Math.round((usual * Number.parseFloat(chosen)) / 100));
}
