/**
 * Event files, which TensorBoard shows: records in the framing of TFRecord, each of which is an `Event` in
 * protocol buffers (event.proto, summary.proto). Scalars are float32, pictures are the bytes of PNG files.
 */

import { crc32c } from '../core/crc32.js';
import { double, field, float, integer, join, message, text } from './protobuf.js';

export interface ShownPicture {
  readonly height: number;
  readonly width: number;
  /** 1: grey, 3: RGB */
  readonly channels: number;
  readonly png: Uint8Array;
}

/** What is shown under a name; a `/` in it makes groups. */
export interface Shown {
  readonly tag: string;
  readonly value: number | ShownPicture;
}

const VERSION = 'brain.Event:2';
/** SessionLog.SessionStatus */
const START = 1;
/** What is added to a rotated checksum: a checksum of bytes that hold their own would say little. */
const MASK = 0xa282ead8;

/** The record that a file begins with; times are seconds since 1970. */
export function versionRecord(time: number): Uint8Array {
  return eventRecord(time, 0, text(3, VERSION));
}

/** Says that a run goes on from an earlier state: what earlier files show at `step` and later has expired. */
export function restartRecord(time: number, step: number): Uint8Array {
  return eventRecord(time, step, message(7, [integer(1, START)]));
}

/** Values at a step. */
export function summaryRecord(time: number, step: number, shown: readonly Shown[]): Uint8Array {
  const values = shown.map(({ tag, value }) => message(1, [text(1, tag), encodeValue(value)]));
  return eventRecord(time, step, message(5, values));
}

function encodeValue(value: Shown['value']): Uint8Array {
  if (typeof value === 'number') return float(2, value);
  const { height, width, channels, png } = value;
  return message(4, [integer(1, height), integer(2, width), integer(3, channels), field(4, png)]);
}

/** Numbers of fields are those of event.proto; a step that is 0 is left out, as protocol buffers do it. */
function eventRecord(time: number, step: number, what: Uint8Array): Uint8Array {
  return frame(join([double(1, time), ...(step === 0 ? [] : [integer(2, step)]), what]));
}

/** A record: its length in 8 bytes, the data, and a checksum behind either; little-endian. */
function frame(data: Uint8Array): Uint8Array {
  const [head, tail] = [new Uint8Array(12), new Uint8Array(4)];
  const view = new DataView(head.buffer);
  view.setUint32(0, data.length, true); // no record is longer than 4 GiB
  view.setUint32(8, masked(head.subarray(0, 8)), true);
  new DataView(tail.buffer).setUint32(0, masked(data), true);
  return join([head, data, tail]);
}

/** The checksum of bytes, rotated to the right by 15 bits, plus a constant. */
function masked(bytes: Uint8Array): number {
  const sum = crc32c(bytes);
  return (((sum >>> 15) | (sum << 17)) + MASK) >>> 0;
}
