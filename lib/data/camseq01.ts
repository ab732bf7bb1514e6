/**
 * CamSeq01 (Fauqueur et al. 2007): frames from a car, each pixel of one of up to 32 classes, in its owners'
 * layout: `NAME.png`, `NAME_L.png` coloured by class, and `label_colors.txt` with a line `R G B<tab>Class` a
 * class, whose number is its id. `splits.json`, if there is one, names the frames of "train" and "test"; else
 * the last fifth is the test split. Frames become 256x256 as in section 4.2.1: bilinear, labels by the
 * nearest pixel.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { DataError } from '../core/error.js';
import { readBytes } from '../node/files.js';
import { readImage, readRaster } from '../node/pictureFiles.js';
import { VOID } from '../op/losses.js';
import { labelColours, placeOf } from '../picture/label.js';
import { preprocess } from '../picture/preprocess.js';
import { resizeBilinear, resizeNearest } from '../picture/resize.js';
import type { Sample } from '../picture/sample.js';
import type { Dataset, Split } from './dataset.js';
import { lastFifth, onDisk, partOf } from './disk.js';
import { checkSameSize, listFolder, readLabelled } from './labelledFiles.js';

const SIDE = 256;
/** The table of the classes and their colours. */
const TABLE = 'label_colors.txt';

export const camseq01: Dataset = onDisk(
  {
    name: 'camseq01',
    summary: 'street scenes, resized to 256x256',
    task: 'segment',
    channels: 3,
    classNames: [],
    classNamesIn: (directory) => readClasses(directory).map(({ name }) => name),
    preprocess: 'plain',
    patch: { size: 128, perEpoch: 400, flips: false },
    folder: 'CamSeq01',
  },
  (directory, { split, channels, labels }) => {
    const classes = labels ? idsByColour(readClasses(directory), directory) : undefined;
    return framesOf(directory, split).map((name) => {
      const frame = join(directory, `${name}.png`);
      const label = classes && { path: join(directory, `${name}_L.png`), classes };
      const files = label ? [frame, label.path] : [frame];
      return { name, files, read: () => readFrame(name, frame, label, channels) };
    });
  },
);

interface ColouredClass {
  readonly name: string;
  readonly colour: number;
}

/** Red, green and blue as one number. */
const colourKey = (red: number, green: number, blue: number) => (red << 16) | (green << 8) | blue;

function readClasses(directory: string): ColouredClass[] {
  const path = join(directory, TABLE);
  const lines = new TextDecoder().decode(readBytes(path)).split(/\r?\n/);
  const classes = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S.*?)\s*$/.exec(line);
    const levels = match?.slice(1, 4).map(Number) ?? [];
    if (!match || levels.some((level) => level > 255)) {
      throw new DataError(`${path}: line ${i + 1} is "${line}", expected "R G B<tab>Class"`);
    }
    return [{ name: match[4], colour: colourKey(levels[0], levels[1], levels[2]) }];
  });
  if (classes.length < 2)
    throw new DataError(`${path}: names ${classes.length} classes, expected at least 2`);
  if (classes.length > VOID)
    throw new DataError(`${path}: names ${classes.length} classes, expected at most ${VOID}`);
  const twice = classes.find(({ name }, id) => classes.findIndex((other) => other.name === name) !== id);
  if (twice) throw new DataError(`${path}: two classes are named "${twice.name}"`);
  return classes;
}

/** Ids by colour; DataError where two classes share one. */
function idsByColour(classes: readonly ColouredClass[], directory: string): ReadonlyMap<number, number> {
  const ids = new Map<number, number>();
  for (const [id, { name, colour }] of classes.entries()) {
    const other = ids.get(colour);
    if (other !== undefined)
      throw new DataError(`${join(directory, TABLE)}: ${classes[other].name} and ${name} share a colour`);
    ids.set(colour, id);
  }
  return ids;
}

const splits = z.object({ train: z.array(z.string()), test: z.array(z.string()) });

/** The names of a split's frames, without `.png`. */
function framesOf(directory: string, split: Split): readonly string[] {
  const path = join(directory, 'splits.json');
  if (existsSync(path)) {
    const { train, test } = parseSplits(path);
    const both = train.find((name) => test.includes(name));
    if (both !== undefined) throw new DataError(`${path}: "${both}" is in both splits`);
    return { train, test, all: [...train, ...test] }[split];
  }
  const frames = listFolder(directory, 'frames and their labels').flatMap((file) => {
    const name = /^(.*)\.png$/i.exec(file)?.[1];
    return name === undefined || name.endsWith('_L') ? [] : [name];
  });
  if (frames.length < 2)
    throw new DataError(`${directory}: holds ${frames.length} frames NAME.png, expected more`);
  return partOf(frames, split, lastFifth(frames));
}

function parseSplits(path: string): z.infer<typeof splits> {
  try {
    return splits.parse(JSON.parse(new TextDecoder().decode(readBytes(path))));
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${path}: expected {"train": [names], "test": [names]}`);
  }
}

function readFrame(
  name: string,
  path: string,
  label: { readonly path: string; readonly classes: ReadonlyMap<number, number> } | undefined,
  channels: 1 | 3,
): Sample {
  const frame = label ? readLabelled(path) : readImage(path);
  const picture = resizeBilinear(frame, SIDE, SIDE);
  const sample = { name, height: SIDE, width: SIDE, channels, picture };
  const input = preprocess('plain', picture, channels);
  if (!label) return { ...sample, input };
  const raster = readRaster(label.path);
  checkSameSize(raster, label.path, frame, path);
  const ids = idsOf(labelColours(raster, label.path), raster.width, label.classes, label.path);
  return { ...sample, input, label: resizeNearest(ids, frame, SIDE, SIDE) };
}

/** Class ids [H,W] of colours [H,W,3]; DataError for a colour that the table does not name. */
function idsOf(
  colours: Uint8Array,
  width: number,
  classes: ReadonlyMap<number, number>,
  path: string,
): Uint8Array {
  return Uint8Array.from({ length: colours.length / 3 }, (_, p) => {
    const colour = [colours[3 * p], colours[3 * p + 1], colours[3 * p + 2]] as const;
    const id = classes.get(colourKey(...colour));
    if (id !== undefined) return id;
    throw new DataError(
      `${path}: ${placeOf(p, width)} has the colour ${colour.join(' ')}, which ${TABLE} does not name`,
    );
  });
}
