/** The functions of the WebAssembly module; each runs on all threads at once and takes tasks until none is left. */

export { denseConvolution } from './dense';
export { eventConvolution } from './gather';
export { biasGradient, packChannels, weightGradient } from './gradient';
export { l1Loss, softmaxCrossEntropy } from './loss';
export { adam, rmsprop } from './optimiser';
export { packWeights } from './pack';
export {
  addInto,
  averagePool,
  averagePoolGradient,
  copyChannels,
  divideBy,
  relu,
  reluGradient,
} from './pixelwise';
export { spikingConvolution, spikingInput, spikingPooling } from './spiking';
export { setThread } from './tasks';
