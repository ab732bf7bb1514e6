/**
 * Not in the paper: conversion for one step without training, compared with the paper's conversion and
 * fine-tuning.
 */

import { type Cell, oneStep, PAPER, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';
import { SPIKES } from '../metric.js';
import type { Entry, Row, Table } from '../paperTable.js';
import { mainEntry, mainMetric, PAPER_FIGURES, SIGMA } from './overview.js';

/** Numbers of thresholds. */
export const BITS = [4, 5, 6, 7, 8];
const STEPS = [1, 2, 4];
/** N of the network that is also fine-tuned. */
const TUNED_BITS = 4;

/** A network of an experiment, or several that differ in N: a row of the table, or a line of the picture. */
export interface Method {
  readonly name: string;
  readonly entries: readonly Entry[];
}

export function unetEntry(experiment: string): Entry {
  return mainEntry(unet(experiment), papers(experiment).unet);
}

/** The methods of an experiment, without the U-Net. */
export function methodsOf(experiment: string): Method[] {
  return [
    ...STEPS.map((T) => ({
      name: `one-step, T=${T}, N=${BITS[0]}..${BITS.at(-1)}`,
      entries: BITS.map((bits) => untrained(experiment, bits, T)),
    })),
    { name: `one-step, N=${TUNED_BITS}, fine-tuned`, entries: [tuned(experiment)] },
    { name: "the paper's conversion", entries: [byPaper(experiment, 'converted')] },
    { name: "the paper's, fine-tuned", entries: [byPaper(experiment, 'finetuned')] },
  ];
}

function papers(experiment: string) {
  return PAPER_FIGURES[`${experiment} connection`];
}

/** An entry that shows the main metric and the spikes. */
function counted(cell: Cell, paper?: number): Entry {
  return { ...mainEntry(cell, paper), beside: SPIKES };
}

function untrained(experiment: string, bits: number, steps: number): Entry {
  return counted(spiking('converted', experiment, steps, oneStep(bits)));
}

function tuned(experiment: string): Entry {
  return counted(spiking('finetuned', experiment, 1, oneStep(TUNED_BITS)));
}

function byPaper(experiment: string, kind: 'converted' | 'finetuned'): Entry {
  const { steps } = experiments[experiment];
  return counted(spiking(kind, experiment, steps, PAPER), papers(experiment)[kind]);
}

/** A row for each network; its entry `own` is at the paper's T. */
function rows(experiment: string): Row[] {
  const { title, steps } = experiments[experiment];
  const row = (network: string, unet?: Entry, few: readonly Entry[] = [], own?: Entry): Row => ({
    labels: [`${title}, ${mainMetric(experiment).name}`, network],
    entries: [unet, ...STEPS.map((_, i) => few.at(i)), own],
  });
  return [
    row('U-Net', unetEntry(experiment)),
    row(`the paper's conversion, T=${steps}`, undefined, [], byPaper(experiment, 'converted')),
    row(`the paper's, fine-tuned, T=${steps}`, undefined, [], byPaper(experiment, 'finetuned')),
    row(`one-step, N=${TUNED_BITS}, fine-tuned`, undefined, [tuned(experiment)]),
    ...BITS.map((bits) =>
      row(
        `one-step, N=${bits}`,
        undefined,
        STEPS.map((T) => untrained(experiment, bits, T)),
      ),
    ),
  ];
}

export const oneStepTable: Table = {
  title: `Conversion for one step: metric / million spikes an image (denoising at sigma ${SIGMA})`,
  columns: ['data set', 'network', 'no spikes', ...STEPS.map((T) => `T=${T}`), "the paper's T"],
  rows: Object.keys(experiments).flatMap(rows),
};
