/** Sides of images and patches that options give: which of them a network takes is known only when it is read. */

import { UsageError } from '../../lib/core/error.js';
import type { Layer } from '../../lib/net/architecture.js';
import { multipleOf } from '../../lib/net/graph.js';
import type { PatchSize } from '../../lib/train/patches.js';

/** Refuses the value of an option whose sides a network does not divide (UsageError). */
export function requireSides(option: string, size: PatchSize, layers: readonly Layer[]): void {
  const [height, width] = typeof size === 'number' ? [size, size] : [size.height, size.width];
  const multiple = multipleOf(layers);
  if (height % multiple === 0 && width % multiple === 0) return;
  const given = typeof size === 'number' ? size : `${height}x${width}`;
  throw new UsageError(`${option} ${given}: expected multiples of ${multiple}, as this network takes them`);
}
