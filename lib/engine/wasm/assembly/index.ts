/**
 * The functions of the WebAssembly module; each runs on all threads at once and takes tasks until none is
 * left.
 */

export { channelSums, scaleChannels, scaleChannelsBack } from './channelKernels';
export { countNonZero, countWithin } from './countKernels';
export { denseConvolution } from './dense';
export { eventConvolution } from './gather';
export { biasGradient, packChannels, weightGradient } from './gradientKernels';
export { integerConvolution, integerPooling } from './integerKernels';
export { l1Loss, softmaxCrossEntropy } from './lossKernels';
export { adam, rmsprop, sgd } from './optimiserKernels';
export { packWeights } from './pack';
export {
  addInto,
  averagePool,
  averagePoolGradient,
  copyChannels,
  divideBy,
  relu,
  reluGradient,
} from './pixelwiseKernels';
export { spikingConvolution, spikingInput, spikingPooling } from './spikingKernels';
export { stepNeurons, stepNeuronsBack } from './stepKernels';
export { setThread } from './tasks';
