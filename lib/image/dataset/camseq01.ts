/**
 * CamSeq01 (Fauqueur et al. 2007): frames from a car, each pixel of one of up to 32 classes, in its owners' layout:
 * `NAME.png`, `NAME_L.png` coloured by class, and `label_colors.txt` with a line `R G B<tab>Class` a class, whose number is
 * its id. `splits.json`, if there is one, names the frames of "train" and "test"; else the last fifth is the test split.
 * Frames become 256x256 as in section 4.2.1: bilinear, labels by the nearest pixel.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DataError } from '../../tensor/error.js';
import { readBytes } from '../../tensor/files.js';
import { readImage } from '../decode.js';
import type { Image } from '../image.js';
import { toRgb } from '../image.js';
import { preprocess } from '../preprocess.js';
import { resizeBilinear, resizeNearest } from '../resize.js';
import type { Dataset, Sample, Split } from './dataset.js';
import { attempt, checkSameSize, listFolder, requireDirectory } from './files.js';

const SIDE = 256;
const TEST_FRACTION = 0.2;

export const camseq01: Dataset = {
  name: 'camseq01',
  summary: 'street scenes, resized to 256x256',
  task: 'segment',
  channels: 3,
  classNames: [],
  classNamesIn: (directory) => readClasses(directory).map(({ name }) => name),
  preprocess: 'plain',
  patch: { size: 128, perEpoch: 400, flips: false },
  folder: 'CamSeq01',
  load({ directory, split, channels }) {
    const root = requireDirectory(directory, 'camseq01');
    const classes = classIdsByColour(readClasses(root));
    return framesOf(root, split).map((name) => readFrame(root, name, classes, channels ?? camseq01.channels));
  },
  check(directory) {
    const problems: string[] = [];
    const classes = attempt(problems, () => classIdsByColour(readClasses(directory)));
    for (const name of attempt(problems, () => framesOf(directory, 'all')) ?? []) {
      attempt(problems, () => readFrame(directory, name, classes ?? new Map(), 3));
    }
    return problems;
  },
};

interface ColouredClass {
  readonly name: string;
  readonly colour: number;
}

/** Red, green and blue as one number. */
const colourKey = (red: number, green: number, blue: number) => (red << 16) | (green << 8) | blue;

function readClasses(directory: string): ColouredClass[] {
  const path = join(directory, 'label_colors.txt');
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
  return classes;
}

/** Ids by colour; DataError where two classes share one. */
function classIdsByColour(classes: readonly ColouredClass[]): ReadonlyMap<number, number> {
  const ids = new Map<number, number>();
  for (const [id, { name, colour }] of classes.entries()) {
    const other = ids.get(colour);
    if (other !== undefined)
      throw new DataError(`label_colors.txt: ${classes[other].name} and ${name} share a colour`);
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
    return { train, test, all: [...train, ...test] }[split];
  }
  const frames = listFolder(directory, 'frames and their labels').flatMap((file) => {
    const name = /^(.*)\.png$/i.exec(file)?.[1];
    return name === undefined || name.endsWith('_L') ? [] : [name];
  });
  if (frames.length < 2)
    throw new DataError(`${directory}: holds ${frames.length} frames NAME.png, expected more`);
  const testCount = Math.max(1, Math.round(TEST_FRACTION * frames.length));
  if (split === 'all') return frames;
  return split === 'test' ? frames.slice(-testCount) : frames.slice(0, -testCount);
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
  directory: string,
  name: string,
  classes: ReadonlyMap<number, number>,
  channels: 1 | 3,
): Sample {
  const [path, labelPath] = [join(directory, `${name}.png`), join(directory, `${name}_L.png`)];
  const [frame, coloured] = [readImage(path), readImage(labelPath)];
  checkSameSize(coloured, labelPath, frame, path);
  const picture = resizeBilinear(frame, SIDE, SIDE);
  const label = resizeNearest(classIds(coloured, classes, labelPath), frame, SIDE, SIDE);
  const input = preprocess('plain', picture, channels);
  return { name, height: SIDE, width: SIDE, channels, input, picture, label };
}

function classIds(image: Image, classes: ReadonlyMap<number, number>, path: string): Uint8Array {
  const { data } = toRgb(image);
  return Uint8Array.from({ length: image.height * image.width }, (_, p) => {
    const colour = [data[3 * p], data[3 * p + 1], data[3 * p + 2]] as const;
    const id = classes.get(colourKey(...colour));
    if (id !== undefined) return id;
    const place = `row ${Math.floor(p / image.width)}, column ${p % image.width}`;
    throw new DataError(
      `${path}: ${place} has the colour ${colour.join(' ')}, which label_colors.txt does not name`,
    );
  });
}
