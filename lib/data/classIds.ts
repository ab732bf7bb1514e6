/**
 * From stored labels to class ids. A number in a file is a class id as it is, with one exception that is
 * decided over the whole set: of two classes that are drawn in black and white, white is class 1.
 */

import { DataError } from '../core/error.js';
import { VOID } from '../op/losses.js';
import { placeOf, type StoredLabel } from '../picture/label.js';

export interface Classes {
  /** How many there are; left out: as many as the labels hold. */
  readonly count?: number | undefined;
  /** A stored number whose pixels do not count. */
  readonly ignore?: number | undefined;
}

/** A file with more different numbers than this is a picture, not a label. */
const MOST_GUESSED = 64;

/**
 * Whether a set of labels is drawn in black and white: nothing but 0 and white in all of them, and no more
 * than two classes to draw. Labels are read until one is not.
 */
export function drawnInBlackAndWhite(labels: Iterable<StoredLabel>, { count, ignore }: Classes): boolean {
  if (count !== undefined && count !== 2) return false;
  for (const { values, white } of labels) {
    if (white === ignore || values.some((value) => value !== 0 && value !== white && value !== ignore))
      return false;
  }
  return true;
}

/**
 * The class ids [H,W] of a label, VOID where they do not count; `drawn` is called if white is not a class id.
 */
export function classIdsOf(label: StoredLabel, classes: Classes, drawn: () => boolean): Uint8Array {
  const { values, white } = label;
  const { ignore, count = VOID } = classes;
  const whiteIsOne = white !== ignore && white >= (classes.count ?? 2) && values.includes(white) && drawn();
  const ids = new Uint8Array(values.length);
  for (let p = 0; p < values.length; p++) {
    const value = values[p];
    if (value === ignore) ids[p] = VOID;
    else if (whiteIsOne && value === white) ids[p] = 1;
    else if (value < count) ids[p] = value;
    else if (classes.count === undefined && value === VOID) ids[p] = VOID;
    else refuse(label, p, classes);
  }
  checkPalette(label, ids, classes);
  if (classes.count === undefined) checkGuess(label, ids);
  return ids;
}

function refuse({ source, width, values, white }: StoredLabel, pixel: number, { count }: Classes): never {
  const value = values[pixel];
  const place = `${source}: ${placeOf(pixel, width)} holds the class ${value}`;
  if (count === undefined) throw new DataError(`${place}, expected at most ${VOID - 1}`);
  const expected = `expected 0 to ${count - 1}`;
  if (value === white) {
    const advice = `where ${value} is for pixels that do not count, add ignore ${value}`;
    throw new DataError(`${place}, ${expected}: ${advice}`, 'ignore');
  }
  const smoothed = values.includes(white)
    ? ' (or 0 and white: smoothed edges? Save it without smoothing)'
    : '';
  throw new DataError(`${place}, ${expected}${smoothed}`);
}

/**
 * A palette of greys can be meant by its indices or by its
 * levels: refused where both are class ids and differ.
 */
function checkPalette({ source, values, greys }: StoredLabel, ids: Uint8Array, { count }: Classes): void {
  if (!greys) return;
  const idOf = new Map(Array.from(values, (index, p) => [index, ids[p]]));
  const used = [...idOf.keys()].filter((index) => idOf.get(index) !== VOID);
  const blackAndWhite = used.every((index) => greys[index] === 0 || greys[index] === 255);
  const shown = (index: number) => (blackAndWhite ? greys[index] & 1 : greys[index]);
  if (!blackAndWhite && used.some((index) => greys[index] >= (count ?? 0))) return;
  const odd = used.find((index) => shown(index) !== idOf.get(index));
  if (odd === undefined) return;
  throw new DataError(
    `${source}: its palette shows the index ${odd} as grey ${greys[odd]}: which of them is the class? Save it as grey levels`,
  );
}

function checkGuess({ source }: StoredLabel, ids: Uint8Array): void {
  const different = new Set(ids).size;
  if (different > MOST_GUESSED)
    throw new DataError(`${source}: holds ${different} different values: are they class ids?`);
}
