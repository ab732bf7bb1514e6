/**
 * Gamma adjustment of grey levels by a table of 256 entries,
 * as DRIVE's published preparations do it with OpenCV's LUT.
 */

import { pow } from '../core/elementary.js';

/** 255 (level / 255)^(1 / gamma) for each grey level, truncated to whole levels. */
export function adjustGamma(grey: Uint8Array, gamma: number): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, level) => Math.floor(255 * pow(level / 255, 1 / gamma)));
  return grey.map((level) => table[level]);
}
