/**
 * A network to use: loaded by name or file, and run on pictures of any size. What it answers are arrays of the caller's
 * own. For metrics, training and everything else there are the functions of the package itself.
 */

import { toSpikingModel, toUnet } from '../convert/spikingModel.js';
import { stepsOf } from '../convert/usualSteps.js';
import { UsageError } from '../core/error.js';
import { chooseEngine } from '../engine/choose.js';
import { argmax, predict, type Run, unetRun } from '../engine/predict.js';
import { probabilities } from '../engine/probability.js';
import { spikingRun } from '../engine/readout.js';
import { decodeModel, imageChannels, type Model } from '../model/model.js';
import type { Task } from '../net/architecture.js';
import type { Image } from '../picture/image.js';
import { removeNoise } from '../picture/noise.js';
import { preprocess } from '../picture/preprocess.js';
import { modelPath } from './bundled.js';
import { readBytes } from './files.js';

export interface LoadOptions {
  /** Of a model that holds both: the U-Net in the place of the spiking network. */
  readonly unet?: boolean;
  /** Default: 1. The answers do not depend on it. */
  readonly threads?: number;
}

export interface RunOptions {
  /** T; default: what the network was made for. A U-Net has none. */
  readonly steps?: number;
}

export interface Segmentation {
  /** Class ids [H,W], in the order of `classNames`. */
  readonly classes: Uint8Array;
  /** Of each class at each pixel, [H,W,K], 0..1. */
  readonly probability: Float32Array;
  /** Of all neurons in all steps; 0 of a U-Net. */
  readonly spikes: number;
}

export interface Denoised {
  /** The picture without the noise that was found in it, [H,W,C], 0..1. */
  readonly clean: Float32Array;
  readonly spikes: number;
}

export interface LoadedNetwork {
  readonly task: Task;
  /** Empty of a denoiser. */
  readonly classNames: readonly string[];
  /** The model itself, for the functions of the package. */
  readonly model: Model;
  /** UsageError where the network is a denoiser. */
  segment(picture: Image, options?: RunOptions): Segmentation;
  /** UsageError where the network segments. */
  denoise(picture: Image, options?: RunOptions): Denoised;
}

/**
 * Loads a network: a bundled one by name ("drive"), a model file, a checkpoint, or the best of a run folder. DataError says
 * what is wrong with a file.
 */
export function load(path: string, { unet = false, threads = 1 }: LoadOptions = {}): LoadedNetwork {
  const { model: stored } = decodeModel(readBytes(modelPath(path)), path);
  const spiking = stored.stage === 'ann' || unet ? undefined : toSpikingModel(stored, path);
  const model = spiking ?? toUnet(stored, path);
  const { task, classes } = model.configuration;
  const program = chooseEngine(undefined, threads).prepare(model);
  const run = (picture: Image, { steps }: RunOptions) => {
    if (steps !== undefined && !spiking)
      throw new UsageError(`${path}: a U-Net has no steps: leave them out`);
    const T = spiking ? (steps ?? stepsOf(spiking.conversion)) : 1;
    const network: Run = spiking ? spikingRun(program, task, { steps: T }) : unetRun(program);
    const channels = imageChannels(model);
    const input = preprocess(model.preprocess, picture, channels);
    const { height, width } = picture;
    return { input, T, ...predict(network, { data: input, height, width, channels }) };
  };
  const requireTask = (wanted: Task) => {
    if (task !== wanted) throw new UsageError(`${path}: is a network to ${task}, expected one to ${wanted}`);
  };
  return {
    task,
    classNames: model.classNames,
    model,
    segment(picture, options = {}) {
      requireTask('segment');
      const { output, spikes, T } = run(picture, options);
      return { classes: argmax(output, classes), probability: probabilities(output, classes, T), spikes };
    },
    denoise(picture, options = {}) {
      requireTask('denoise');
      const { input, output, spikes } = run(picture, options);
      return { clean: removeNoise(input, output), spikes };
    },
  };
}
