/** What the report is about: all that was read and measured, before it is put into words and pictures. */

import type { SpikingModel } from '../../lib/convert/spikingModel.js';
import type { Check } from '../../lib/diagnose/checkConversion.js';
import type { Column, OverSteps } from '../../lib/diagnose/overSteps.js';
import type { Evaluation } from '../../lib/measure/evaluateTask.js';
import type { Sample } from '../../lib/picture/sample.js';
import type { EpochRecord } from '../../lib/train/loop.js';
import type { KnownEnergy } from '../cli/energyTable.js';
import type { LayerRates } from './layerRates.js';

/** A file, or what was drawn, with its SHA-256. */
export interface Hashed {
  readonly name: string;
  readonly sha256: string;
}

/** Where the conversion lost accuracy, on some of the pictures. */
export interface PicturesCheck extends Check {
  readonly pictures: number;
}

/** What the networks made of one picture: class ids [H,W], or clean images [H,W,C]. */
export interface Shown {
  readonly sample: Sample;
  /** What the networks read, [H,W,C]. */
  readonly seen: Float32Array;
  readonly unet?: Uint8Array | Float32Array | undefined;
  readonly spiking: Uint8Array | Float32Array;
}

export interface Findings {
  readonly command: string;
  readonly versions: string;
  readonly models: readonly Hashed[];
  readonly pictures: readonly Hashed[];
  readonly spiking: SpikingModel;
  /** T */
  readonly steps: number;
  /** What metrics compare with. */
  readonly against: 'labels' | 'clean pictures' | "the U-Net's answer" | 'its own answer at T';
  readonly metric: 'F1' | 'mIoU' | 'PSNR';
  /** Noise that a denoiser has to remove, in grey levels. */
  readonly sigma?: number | undefined;
  readonly shown: readonly Shown[];
  readonly unet?: Evaluation | undefined;
  readonly overSteps: OverSteps;
  readonly column: Column;
  /** undefined: the network has no U-Net or no lambdas. */
  readonly rates?: readonly LayerRates[] | undefined;
  /** Of the first pictures, with --check; undefined: it was not asked for, or cannot be measured. */
  readonly check?: PicturesCheck | undefined;
  /** undefined: operations of this network cannot be counted. */
  readonly energy?: KnownEnergy | undefined;
  /** The epochs of the training, with --run. */
  readonly training?: readonly EpochRecord[] | undefined;
}
