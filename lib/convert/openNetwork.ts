/**
 * A network to use: the bytes of a model file become something that segments or denoises pictures of any
 * size. Results are arrays that belong to the caller. It reads no files (lib/node/load.ts does): a browser
 * gets the bytes by `fetch`.
 */

import { UsageError } from '../core/error.js';
import { chooseEngine } from '../engine/choose.js';
import { argmax } from '../engine/predict.js';
import { probabilities } from '../engine/probability.js';
import { decodeModel, type Model } from '../model/model.js';
import { modelInput } from '../model/modelInput.js';
import type { Task } from '../net/architecture.js';
import type { Image } from '../picture/image.js';
import { removeNoise } from '../picture/noise.js';
import { readToRun } from './modelRun.js';

export interface LoadOptions {
  /** Of a model that holds both networks, take the U-Net and not the spiking network; default: false. */
  readonly unet?: boolean;
  /** Threads to compute on; default: 1. Results do not depend on it. */
  readonly threads?: number;
}

export interface RunOptions {
  /** T; default: what the network was made for. A U-Net has no steps. */
  readonly steps?: number;
}

export interface Segmentation {
  /** Class ids [H,W], in the order of `classNames`. */
  readonly classes: Uint8Array;
  /** Probability of each class at each pixel, [H,W,K], 0..1. */
  readonly probability: Float32Array;
  /** Spikes of all neurons in all steps; 0 for a U-Net. */
  readonly spikes: number;
}

export interface Denoised {
  /** The picture without the noise that was found in it, [H,W,C], 0..1. */
  readonly clean: Float32Array;
  /** Spikes of all neurons in all steps; 0 for a U-Net. */
  readonly spikes: number;
}

export interface LoadedNetwork {
  readonly task: Task;
  /** Names of the classes, in the order of their ids; empty for a denoiser. */
  readonly classNames: readonly string[];
  /** The model itself, for the functions of the package. */
  readonly model: Model;
  /**
   * Finds the class of each pixel.
   * @throws UsageError where the network is a denoiser, or where a U-Net is given steps
   */
  segment(picture: Image, options?: RunOptions): Segmentation;
  /**
   * Removes the noise of a picture.
   * @throws UsageError where the network segments, or where a U-Net is given steps
   */
  denoise(picture: Image, options?: RunOptions): Denoised;
  /** Frees its memory, and its threads unless another network computes on the same number. */
  dispose(): void;
}

/**
 * Makes a network of the bytes of a model file (`.safetensors`); `source` is what messages call it, such
 * as its name.
 * @throws DataError that says what is wrong with the file
 */
export function openNetwork(
  bytes: Uint8Array,
  source: string,
  { unet = false, threads = 1 }: LoadOptions = {},
): LoadedNetwork {
  const { model: stored } = decodeModel(bytes, source);
  const { model, steps: usual, runOf } = readToRun(stored, source, { unet });
  const engine = chooseEngine(undefined, threads);
  const program = engine.prepare(model);
  const { task, classes } = model.configuration;
  const run = (picture: Image, { steps }: RunOptions) => {
    const network = runOf(program, steps);
    const image = modelInput(model, picture);
    const T = Math.max(1, steps ?? usual);
    return { input: image.data, T, ...network(image) };
  };
  const requireTask = (wanted: Task) => {
    if (task !== wanted)
      throw new UsageError(`${source}: is a network to ${task}, expected one to ${wanted}`);
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
    dispose: () => engine.dispose(),
  };
}
