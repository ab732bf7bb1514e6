/** The training of the network, with --run: loss and validation score by epoch. */

import type { EpochRecord } from '../../../lib/train/loop.js';
import type { Chart } from '../../html/chart.js';
import type { Section } from '../section.js';

export const trainingSection: Section = {
  id: 'training',
  title: 'Training',
  render({ training, metric }) {
    if (!training) return undefined;
    const unit = `validation, ${metric}`;
    return {
      says: 'The loss on the training patches, and the score on the validation images, after each epoch.',
      charts: [curve('loss', 'loss', training), curve('score', unit, training)],
    };
  },
};

function curve(key: 'loss' | 'score', name: string, epochs: readonly EpochRecord[]): Chart {
  const known = epochs.flatMap(({ epoch, [key]: value }) =>
    value === undefined ? [] : [{ x: epoch, y: value }],
  );
  return {
    id: `training-${key}`,
    alt: `Line chart: ${name} over ${known.length} epochs`,
    drawing: { draw: 'curve', points: known, xLabel: 'epoch', yLabel: name },
    table: { header: ['epoch', name], rows: known.map(({ x, y }) => [x, y]) },
  };
}
