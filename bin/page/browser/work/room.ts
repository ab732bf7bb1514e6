/** Refuses pictures that do not fit the memory of this browser before anything is computed. */

import { DataError } from '../../../../lib/core/error.js';
import type { FloatImage } from '../../../../lib/core/floatImage.js';
import type { Program } from '../../../../lib/engine/program.js';
import type { Choice } from '../messages.js';

const GIB = 2 ** 30;
/** A part of what the machine has, where the browser says that; else of 4 GiB. */
const PART = 1 / 4;
/** WebAssembly has 4 GiB at most, and the page keeps pictures as well. */
const MOST = 2 * GIB;

function roomHere(): number {
  const { deviceMemory = 4 } = navigator as { readonly deviceMemory?: number };
  return Math.min(MOST, PART * deviceMemory * GIB);
}

/** Bytes that are kept of a neuron in each moment: what it fired, its potential, and its spikes. */
const KEPT = 9;

interface Sides {
  readonly height: number;
  readonly width: number;
}

/** DataError that says what would fit. */
export function requireRoom(
  program: Program,
  { height, width }: FloatImage,
  { steps, signal, neurons }: Choice & { readonly neurons: number },
  picture: Sides & { readonly name: string },
): void {
  const watch = { signals: [signal], onStep: () => {} };
  const needed = program.bytesOf(height, width, { steps, watch }) + KEPT * neurons * steps;
  const room = roomHere();
  if (needed <= room) return;
  const scale = Math.sqrt(room / needed);
  const [rows, columns] = [picture.height, picture.width].map((side) => Math.floor(side * scale));
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  throw new DataError(
    `${picture.name}: ${picture.width} x ${picture.height} pixels in ${steps} steps need ${gib(needed)}, this page ` +
      `takes ${gib(room)}: about ${columns} x ${rows} pixels fit (the command line runs larger pictures in tiles)`,
  );
}
