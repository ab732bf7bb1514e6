/** What a user should know of a data set on disk before training on it: `data check`. */

import { type Census, Counting } from './census.js';
import type { Dataset, Listed, Wanted } from './dataset.js';
import { attempt, readEach } from './disk.js';
import { type LeftOut, labelFolders, leftOut, lossOfFiles } from './leftOut.js';

export interface Report {
  /** What is missing or malformed, a line each. */
  readonly problems: readonly string[];
  readonly census: Census;
  readonly leftOut: readonly LeftOut[];
  /** What a training would do without, or not learn, a line each. */
  readonly remarks: readonly string[];
}

/**
 * Reads every sample of a data set's folder. `classNames` names those that are expected, where that is known.
 */
export function checkDataset(
  dataset: Dataset,
  directory: string,
  wanted: Omit<Wanted, 'split' | 'labels'>,
  classNames: readonly string[] = [],
): Report {
  const problems: string[] = [];
  const labels = dataset.task === 'segment';
  const list = () => dataset.list!(directory, { ...wanted, split: 'all', labels });
  const listed: readonly Listed[] = attempt(problems, list) ?? [];
  const counting = new Counting();
  readEach(listed, problems, (sample) => counting.add(sample));
  const census = counting.result(wanted.classes.count);
  const out = leftOutOf(dataset, directory, listed);
  const loss = lossOfFiles(directory, out);
  const remarks = [
    ...(labels ? labelRemarks(census, directory, wanted, classNames) : []),
    ...(loss === undefined ? [] : [loss]),
  ];
  return { problems, census, leftOut: out, remarks };
}

/**
 * What lies in a data set's folder and no sample reads; nothing is said of a folder in which none was found.
 */
export function leftOutOf({ unread }: Dataset, directory: string, listed: readonly Listed[]): LeftOut[] {
  const used = listed.flatMap(({ files }) => files);
  return listed.length === 0 ? [] : leftOut(directory, used, unread);
}

function labelRemarks(
  census: Census,
  directory: string,
  { classes }: Pick<Wanted, 'classes'>,
  classNames: readonly string[],
): string[] {
  const { samples, pixels, unlabelled, withoutFov, emptyFov } = census;
  const remarks: string[] = [];
  const some = (names: readonly string[], what: string) => {
    if (names.length > 0) remarks.push(`${names.length} of ${samples} images ${what}, such as ${names[0]}`);
  };
  if (unlabelled.length === samples && samples > 0) remarks.push(noLabels(directory));
  else some(unlabelled, 'have no label');
  some(withoutFov, 'have no field of view');
  some(emptyFov, 'have an empty field of view');
  if (unlabelled.length < samples) {
    const empty = pixels.flatMap((count, id) => (count === 0 ? [nameOf(id, classNames)] : []));
    if (empty.length > 0) remarks.push(`not a single pixel is of the class ${empty.join(', ')}`);
    if (census.void > 0 && classes.ignore === undefined)
      remarks.push(`${census.void} pixels hold 255: where they do not count, ignore 255`);
  }
  return remarks;
}

/** Why a folder has no labels, and where they may be. */
export function noLabels(directory: string): string {
  const candidates = labelFolders(directory);
  const where =
    candidates.length > 0
      ? `${candidates.map((name) => `"${name}"`).join(', ')} looks like labels: rename it to "labels"`
      : 'class ids are read from "labels" beside "images"';
  return `${directory}: no image has a label; ${where}`;
}

/** A class for people. */
export function nameOf(id: number, classNames: readonly string[]): string {
  const name = classNames[id];
  return name === undefined || name === String(id) ? String(id) : `${id} (${name})`;
}
