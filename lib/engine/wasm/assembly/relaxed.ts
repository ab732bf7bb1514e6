/**
 * The kernels that are another function with relaxed SIMD, as a module of their own: it takes the place of
 * theirs in index.ts where WebAssembly has it.
 */

export { integerConvolution } from './integerKernels';
export { setThread } from './tasks';
