/** What the package offers to programs; the command line in bin/ is built from the same functions. */

export { calibrationInputs } from './convert/calibration.js';
export { type NormalisedNetwork, normaliseModel } from './convert/normaliseModel.js';
export { type LayerScales, layerScales, normalisations } from './convert/scales.js';
export { type Lambdas, type Measured, measureActivations, measureLambdas } from './convert/statistics.js';
export { convertAutomatically } from './diagnose/autoThresholds.js';
export { type Check, checkConversion } from './diagnose/checkConversion.js';
export { checkDataset } from './image/dataset/checkDataset.js';
export type { Dataset, Sample, Split, Task } from './image/dataset/dataset.js';
export { datasets, findDataset } from './image/dataset/index.js';
export { decodeImage, decodeRasters, type Limits, readImage, readRaster } from './image/decode.js';
export { encodePng, writePng } from './image/encode.js';
export type { Image } from './image/image.js';
export { preprocess } from './image/preprocess.js';
export { type Raster, toImage } from './image/raster.js';
export { chooseKernels, defaultEngine, engines } from './kernel/choose.js';
export type { Kernels } from './kernel/contract.js';
export { accuracy, countBinary, f1Score, jaccard } from './metric/binaryCounts.js';
export { confusionMatrix, ioUs, meanIoU } from './metric/miou.js';
export { psnr } from './metric/psnr.js';
export { metricsOf, type SegmentationMetrics, tallyOf } from './metric/segmentation.js';
export { ssim } from './metric/ssim.js';
export { type Comparison, compareTensors } from './spike/compareTensors.js';
export { type ConversionPlan, convertModel } from './spike/conversion.js';
export { type EnergyReport, energyReport, layerCosts } from './spike/energyModels.js';
export { findNeuron, neuronParameters, neurons } from './spike/neuron/index.js';
export type { Neuron, NeuronParameters } from './spike/neuron/neuron.js';
export { readOut, spikingRun } from './spike/readout.js';
export { newTrace } from './spike/recording.js';
export { simulate } from './spike/simulateNetwork.js';
export type { Simulation, SpikingNetwork } from './spike/simulation.js';
export {
  combine,
  type SpikingModel,
  toSpikingModel,
  toTrainableModel,
  toUnet,
  withNeurons,
} from './spike/spikingModel.js';
export { DataError, UsageError } from './tensor/error.js';
export { type Rng, stream } from './tensor/rng.js';
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './tensor/safetensors.js';
export { asfGradient } from './train/asfGradient.js';
export { unetGradient } from './train/backprop.js';
export { evaluateDenoising, evaluateSegmentation } from './train/evaluateTask.js';
export { throughAmplitudes } from './train/learnedAmplitudes.js';
export { buildLayers, type Configuration, type Layer } from './unet/architecture.js';
export { backward } from './unet/backward.js';
export { forward, type Network } from './unet/forward.js';
export { decodeModel, encodeModel, type Model } from './unet/model.js';
export { argmax, predict, unetRun } from './unet/predict.js';
export { probabilities } from './unet/probability.js';
export { type ImportedNetwork, readStateDict } from './unet/stateDict.js';
