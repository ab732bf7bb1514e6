/** Activation against firing rate (Fig. 3 of the paper). */

import { ratesChart } from '../layerRates.js';
import type { Section } from '../section.js';

export const ratesSection: Section = {
  id: 'rates',
  title: 'Activation against firing rate',
  render({ rates, steps }) {
    if (!rates) return undefined;
    return {
      says:
        `Every neuron of some layers on the first picture: what the U-Net's activation is, and what the ` +
        `neuron fires a step over T=${steps}, both in units of lambda; a faithful conversion is a diagonal.`,
      charts: [ratesChart('rates-chart', rates)],
    };
  },
};
