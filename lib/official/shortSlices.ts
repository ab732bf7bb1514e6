/**
 * The authors' code scales all channels of each part of a concatenation but the last (`start : start+n-1`),
 * whose lambda counts as 1. Eq. 8 scales all of them.
 */

export const shortSlices = {
  /** lambda of each channel of a concatenation, from that of each part. */
  overChannels: (lambdas: readonly number[], channels: readonly number[]): number[] =>
    channels.flatMap((count, i) =>
      Array.from({ length: count }, (_, c) => (c === count - 1 ? 1 : lambdas[i])),
    ),
};
