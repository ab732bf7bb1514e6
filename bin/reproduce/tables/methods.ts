/** The methods that Tables 1 and 2 compare, and what the paper has of each. */

import { type Cell, type Direct, direct, spiking, unet } from '../cell.js';
import { experiments } from '../experiment.js';

/**
 * The neurons that are compared, with the normalisation that their authors train them with; of MT nothing is
 * said.
 */
const RIVALS: readonly (readonly [neuron: string, normalisation: Direct['normalisation']])[] = [
  ['ml', 'tdbn'],
  ['rs', 'bn'],
  ['mt', 'bn'],
];

export const METHOD_COLUMNS = RIVALS.flatMap(([neuron]) =>
  ['DT', 'FT'].map((kind) => `${neuron.toUpperCase()} ${kind}`),
);

/** Figures in the order of the columns; undefined where the paper has none. */
export type PaperFigures = readonly (number | undefined)[];

/** The U-Net, and each neuron trained directly and fine-tuned, at the paper's T. */
export function methods(experiment: string): Cell[] {
  const { steps } = experiments[experiment];
  const rivals = RIVALS.flatMap(([neuron, normalisation]) => [
    direct(experiment, neuron, normalisation, steps),
    spiking('finetuned', experiment, steps, { norm: 'connection', neuron }),
  ]);
  return [unet(experiment), ...rivals];
}

/**
 * Spiking-FCN (Kim, Chough, Panda 2022), with the T, the normalisation and the initialisation of its authors.
 */
export function fcn(experiment: string): Cell {
  const network = { architecture: 'spiking-fcn', neuron: 'lif', normalisation: 'bntt', steps: 20 } as const;
  return { experiment, kind: 'direct', ...network };
}
