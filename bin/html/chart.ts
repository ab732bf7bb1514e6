/**
 * The charts of pages as data: what browser/charts.ts draws, by the name of the drawing. This file holds
 * types only, because the browser's script imports it as well.
 */

/** What each drawing needs. */
export interface Drawings {
  /** Points on a line, and a level to compare with. */
  readonly curve: {
    readonly points: readonly { readonly x: number; readonly y: number }[];
    readonly level?: { readonly name: string; readonly value: number } | undefined;
    readonly xLabel: string;
    readonly yLabel: string;
  };
  /** Lines over a logarithmic x, each with a name, and a level to compare with. */
  readonly lines: {
    readonly lines: readonly {
      readonly name: string;
      readonly points: readonly { readonly x: number; readonly y: number }[];
    }[];
    readonly level?: { readonly name: string; readonly value: number } | undefined;
    readonly xLabel: string;
    readonly yLabel: string;
  };
  /** Activation against firing rate: neurons in the cells of a grid, a panel for each layer. */
  readonly rates: {
    readonly cells: readonly {
      readonly layer: string;
      readonly x: number;
      readonly y: number;
      readonly neurons: number;
    }[];
    /** Side of a cell, and end of both axes. */
    readonly cell: number;
    readonly most: number;
  };
  /** Spikes by layer and step; `order` has the layers from top to bottom. */
  readonly layers: {
    readonly spikes: readonly { readonly layer: string; readonly step: number; readonly spikes: number }[];
    readonly order: readonly string[];
    readonly steps: number;
  };
  /** Shares of neurons, 0..1, by spikes a step. */
  readonly histogram: {
    readonly bins: readonly { readonly from: number; readonly to: number; readonly share: number }[];
  };
  /** Of each layer the relative error of its flow, the share of clipped neurons, and its silent channels. */
  readonly flowErrors: {
    readonly layers: readonly {
      readonly layer: string;
      readonly error: number;
      readonly clipped: number;
      readonly silent: number;
      readonly channels: number;
    }[];
  };
  /** Two scores of each layer, by the name of what was run, and levels to compare with. */
  readonly scores: {
    readonly scores: readonly { readonly layer: string; readonly what: string; readonly score: number }[];
    readonly levels: readonly { readonly name: string; readonly value: number }[];
    readonly xLabel: string;
  };
  readonly energy: { readonly models: readonly { readonly name: string; readonly joules: number }[] };
  /** Spikes a step of the neurons (channels) above one pixel, up to each of some numbers of steps. */
  readonly raster: {
    readonly spikes: readonly {
      readonly step: number;
      readonly channel: number;
      readonly spikes: number;
    }[];
    readonly steps: readonly number[];
    readonly channels: number;
  };
  /** One neuron: its membrane potential along x, and the thresholds that it is compared with, in volts. */
  readonly membrane: {
    readonly points: readonly { readonly x: number; readonly volts: number; readonly when: string }[];
    readonly thresholds: readonly number[];
    readonly xLabel: string;
  };
}

export type DrawingName = keyof Drawings;

/** A drawing with its data. */
export type Drawing = { [Name in DrawingName]: { readonly draw: Name } & Drawings[Name] }[DrawingName];

/** The same numbers for readers who do not see the chart. */
export interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

export interface Chart {
  /** Names the chart in the page. */
  readonly id: string;
  /** What one sees in it. */
  readonly alt: string;
  readonly drawing: Drawing;
  readonly table: Table;
}
