/**
 * In section 3.1 a layer reads what the layers before it fired in the previous step; in Algorithm 1, in the
 * same step. When the last layer is computed first, every layer still finds the spikes of the previous step.
 */

export function readingStepBefore<Layer>(layers: readonly Layer[]): readonly Layer[] {
  return layers.toReversed();
}
