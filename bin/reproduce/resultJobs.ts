/** The jobs that show what networks are worth: evaluations, counts of operations, pictures. */

import { join } from 'node:path';
import type { Cell } from './cell.js';
import { experiments } from './experiment.js';
import { dataOptions, type Job, macsPerPixel, modelOf, type Settings } from './job.js';
import { networkJob } from './networkJobs.js';
import type { Entry } from './paperTable.js';

/** The evaluation (or count of operations) that an entry of a table shows; what it needs is in `needs`. */
export function jobOf({ cell, sigma, metric: { stage } }: Entry, settings: Settings): Job {
  const { job: model, how, suffix, passes } = networkJob(cell, settings);
  const experiment = experiments[cell.experiment];
  const name = `${stage === 'evaluate' ? 'eval' : stage}${suffix}`;
  const command = stage === 'time' ? ['evaluate', '--time', '--threads', '1'] : [stage];
  return {
    folder: join(model.folder, sigma === undefined ? name : `${name}-sigma${sigma}`),
    command: [
      ...[...command, '--model', modelOf(model), ...how, ...dataOptions(experiment.test, settings)],
      ...(sigma === undefined ? [] : ['--sigma', String(sigma)]),
    ],
    needs: [model],
    macs: macsPerPixel(experiment, settings) * experiment.testPixels * passes,
  };
}

/** Pictures of what some networks of an experiment, the U-Net first, make of each test image. */
export function pictureJob(name: string, cells: readonly Cell[], settings: Settings, sigma?: number): Job {
  const experiment = experiments[cells[0].experiment];
  const networks = cells.map((cell) => networkJob(cell, settings));
  const needs = networks.map(({ job }) => job);
  const [first, ...others] = needs.map(modelOf);
  const folder = join(needs[0].folder, '..', name);
  return {
    folder,
    command: [
      ...['evaluate', '--model', first, '--beside', ...others, '--figures', folder],
      ...dataOptions(experiment.test, settings),
      ...(sigma === undefined ? [] : ['--sigma', String(sigma)]),
    ],
    needs,
    macs:
      macsPerPixel(experiment, settings) *
      experiment.testPixels *
      networks.reduce((sum, { passes }) => sum + passes, 0),
  };
}
