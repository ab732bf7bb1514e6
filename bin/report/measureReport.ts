/** Reads what a report is about, and measures it. */

import { packageVersion } from '../../lib/node/package.js';
import { readEpochs } from '../../lib/node/run/runFolder.js';
import { commandLine } from '../cli/commandLine.js';
import type { Context } from '../cli/stage.js';
import type { Findings } from './findings.js';
import { measureFindings } from './measureFindings.js';
import { readNetworks, readPictures } from './reportInputs.js';
import type { ReportOptions } from './reportOptions.js';

export function measureReport(options: ReportOptions, context: Context): Findings {
  const { hashes, ...networks } = readNetworks(options);
  const pictures = readPictures(options, networks.spiking, context);
  const training = options.run === undefined ? undefined : readEpochs(options.run);
  return {
    command: commandLine('report', context.argv),
    versions: `spiking-unet ${packageVersion()}, Node ${process.version}, engine ${context.engine.name}`,
    ...{ models: hashes, pictures: pictures.hashes, training },
    ...measureFindings(networks, pictures.samples, options, context),
  };
}
