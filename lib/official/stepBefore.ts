/**
 * Section 3.1 says that a layer reads what the layers before it fired in the step before; Algorithm 1 reads
 * the same step. With the last layer first, every layer still finds the spikes of the step before.
 */

export function readingStepBefore<Layer>(layers: readonly Layer[]): readonly Layer[] {
  return layers.toReversed();
}
