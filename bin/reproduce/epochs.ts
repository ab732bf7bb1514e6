/** The option --epochs: how long all trainings last. */

import { count, percent } from '../cli/parse.js';

/** A number, or a part of those of each recipe. */
export type Epochs = number | `${number}%`;

export function epochs(text: string): Epochs {
  return text.endsWith('%') ? `${percent(text)}%` : count(text);
}

/** Epochs of a training whose recipe has `usual` of them: at least one. */
export function epochsOf(chosen: Epochs, usual: number): number {
  if (typeof chosen === 'number') return chosen;
  return Math.max(1, Math.round((usual * Number.parseFloat(chosen)) / 100));
}
