/** The sections of the report in their order, one line each. */

import type { Section } from './section.js';
import { aboutSection } from './sections/aboutSection.js';
import { conversionSection } from './sections/conversionSection.js';
import { energySection } from './sections/energySection.js';
import { histogramSection } from './sections/histogramSection.js';
import { layersSection } from './sections/layersSection.js';
import { metricSection } from './sections/metricSection.js';
import { picturesSection } from './sections/picturesSection.js';
import { rasterSection } from './sections/rasterSection.js';
import { ratesSection } from './sections/ratesSection.js';
import { trainingSection } from './sections/trainingSection.js';

export const sections: readonly Section[] = [
  aboutSection,
  picturesSection,
  metricSection,
  conversionSection,
  ratesSection,
  layersSection,
  histogramSection,
  energySection,
  rasterSection,
  trainingSection,
];
