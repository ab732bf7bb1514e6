/**
 * The authors' code and Eq. 10 define flows of neurons only; a layer without neurons passes on its current.
 */

import { UsageError } from '../core/error.js';
import { handsOnCurrent, type Network } from '../net/network.js';

/** Refuses a network in which a layer without neurons is read by others (UsageError). */
export function requireNeurons({ layers }: Network, choice: string): void {
  const without = layers.find(handsOnCurrent);
  if (!without) return;
  throw new UsageError(
    `${choice}: no neurons follow ${without.name}, and its flow would not fit those before it: ` +
      "take the paper's",
  );
}
