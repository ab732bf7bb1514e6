/**
 * Numbers that TypeScript shares with the AssemblyScript of assembly/, which imports this file. The order of
 * fields and arguments comes the other way, from assembly/ (generated/orders.ts).
 */

/** Address of the control block of threads, whose first word counts the tasks that have been taken. */
export const CONTROL_ADDRESS = 1024;

/** Output channels of a block of the dense and of the event-driven kernels. */
export const BLOCK = 8;
export const WIDE_BLOCK = 16;
/** Pixels that the dense kernels have in registers, at most. */
export const MOST_PIXELS = 6;
/** Input and output channels of a block of the gradient with respect to the weights. */
export const IN_BLOCK = 4;
export const OUT_BLOCK = 8;

/** At most this many taps of a kernel, and phases (grids of output pixels that read alike). */
export const MOST_TAPS = 9;
export const MOST_PHASES = 4;

/** An event of one step, and of two, in bytes. */
export const EVENT_BYTES = 8;
export const PAIR_BYTES = 16;
/** Bytes of scratch memory for the taps and the runs of one phase, and for a band. */
export const OFFSETS_BYTES = 64;
export const RUNS_BYTES = 128;
export const BAND_BYTES = 64;

/** How neurons fire: `Dynamics` of lib/neuron. */
export const INTEGRATE = 0;
export const SINGLE = 1;
export const CASCADE = 2;
export const LEVELS = 3;

/** Derivatives of a spike: `SurrogateKernel` of lib/neuron. */
export const STRAIGHT = 0;
export const RECTANGLE = 1;
export const TRIANGLE = 2;
export const ATAN = 3;

/** What is summed for each channel (lib/op/channelLoops.ts). */
export const OF_VALUES = 0;
export const OF_SQUARES = 1;
export const OF_PRODUCTS = 2;

/** `VOID` of lib/op/losses.ts. */
export const VOID_LABEL = 255;

/** Below these divisors D and ceilings D 2^N, spikes need no correction (assembly/integerNeurons.ts). */
export const DIVISORS_END = 1 << 15;
export const CEILINGS_END = 1 << 21;
