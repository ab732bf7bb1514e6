/**
 * Table 3: the effect of normalisation, neuron and fine-tuning. Its LW rows leave out the converted networks.
 */

import { type PlainConversion, spiking } from '../cell.js';
import { MIOU } from '../metric.js';
import type { Row, Table } from '../paperTable.js';

const LONG = 1000;
const SHORT = 20;

function row(
  norm: PlainConversion['norm'],
  neuron: string,
  kind: 'converted' | 'finetuned',
  steps: number,
  paper?: number,
): Row {
  const tick = (yes: boolean) => (yes ? 'x' : '');
  const cell = spiking(kind, 'camseq01', steps, { norm, neuron });
  return {
    labels: [
      norm === 'layer' ? 'LW' : 'CW',
      tick(neuron === 'mt'),
      tick(kind === 'finetuned'),
      String(steps),
    ],
    entries: [{ cell, metric: MIOU, paper }],
  };
}

export const table3: Table = {
  title: 'Table 3: normalisation, neuron, fine-tuning',
  columns: ['norm', 'MT', 'FT', 'T', 'mIoU'],
  rows: [
    row('connection', 'if', 'converted', LONG, 0.592),
    row('connection', 'mt', 'converted', LONG, 0.623),
    row('connection', 'if', 'converted', SHORT, 0.002),
    row('connection', 'mt', 'converted', SHORT, 0.272),
    row('layer', 'if', 'converted', LONG),
    row('layer', 'mt', 'converted', LONG),
    row('layer', 'if', 'converted', SHORT),
    row('layer', 'mt', 'converted', SHORT),
    row('layer', 'if', 'finetuned', SHORT, 0.144),
    row('layer', 'mt', 'finetuned', SHORT, 0.199),
    row('connection', 'if', 'finetuned', SHORT, 0.603),
    row('connection', 'mt', 'finetuned', SHORT, 0.651),
  ],
};
