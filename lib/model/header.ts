/**
 * The part of a model file's metadata that U-Net and spiking network share, as strings. Version 2 is written.
 * Version 1, which is read, names no architecture (there was one), and class names separated by commas.
 */

import * as z from 'zod/mini';
import { DataError, shown } from '../core/error.js';
import { readStrings } from '../format/metadata.js';
import type { Configuration } from '../net/architecture.js';
import { PAPERS } from '../net/architectures.js';
import { VOID } from '../op/losses.js';

const FAMILY = 'spiking-unet/';
const VERSION = 2;

/** A class id is a byte of a label, and one byte is for pixels that do not count. */
export const MOST_CLASSES = VOID;

const count = z.pipe(
  z.string().check(z.regex(/^[0-9]+$/, 'expected a whole number')),
  z.pipe(z.transform(Number), z.int().check(z.minimum(1))),
);

const header = z.object({
  stage: z.enum(['ann', 'snn', 'both']),
  architecture: z._default(z.string(), PAPERS),
  task: z.enum(['segment', 'denoise']),
  width: count,
  channels: count,
  classes: z.pipe(count, z.number().check(z.maximum(MOST_CLASSES))),
  preprocess: z.enum(['plain', 'drive']),
  classNames: z.string(),
});

/** The keys of the header; all other metadata is notes. */
export const HEADER_KEYS: readonly string[] = ['format', ...Object.keys(header.shape)];

export interface Header {
  /** A U-Net, a spiking network, or the weights of a U-Net with all that its conversion needs. */
  readonly stage: 'ann' | 'snn' | 'both';
  readonly configuration: Configuration;
  /** How pictures are made into inputs. */
  readonly preprocess: 'plain' | 'drive';
  /** Names of the classes in the order of their ids; empty for denoising. */
  readonly classNames: readonly string[];
}

/** The header of a model, in the newest version. */
export function formatHeader({
  stage,
  configuration,
  preprocess,
  classNames,
}: Header): Record<string, string> {
  const { architecture = PAPERS, task, width, channels, classes } = configuration;
  return {
    format: `${FAMILY}${VERSION}`,
    ...{ stage, architecture, task },
    ...{ width: String(width), channels: String(channels), classes: String(classes) },
    preprocess,
    classNames: JSON.stringify(classNames),
  };
}

/** The header from the strings of a file; DataError with the key that is missing or wrong. */
export function parseHeader(metadata: Readonly<Record<string, string>>, source: string): Header {
  const version = versionOf(metadata.format, source);
  if (version > 1 && metadata.architecture === undefined)
    throw new DataError(`${source}: metadata "architecture": missing, expected its name`);
  const { stage, preprocess, classNames, architecture, ...shapes } = read(metadata, source);
  const configuration: Configuration = { ...shapes, ...(architecture !== PAPERS && { architecture }) };
  return { stage, preprocess, configuration, classNames: namesOf(classNames, version, source) };
}

function read(metadata: Readonly<Record<string, string>>, source: string): z.output<typeof header> {
  try {
    return readStrings(header, metadata);
  } catch (error) {
    throw error instanceof DataError ? new DataError(`${source}: metadata ${error.message}`) : error;
  }
}

function versionOf(format: string, source: string): number {
  const digits = format.startsWith(FAMILY) ? format.slice(FAMILY.length) : '';
  const version = /^[1-9][0-9]{0,5}$/.test(digits) ? Number(digits) : undefined;
  if (version === undefined)
    throw new DataError(
      `${source}: metadata "format": got ${shown(format)}, expected ${FAMILY}1 or ${FAMILY}${VERSION}`,
    );
  if (version > VERSION) {
    const known = `this one reads up to ${FAMILY}${VERSION}: take a newer version`;
    throw new DataError(`${source}: metadata "format": ${format} was written by a newer version, ${known}`);
  }
  return version;
}

/** Names from a JSON list; in version 1 also separated by commas, with an empty text for no names. */
function namesOf(text: string, version: number, source: string): string[] {
  if (version === 1 && text === '') return [];
  if (version === 1 && !text.startsWith('[')) return text.split(',');
  try {
    return z.array(z.string()).parse(JSON.parse(text));
  } catch {
    const also = version === 1 ? ', or names separated by commas' : '';
    throw new DataError(`${source}: metadata "classNames": expected a JSON list of names${also}`);
  }
}
