/**
 * What the package offers to programs, in a browser as well: nothing here reads files, imports Node or generates code. The
 * command line in bin/ is built from the same functions and those of node.ts.
 */

export { calibrationInputs } from './convert/calibration.js';
export { type ConversionPlan, convertModel } from './convert/conversion.js';
export { type NormalisedNetwork, normaliseModel } from './convert/normaliseModel.js';
export {
  type Denoised,
  type LoadedNetwork,
  type LoadOptions,
  openNetwork,
  type RunOptions,
  type Segmentation,
} from './convert/openNetwork.js';
export { type LayerScales, layerScales, normalisations } from './convert/scales.js';
export {
  combine,
  type SpikingModel,
  toSpikingModel,
  toTrainableModel,
  toUnet,
  withNeurons,
} from './convert/spikingModel.js';
export { type Lambdas, type Measured, measureActivations, measureLambdas } from './convert/statistics.js';
export { DataError, UsageError } from './core/error.js';
export type { FloatImage } from './core/floatImage.js';
export { type Rng, stream } from './core/rng.js';
export { convertAutomatically } from './diagnose/autoThresholds.js';
export { type Check, checkConversion } from './diagnose/checkConversion.js';
export { type AsfOptions, type AsfPieces, asf } from './engine/asfMethod.js';
export { backprop } from './engine/backprop.js';
export { chooseEngine, defaultEngine, engines, type Host, useHost } from './engine/choose.js';
export { type Engine, withProgram } from './engine/door.js';
export type { Example, LossGradient, Method } from './engine/method.js';
export { type Averages, findOptimiser, type Optimiser } from './engine/optimiser.js';
export { argmax, type Prediction, padImage, predict, type Run, unetRun } from './engine/predict.js';
export { probabilities } from './engine/probability.js';
export type { Pass, Program } from './engine/program.js';
export { readOut, spikingRun } from './engine/readout.js';
export type { Simulation, SimulationOptions } from './engine/simulation.js';
export type { Trainer, TrainerOptions } from './engine/trainer.js';
export { decodeSafetensors, encodeSafetensors, type TensorFile } from './format/safetensors.js';
export { accuracy, countBinary, f1Score, jaccard } from './measure/binaryCounts.js';
export { type Comparison, compareTensors } from './measure/compareTensors.js';
export { type EnergyReport, energyReport, layerCosts } from './measure/energyModels.js';
export { evaluateDenoising, evaluateSegmentation } from './measure/evaluateTask.js';
export { confusionMatrix, ioUs, meanIoU } from './measure/miou.js';
export { psnr } from './measure/psnr.js';
export { metricsOf, type SegmentationMetrics, tallyOf } from './measure/segmentation.js';
export { ssim } from './measure/ssim.js';
export { decodeModel, encodeModel, type Model } from './model/model.js';
export { type ImportedNetwork, readStateDict } from './model/stateDict.js';
export type { Configuration, Layer, Task } from './net/architecture.js';
export { buildLayers } from './net/architectures.js';
export type { Network } from './net/network.js';
export {
  commonParameters,
  type NeuronParameters,
  type NeuronSchema,
  type Reset,
} from './neuron/commonParameters.js';
export {
  checkNeuronParameters,
  findNeuron,
  type Given,
  type Neurons,
  neuronParameters,
  neurons,
} from './neuron/index.js';
export type { Neuron } from './neuron/neuron.js';
export {
  numberFrom,
  type Origin,
  oneWord,
  type Parameter,
  type Schema,
  valueError,
} from './neuron/parameter.js';
export type { SpikingNetwork } from './neuron/spikingNetwork.js';
export type { Image } from './picture/image.js';
export { preprocess } from './picture/preprocess.js';
export { type Raster, toImage } from './picture/raster.js';
export type { Sample } from './picture/sample.js';
