/**
 * What the package offers to programs, in a browser as well: nothing here reads files, imports Node
 * or generates code. The command line in bin/ is built from the same functions and those of node.ts.
 */

export { type CalibrationInput, type CleanImage, calibrationInputs } from './convert/calibration.js';
export { type CompensationOptions, compensated } from './convert/compensated.js';
export { type ConversionPlan, convertModel, type LambdaChoice } from './convert/conversion.js';
export type { PlanOptions, RoundingName, Thresholds } from './convert/convertOptions.js';
export type { DirectChoice } from './convert/directModel.js';
export type { ModelRunOptions } from './convert/modelRun.js';
export { type NormalisedNetwork, normaliseModel } from './convert/normaliseModel.js';
export type {
  ConversionNotes,
  ConvertedNotes,
  DirectNotes,
  NeuronNotes,
  SpikingNotes,
} from './convert/notes.js';
export {
  type Denoised,
  type LoadedNetwork,
  type LoadOptions,
  openNetwork,
  type RunOptions,
  type Segmentation,
} from './convert/openNetwork.js';
export { type Preset, presets } from './convert/presets.js';
export {
  type InputScales,
  type LayerScales,
  layerScales,
  normalisations,
  type ScalePieces,
} from './convert/scales.js';
export {
  type Choice as NeuronChoice,
  type ConvertedModel,
  combine,
  type SpikingModel,
  toSpikingModel,
  toTrainableModel,
  toUnet,
  withBits,
  withNeurons,
} from './convert/spikingModel.js';
export {
  type CalibrationImage,
  type ChannelLambdas,
  type Lambdas,
  type Measured,
  type Measuring,
  measureActivations,
  measureLambdas,
} from './convert/statistics.js';
export { ActionableError, DataError, UsageError } from './core/error.js';
export type { FloatImage } from './core/floatImage.js';
export { type Rng, stream } from './core/rng.js';
export type { Shape } from './core/shape.js';
export type { Window } from './core/window.js';
export { type AutoBits, type BitsTrial, chooseBits } from './diagnose/autoBits.js';
export {
  type AutoConversion,
  type AutoOptions,
  type ChosenLayer,
  convertAutomatically,
} from './diagnose/autoThresholds.js';
export {
  type Check,
  type CheckOptions,
  checkConversion,
  type LayerCheck,
} from './diagnose/checkConversion.js';
export type { Assignment, Choice } from './diagnose/chooseThresholds.js';
export {
  type Converted,
  type ConvertOptions,
  convert,
  type OnProgress,
  type Trial,
} from './diagnose/convertUnet.js';
export {
  chooseEngine,
  defaultEngine,
  type EngineKind,
  engines,
  type Host,
  useHost,
} from './engine/choose.js';
export { type Engine, withProgram } from './engine/door.js';
export type { Kernels, TensorMemory } from './engine/kernels/contract.js';
export type { ConcatDims, ConvDims, ConvTransposeDims, PoolDims } from './engine/kernels/dims.js';
export type {
  IntegerKernels,
  IntegerOptions,
  IntegerOutput,
  IntegerRun,
  IntegerRunner,
} from './engine/kernels/integerContract.js';
export type {
  FusedNeuron,
  Kept,
  Population,
  PopulationDims,
  SpikeTrain,
  SpikingKernels,
  SpikingMode,
} from './engine/kernels/spikingContract.js';
export type { KernelDerivative, StepKernels, SteppedNeuron } from './engine/kernels/stepContract.js';
export { type AsfOptions, type AsfPieces, asf, type Simulate } from './engine/learn/asfMethod.js';
export { backprop } from './engine/learn/backprop.js';
export type { Example, LossGradient, Method } from './engine/learn/method.js';
export { type Averages, findOptimiser, type Optimiser } from './engine/learn/optimiser.js';
export { asfThroughRounding } from './engine/learn/throughRounding.js';
export { type ThroughTimeOptions, throughTime } from './engine/learn/throughTime.js';
export type { Trainer, TrainerOptions } from './engine/learn/trainer.js';
export { anySize, argmax, type Prediction, padImage, type Run, unetRun } from './engine/predict.js';
export { probabilities } from './engine/probability.js';
export type { Pass, Program } from './engine/program.js';
export { readOut, spikingRun } from './engine/readout.js';
export type {
  Mode as SimulationMode,
  Simulation,
  SimulationOptions,
  Sums,
  Watch,
  WatchedStep,
} from './engine/simulate/simulation.js';
export type { OnnxAttributes } from './format/onnx.js';
export {
  decodeSafetensors,
  type EncodingOptions,
  encodeSafetensors,
  type Reading,
  type TensorFile,
  type Written,
} from './format/safetensors.js';
export type { BitWidths } from './integer/bitWidths.js';
export { type Codes, codesOf, pictureCodes } from './integer/codes.js';
export {
  checkBounds,
  type IntegerLayer,
  type IntegerNetwork,
  integerNetwork,
} from './integer/integerNetwork.js';
export {
  type CodeTensor,
  type IntegerRecord,
  integerCurrent,
  integerSimulation,
  integerStep,
} from './integer/integerSteps.js';
export { quantiseParameters } from './integer/quantise.js';
export { type ExactNumbers, type Rounding, toNearest, type WholeNumbers } from './integer/rounding.js';
export { spikesOf } from './integer/spikes.js';
export { parametersInVolts } from './integer/volts.js';
export { accuracy, type BinaryCounts, countBinary, f1Score, jaccard } from './measure/binaryCounts.js';
export {
  type CompareOptions,
  type Comparison,
  compareTensors,
  type FirstDifference,
  type TensorDifference,
  type Tensors as NamedArrays,
} from './measure/compareTensors.js';
export {
  type Energy,
  type EnergyReport,
  energyReport,
  type LayerCost,
  layerCosts,
} from './measure/energyModels.js';
export { type EvaluateOptions, evaluate, type ModelEvaluation } from './measure/evaluateModel.js';
export {
  type DenoisingMetrics,
  type Evaluation,
  evaluateDenoising,
  evaluateSegmentation,
  type Metrics,
  type ScoredEvaluation,
} from './measure/evaluateTask.js';
export type { OnImage } from './measure/imageResult.js';
export { confusionMatrix, ioUs, meanIoU } from './measure/miou.js';
export { psnr } from './measure/psnr.js';
export {
  type BinaryMetrics,
  metricsOf,
  type SegmentationMetrics,
  type Tally,
  tallyOf,
} from './measure/segmentation.js';
export { type SsimDims, ssim } from './measure/ssim.js';
export type { Header } from './model/header.js';
export { decodeModel, encodeModel, type Model, type ModelFile } from './model/model.js';
export { type ImportedNetwork, readStateDict } from './model/stateDict.js';
export type { Configuration, Follower, Join, Layer, Ratio, Task } from './net/architecture.js';
export { type Architecture, type Architectures, buildLayers } from './net/architectures.js';
export { multipleOf, type Node } from './net/graph.js';
export {
  findInitialisation,
  type Initialisation,
  initialisations,
  xavierUniform,
} from './net/initialisation.js';
export type { Network, Signals } from './net/network.js';
export { initialParameters, type NamedTensors, type Parameters } from './net/parameters.js';
export {
  type BatchNormalisation,
  batchNormalisations,
  findBatchNormalisation,
} from './neuron/batchNormalisation.js';
export {
  commonParameters,
  type Differences,
  type NeuronParameters,
  type NeuronSchema,
  type Reset,
  type ThresholdList,
} from './neuron/commonParameters.js';
export {
  checkNeuronParameters,
  findNeuron,
  type Given,
  type Neurons,
  neuronParameters,
  neurons,
} from './neuron/index.js';
export type { Dynamics, Neuron, SpikeDerivative, StepBack, StepInput } from './neuron/neuron.js';
export {
  type About,
  type Kind,
  numberFrom,
  type Origin,
  oneWord,
  type Parameter,
  type Schema,
  valueError,
} from './neuron/parameter.js';
export type { LayerNeuron, SpikingNetwork } from './neuron/spikingNetwork.js';
export { findSurrogate, type Surrogate, type SurrogateKernel, surrogates } from './neuron/surrogate.js';
export { type AsfChoices, type AsfDepartures, asfDepartures, departuresOf } from './official/asfChoices.js';
export type { Departures, ScaleChoices } from './official/scaleChoices.js';
export type { AdamOptions } from './op/adam.js';
export { type AvgPoolOptions, avgPool2d } from './op/avgPool2d.js';
export type { ChannelLoops, Scale, ScaleBack } from './op/channelLoops.js';
export { type ConvOptions, conv2d } from './op/conv2d.js';
export { type ConvTransposeOptions, convTranspose2d } from './op/convTranspose2d.js';
export { identity } from './op/identity.js';
export type { ClassDims } from './op/losses.js';
export type { Interval, Op, Size, Taps, Weights } from './op/op.js';
export type { RmspropOptions } from './op/rmsprop.js';
export type { SgdOptions } from './op/sgd.js';
export { upsample2d } from './op/upsample2d.js';
export type { Image } from './picture/image.js';
export { type PreprocessName, preprocess } from './picture/preprocess.js';
export { type Raster, toImage } from './picture/raster.js';
export type { Sample } from './picture/sample.js';
export { type FinetuneOptions, finetune } from './train/finetuneSpiking.js';
export {
  FINETUNING,
  type LearningDefaults,
  type LearningOptions,
  type Patches,
  TRAINING,
  type WatchOptions,
} from './train/learning.js';
export { DivergedError, type EpochRecord } from './train/loop.js';
export type { PatchSize, Rectangle } from './train/patches.js';
export type { SpikingLearning } from './train/spikingMethods.js';
export { type DirectLearning, type TrainDirectlyOptions, trainDirectly } from './train/trainDirectly.js';
export type { Trained } from './train/trainModel.js';
export { type TrainOptions, train, type UnetOptions } from './train/trainUnet.js';
