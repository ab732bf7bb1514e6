/**
 * Event-driven propagation: the same convolutions, driven by lists of spikes instead of dense tensors. Work is
 * proportional to events x fan-out (plus one visit per output pixel for its bias), and because a pixel's events
 * are in the order of their channels every sum has the terms of the dense kernel in the same order: same bits.
 */

import type { ConvDims, ConvTransposeDims, PoolDims } from '../contract.js';
import { addScaledRow, fillRow } from './rowSums.js';

/** For each pixel p the channels and values of its events in offsets[p] .. offsets[p+1]. */
export interface EventList {
  /** [pixels + 1] */
  readonly offsets: Uint32Array;
  /** [events] ascending within a pixel */
  readonly channels: Uint32Array;
  /** [events] weighted spikes, never zero */
  readonly values: Float32Array;
}

/** The non-zero values of dense [pixels,channels], pixel by pixel, channel by channel. */
export function eventsOf(dense: Float32Array, pixels: number): EventList {
  const channelsPerPixel = dense.length / pixels;
  let count = 0;
  for (let i = 0; i < dense.length; i++) if (dense[i] !== 0) count++;
  const offsets = new Uint32Array(pixels + 1);
  const channels = new Uint32Array(count);
  const values = new Float32Array(count);
  let event = 0;
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channelsPerPixel; c++) {
      const value = dense[p * channelsPerPixel + c];
      if (value === 0) continue;
      channels[event] = c;
      values[event++] = value;
    }
    offsets[p + 1] = event;
  }
  return { offsets, channels, values };
}

/** Adds every event of one input pixel, times its row of weights, to one output pixel at o. */
function addEvents(
  out: Float32Array,
  o: number,
  events: EventList,
  pixel: number,
  weight: Float32Array,
  tap: number,
  dims: ConvTransposeDims,
): void {
  const { channelsIn, channelsOut } = dims;
  for (let e = events.offsets[pixel]; e < events.offsets[pixel + 1]; e++) {
    const w = (tap * channelsIn + events.channels[e]) * channelsOut;
    addScaledRow(out, o, events.values[e], weight, w, channelsOut);
  }
}

/** conv2dForward on the events of spikes [H,W,I]: out [H,W,O]. */
export function eventConv2d(
  out: Float32Array,
  spikes: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  dims: ConvDims,
): void {
  const { height, width, channelsOut, kernel } = dims;
  const pad = (kernel - 1) / 2;
  const events = eventsOf(spikes, height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const o = (y * width + x) * channelsOut;
      fillRow(out, o, bias, 0, channelsOut);
      for (let ky = 0; ky < kernel; ky++) {
        const iy = y + ky - pad;
        if (iy < 0 || iy >= height) continue;
        for (let kx = 0; kx < kernel; kx++) {
          const ix = x + kx - pad;
          if (ix < 0 || ix >= width) continue;
          addEvents(out, o, events, iy * width + ix, weight, ky * kernel + kx, dims);
        }
      }
    }
  }
}

/** convTranspose2dForward on the events of spikes [H,W,I]: out [2H,2W,O]. */
export function eventConvTranspose2d(
  out: Float32Array,
  spikes: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  dims: ConvTransposeDims,
): void {
  const { height, width, channelsOut } = dims;
  const events = eventsOf(spikes, height * width);
  for (let oy = 0; oy < 2 * height; oy++) {
    for (let ox = 0; ox < 2 * width; ox++) {
      const o = (oy * 2 * width + ox) * channelsOut;
      fillRow(out, o, bias, 0, channelsOut);
      for (let ky = (oy + 1) % 2; ky < 3; ky += 2) {
        const iy = (oy + 1 - ky) / 2;
        if (iy >= height) continue;
        for (let kx = (ox + 1) % 2; kx < 3; kx += 2) {
          const ix = (ox + 1 - kx) / 2;
          if (ix >= width) continue;
          addEvents(out, o, events, iy * width + ix, weight, ky * 3 + kx, dims);
        }
      }
    }
  }
}

/** avgPool2dForward on the events of spikes [H,W,C]: out [H/2,W/2,C]. */
export function eventAvgPool2d(out: Float32Array, spikes: Float32Array, dims: PoolDims): void {
  const { height, width, channels } = dims;
  const events = eventsOf(spikes, height * width);
  out.fill(0);
  for (let p = 0; p < height * width; p++) {
    const y = Math.floor(p / width);
    const x = p % width;
    const o = ((y >> 1) * (width / 2) + (x >> 1)) * channels;
    for (let e = events.offsets[p]; e < events.offsets[p + 1]; e++) {
      const c = o + events.channels[e];
      out[c] = out[c] + events.values[e];
    }
  }
  for (let i = 0; i < out.length; i++) out[i] = 0.25 * out[i];
}
