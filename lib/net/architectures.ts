/**
 * The table of architectures, one line each. Callers with an architecture of their own pass another table.
 */

import { UsageError } from '../core/error.js';
import type { Configuration, Layer } from './architecture.js';
import { layersOf, type Node } from './graph.js';
import { spikingFcn } from './spikingFcn.js';
import { unet } from './unet.js';

/**
 * The nodes of a network in the order of computation; counts of the configuration are whole and at least 1.
 */
export type Architecture = (configuration: Configuration) => readonly Node[];

/** Architectures by the names that files call them. */
export type Architectures = Readonly<Record<string, Architecture>>;

/** The default architecture: the paper's. */
export const PAPERS = 'unet';

export const architectures: Architectures = { [PAPERS]: unet, 'spiking-fcn': spikingFcn };

/** The table of layers in the order of computation; UsageError for an impossible configuration. */
export function buildLayers(
  configuration: Configuration,
  table: Architectures = architectures,
): readonly Layer[] {
  const { architecture: name = PAPERS, width, channels, classes } = configuration;
  const architecture = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!architecture)
    throw new UsageError(`architecture ${name}: not known, expected one of ${Object.keys(table).join(', ')}`);
  requireCount('width', width);
  requireCount('input channels', channels);
  requireCount('output channels (classes)', classes);
  return layersOf(architecture(configuration), channels);
}

function requireCount(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new UsageError(`${what}: got ${value}, expected a whole number of at least 1`);
  }
}
