/**
 * Event lists of a band of padded rows: the spikes of each pixel, channel by channel. An event holds the byte
 * offset of its weights (u32) and its weighted spike (f32), or those of two consecutive steps, of which one
 * may be 0. `starts` holds, for each padded pixel, the address of its first event, and one more address after
 * the last pixel of a row, so that neighbouring pixels are one run of events.
 */

import { EVENT_BYTES, PAIR_BYTES, WIDE_BLOCK } from '../constants';
import { Geometry } from './geometryStructs';

/** Weights of one channel for the output channels of a block. */
export const WEIGHT_ROW_BYTES: u32 = WIDE_BLOCK * 4;

/** Entries of `starts` in one padded row. */
// @ts-ignore: decorator
@inline
export function startsInRow(geometry: Geometry): u32 {
  return geometry.paddedWidth + 1;
}

/** Spikes as bytes: each bit is a threshold that was passed. Two sources stand for their concatenation. */
@unmanaged
export class SpikeSource {
  /** [H,W,C] of this step */
  codes: usize;
  channels: u32;
  /** Bytes from one step to the next. */
  stepBytes: u32;
  /** f32 for each threshold: the value of its spike. */
  spikeValues: usize;
  /** f32 for each code: the weighted spike. */
  codeValues: usize;
  thresholdCount: u32;
}

/** Lists the non-zero values of the dense input [H,W,I]. */
export function listValues(
  events: usize,
  starts: usize,
  input: usize,
  geometry: Geometry,
  first: u32,
  rows: u32,
): void {
  const channels = geometry.channelsIn;
  for (let r = first; r < first + rows; r++) {
    const y = r - geometry.padding;
    let pixel = input + (<usize>y * geometry.inputWidth * channels) * 4;
    for (let column: u32 = 0; column < geometry.paddedWidth; column++, starts += 4) {
      store<u32>(starts, <u32>events);
      if (y >= geometry.inputHeight || column - geometry.padding >= geometry.inputWidth) continue;
      const offset = column * channels * WEIGHT_ROW_BYTES;
      events = listPixel(events, pixel, channels, offset);
      pixel += <usize>channels * 4;
    }
    store<u32>(starts, <u32>events);
    starts += 4;
  }
}

function listPixel(events: usize, pixel: usize, channels: u32, offset: u32): usize {
  let c: u32 = 0;
  for (; c + 4 <= channels; c += 4) {
    let fired = i32x4.bitmask(f32x4.ne(v128.load(pixel + (<usize>c << 2)), f32x4.splat(0)));
    for (; fired; fired &= fired - 1) {
      const channel = c + ctz(fired);
      store<u32>(events, offset + channel * WEIGHT_ROW_BYTES);
      store<f32>(events, load<f32>(pixel + (<usize>channel << 2)), 4);
      events += EVENT_BYTES;
    }
  }
  for (; c < channels; c++) {
    const value = load<f32>(pixel + (<usize>c << 2));
    if (value == 0) continue;
    store<u32>(events, offset + c * WEIGHT_ROW_BYTES);
    store<f32>(events, value, 4);
    events += EVENT_BYTES;
  }
  return events;
}

/**
 * Lists the neurons that fired in either of two steps, from their spike codes; channels are multiples of 16.
 * If `second` is equal to the first step, there is no second one.
 */
export function listCodePairs(
  events: usize,
  starts: usize,
  sources: usize,
  sourceCount: u32,
  step: u32,
  second: u32,
  geometry: Geometry,
  first: u32,
  rows: u32,
): void {
  for (let r = first; r < first + rows; r++) {
    const y = r - geometry.padding;
    for (let column: u32 = 0; column < geometry.paddedWidth; column++, starts += 4) {
      store<u32>(starts, <u32>events);
      const x = column - geometry.padding;
      if (y >= geometry.inputHeight || x >= geometry.inputWidth) continue;
      let offset = column * geometry.channelsIn * WEIGHT_ROW_BYTES;
      for (let k: u32 = 0; k < sourceCount; k++) {
        const source = changetype<SpikeSource>(sources + <usize>k * offsetof<SpikeSource>());
        const pixel = <usize>(y * geometry.inputWidth + x) * source.channels;
        const codes = source.codes + <usize>step * source.stepBytes + pixel;
        const between = <usize>(second - step) * source.stepBytes;
        events = listPixelPairs(events, codes, between, source.channels, source.codeValues, offset);
        offset += source.channels * WEIGHT_ROW_BYTES;
      }
    }
    store<u32>(starts, <u32>events);
    starts += 4;
  }
}

// @ts-ignore: decorator
@inline
function listPixelPairs(
  events: usize,
  codes: usize,
  between: usize,
  channels: u32,
  values: usize,
  offset: u32,
): usize {
  for (const end = codes + channels; codes < end; codes += 16, offset += 16 * WEIGHT_ROW_BYTES) {
    const either = v128.or(v128.load(codes), v128.load(codes + between));
    let fired = <u32>i8x16.bitmask(i8x16.ne(either, i8x16.splat(0)));
    for (; fired; fired &= fired - 1) {
      const channel = ctz(fired);
      const code = codes + channel;
      store<u32>(events, offset + channel * WEIGHT_ROW_BYTES);
      store<f32>(events, load<f32>(values + (<usize>load<u8>(code) << 2)), 4);
      store<f32>(events, load<f32>(values + (<usize>load<u8>(code + between) << 2)), 8);
      events += PAIR_BYTES;
    }
  }
  return events;
}
