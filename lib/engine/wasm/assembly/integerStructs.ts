/**
 * What the kernels of networks in whole numbers share: integerNetwork.ts of lib/integer says what they mean.
 */

/** Codes [T,H,W,C] that a layer reads; two sources stand for their concatenation. */
@unmanaged
export class CodeSource {
  codes: usize;
  /** With padding. */
  channels: u32;
  /** Bytes from one step to the next. */
  stepBytes: u32;
  /** Bytes of a code: 1 for spikes, 2 for a picture. */
  codeBytes: u32;
}

/** The neurons of a layer, or its output; all [H,W,C] with C a multiple of 8. */
@unmanaged
export class IntegerNeurons {
  /** Of an image that is one step. */
  width: u32;
  channels: u32;
  /** 0: the output, which sums its currents in `membrane`. */
  fires: u32;
  /** i32 [C]: V(0), D, and the largest membrane that matters, D 2^N; f32 [C]: 1 / D. */
  start: usize;
  divisors: usize;
  ceilings: usize;
  reciprocals: usize;
  /** Whether D and D 2^N are so small that spikes need no correction. */
  small: u32;
  /** Membranes saturate at this, and at the negative of the next number. */
  mostMembrane: u32;
  /** i32 [H,W,C]; 0: there is only one step, and nobody asks what it leaves. */
  membrane: usize;
  /** Whether membranes have no contents yet: the first step starts from V(0). */
  fresh: u32;
  /** u8 [T,H,W,C] */
  codes: usize;
  stepBytes: u32;
  /** u64 [T]: spikes of each step. */
  totals: usize;
  /** Only the spikes of this window count. */
  windowTop: u32;
  windowBottom: u32;
  windowLeft: u32;
  windowRight: u32;
}

/** A convolution of either kind, and the neurons that it drives. */
@unmanaged
export class IntegerLayer {
  /** Its `channelsIn` counts words of 32 bits: four codes of 8 bits, or two of 16. */
  geometry: usize;
  /** One or two `CodeSource`, one after the other. */
  sources: usize;
  sourceCount: u32;
  /** 1: weights and codes have 8 bits; 0: they have 16. */
  narrow: u32;
  /** Packed as those of the dense kernel, a word in place of a float32; i32 [O]. */
  weights: usize;
  bias: usize;
  /** u8 of each word row of the weights: how many of them can be summed in 16 bits; 0: all in 32. */
  lengths: usize;
  neurons: usize;
  steps: u32;
  /** Whether the current is the same in every step. */
  still: u32;
}

/** 2x2 average pooling, and its neurons. */
@unmanaged
export class IntegerPooling {
  source: usize;
  /** What a code counts. */
  factor: u32;
  neurons: usize;
  steps: u32;
  height: u32;
  /** Rows of the output that are one task. */
  rows: u32;
}
