/**
 * What a picture format is to decode.ts, and what the formats share: samples of 8 bits become grey or RGB, with
 * transparency laid on black (opaque pixels stay as they are). A format's decoder throws an Error that holds the
 * reason alone; decode.ts adds the file and the format.
 */

import { type Image, makeImage } from '../image.js';

export interface Format {
  readonly name: string;
  /** The first bytes of its files. */
  readonly magic: readonly (readonly number[])[];
  /** Every picture in the file. */
  decode(bytes: Uint8Array): Image[];
}

/** No picture has more pixels: a damaged header must not ask for all memory. */
const MOST_PIXELS = 2 ** 27;

/** Refuses sizes that only a damaged header has; undefined where it has none. */
export function checkSize(width: number | undefined, height: number | undefined): void {
  const pixels = (width ?? 0) * (height ?? 0);
  if (pixels > 0 && pixels <= MOST_PIXELS) return;
  throw new Error(`it claims ${width ?? '?'}x${height ?? '?'} pixels`);
}

/** How samples lie in memory: [H,W,S], the first of them the colours, one of the others perhaps the opacity. */
export interface SampleLayout {
  readonly height: number;
  readonly width: number;
  readonly samples: number;
  readonly channels: 1 | 3;
  /** Which sample is the opacity; none: all is opaque. */
  readonly alpha?: number;
}

/** Samples [H,W,S] to a picture [H,W,C]. */
export function imageFromSamples(data: ArrayLike<number>, layout: SampleLayout): Image {
  const { height, width, samples, channels, alpha } = layout;
  const image = makeImage(height, width, channels);
  for (let p = 0; p < height * width; p++) {
    const opacity = alpha === undefined ? 255 : data[p * samples + alpha];
    for (let c = 0; c < channels; c++) {
      image.data[p * channels + c] = Math.round((data[p * samples + c] * opacity) / 255);
    }
  }
  return image;
}

/** RGBA [H,W,4] to a picture. */
export function imageFromRgba(rgba: Uint8Array, height: number, width: number, channels: 1 | 3): Image {
  return imageFromSamples(rgba, { height, width, samples: 4, channels, alpha: 3 });
}

/** 1 where every pixel of RGBA [H,W,4] has R = G = B, for files that do not say whether they are grey; else 3. */
export function channelsOf(rgba: Uint8Array): 1 | 3 {
  for (let i = 0; i < rgba.length; i += 4) {
    if (rgba[i] !== rgba[i + 1] || rgba[i] !== rgba[i + 2]) return 3;
  }
  return 1;
}
