/** What `data check` finds wrong with a folder. */

import { checkDataset } from '../../lib/data/checkDataset.js';
import type { Dataset } from '../../lib/data/dataset.js';

export function problemsOf(dataset: Dataset, directory: string): readonly string[] {
  return reportOn(dataset, directory).problems;
}

export function reportOn(
  dataset: Dataset,
  directory: string,
  classes: { count?: number; ignore?: number } = {},
) {
  return checkDataset(dataset, directory, { channels: dataset.channels, classes }, dataset.classNames);
}
