/** What a figure says above a network's prediction. */

import type { Model } from '../../lib/model/model.js';

/** Such as `MT, fine-tuned, T=10`; a direct one was trained with its neurons. */
export function captionOf({ stage, notes }: Pick<Model, 'stage' | 'notes'>, steps: number): string {
  if (stage === 'ann') return 'U-Net';
  const converted = notes.steps === undefined ? 'converted' : 'fine-tuned';
  const made = notes.origin === 'direct' ? 'direct' : converted;
  const bits = notes.bits === undefined ? [] : [`${notes.bits} bits`];
  return [`${notes.neuron}`.toUpperCase(), made, ...bits, `T=${steps}`].join(', ');
}
