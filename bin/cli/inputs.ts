/**
 * The pictures that --image names: files, folders, patterns that the shell did not expand, and `-` for
 * standard input.
 */

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { globSync, isDynamicPattern } from 'tinyglobby';
import { DataError } from '../../lib/core/error.js';
import { byNumber } from '../../lib/data/order.js';
import { picturesIn } from '../../lib/data/pictures.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { decodeImage } from '../../lib/picture/decode.js';
import type { Image } from '../../lib/picture/image.js';

/** The argument that means standard input. */
const STANDARD_INPUT = '-';
/** What standard input is called in results. */
export const STANDARD_NAME = 'stdin';

/** One picture that is not read yet. */
export interface Input {
  /** As the user sees it; results are named after it. */
  readonly file: string;
  read(): Image;
}

/**
 * The pictures in the order in which they were named, those of a folder in natural order (2 before 10). A
 * picture that would take more than `mostBytes` to decode is refused when it is read, before it is decoded.
 */
export function inputsOf(given: readonly string[], mostBytes: number): Input[] {
  const limits = { mostBytes };
  return given.flatMap((name) => {
    if (name === STANDARD_INPUT)
      return [{ file: STANDARD_NAME, read: () => decodeImage(readFileSync(0), 'standard input', limits) }];
    return filesOf(name).map((file) => ({ file, read: () => readImage(file, limits) }));
  });
}

function filesOf(name: string): string[] {
  if (existsSync(name)) return statSync(name).isDirectory() ? picturesIn(name) : [name];
  if (!isDynamicPattern(name)) return [name]; // reading it says that it is missing
  const found = globSync(name, { expandDirectories: false, absolute: false }).sort(byNumber);
  if (found.length === 0) throw new DataError(`${name}: no file matches`);
  return found.map((file) => join(file));
}
