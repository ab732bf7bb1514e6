/**
 * What the page asks of its worker, and what the worker answers: plain data, which crosses between threads.
 */

import type { Drawings } from '../../html/chart.js';

/** A file that was dropped or chosen, or that belongs to the site. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface GivenPicture extends NamedBytes {
  /** The data set whose classes its label has. */
  readonly dataset?: string | undefined;
  /** What is to be found in it, if that is known; and its field of view. Both as PNG. */
  readonly label?: Uint8Array | undefined;
  readonly mask?: Uint8Array | undefined;
}

/** Which network runs, and how. */
export interface Choice {
  /** The conversion that the file holds, or the paper's of the same U-Net. */
  readonly conversion: 'stored' | 'paper';
  readonly numbers: 'whole' | 'float32';
  /** T */
  readonly steps: number;
  /** Noise to be removed, in grey levels; 0: the picture is noisy already. */
  readonly sigma: number;
  /** The layer that is watched, by the name of its signal. */
  readonly signal: string;
}

/** A neuron of the layer that is watched. */
export interface NeuronPlace {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

export type Request =
  | { readonly ask: 'open'; readonly model?: NamedBytes; readonly picture?: GivenPicture }
  | { readonly ask: 'run'; readonly choice: Choice }
  | { readonly ask: 'neuron'; readonly place: NeuronPlace; readonly moment: number }
  | { readonly ask: 'save'; readonly what: Saved }
  | { readonly ask: 'verify' };

export type Saved = 'answer' | 'dump' | 'report';

/** Pixels as a canvas takes them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
}

/** A layer that can be watched. */
export interface KnownSignal {
  readonly name: string;
  readonly channels: number;
}

/** The model that is open. */
export interface ModelCard {
  readonly task: 'segment' | 'denoise';
  /** Of the network that spikes: T that it was made for. */
  readonly steps: number;
  /** Names of classes with their colours; of a denoiser none. */
  readonly classes: readonly { readonly name: string; readonly colour: string }[];
  readonly signals: readonly KnownSignal[];
  /** T of the paper's conversion. */
  readonly paperSteps: number;
  /** Why the paper's conversion cannot be had; undefined: it can. */
  readonly noPaper?: string | undefined;
  /** Why it cannot run in whole numbers, or only so; undefined: it can. */
  readonly noWhole?: string | undefined;
  readonly onlyWhole: boolean;
  /** What the colours of differences mean. */
  readonly differences: string;
}

/** How the channels of a layer lie side by side in one picture, with a line of one pixel between them. */
export interface Tiles {
  readonly channels: number;
  /** Neurons of a channel. */
  readonly rows: number;
  readonly columns: number;
  /** Tiles side by side. */
  readonly across: number;
  /** A pixel shows this many neurons each way, the one that fires most. */
  readonly shrink: number;
}

export interface Counted {
  readonly spikes: number;
  /** Synaptic operations of the spiking network, multiply-accumulates of the U-Net. */
  readonly operations: number;
  /** undefined: nobody has measured what arithmetic of so many bits takes. */
  readonly joules: number | undefined;
  /** Of the network alone, milliseconds, in a run that is not the first. */
  readonly ms: number;
}

/** One moment: after a step, or with one threshold more. */
export interface Moment {
  readonly index: number;
  /** What the slider says: "step 3 of 10". */
  readonly label: string;
  readonly answer: Pixels;
  /** Where the answer differs from that of the U-Net. */
  readonly difference?: Pixels | undefined;
  /** In words: F1 0.81, 99 % of pixels as the U-Net. */
  readonly scores: readonly string[];
  readonly map: Pixels;
}

export type Answer =
  | { readonly tell: 'opened'; readonly model?: ModelCard }
  | {
      readonly tell: 'inputs';
      readonly input: Pixels;
      readonly truth?: Pixels | undefined;
      readonly unet?: { readonly answer: Pixels; readonly scores: readonly string[] } & Counted;
    }
  /** How many moments will come, and how the layer lies in its picture. */
  | { readonly tell: 'begins'; readonly moments: number; readonly tiles: Tiles }
  | { readonly tell: 'moment'; readonly moment: Moment }
  /** Spikes of all layers up to each moment, from the moment `first` on. */
  | { readonly tell: 'fired'; readonly first: number; readonly spikes: readonly number[] }
  | { readonly tell: 'ends'; readonly counted: Counted; readonly layers: Drawings['layers'] }
  | { readonly tell: 'neuron'; readonly says: string; readonly chart: Drawings['membrane'] }
  | { readonly tell: 'file'; readonly file: NamedBytes & { readonly type: string } }
  | { readonly tell: 'remark'; readonly text: string }
  | { readonly tell: 'checked'; readonly item: string; readonly who: string; readonly right: boolean }
  | { readonly tell: 'done' }
  | { readonly tell: 'failed'; readonly message: string };
