/** Energy in the models that `energy` has. */

import { energyModels } from '../../cli/energyTable.js';
import type { Section } from '../section.js';

export const energySection: Section = {
  id: 'energy',
  title: 'Energy',
  render({ energy }) {
    if (!energy) return undefined;
    const models = energyModels(energy);
    return {
      says:
        'Joules of one picture, counted as "energy" counts them: Eq. 13 pays once for a spike, synops for ' +
        'each synapse that it reaches.',
      charts: [
        {
          id: 'energy-chart',
          alt: `Bar chart: joules of ${models.map(({ name }) => name).join('; ')}`,
          drawing: { draw: 'energy', models: models.map(({ name, joules }) => ({ name, joules })) },
          table: {
            header: ['model', 'operations', 'joules'],
            rows: models.map(({ name, operations, joules }) => [name, operations, joules]),
          },
        },
      ],
    };
  },
};
