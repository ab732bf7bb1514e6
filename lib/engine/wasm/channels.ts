/** Channels of the tensors of neurons are padded to whole blocks; here padding is added and removed. */

import { WIDE_BLOCK } from './constants.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';

/** The number of channels, rounded up to whole blocks. */
export const padChannels = (channels: number): number => Math.ceil(channels / WIDE_BLOCK) * WIDE_BLOCK;

/**
 * A tensor [pixels,channels] from one with padded channels, which is released; without padding, that tensor.
 */
export function withoutPadding(
  machine: Machine,
  address: number,
  pixels: number,
  channels: number,
  padded: number,
): Float32Array {
  const length = pixels * channels;
  if (padded === channels) return machine.heap.lasting(address, length);
  const plain = machine.heap.allocate(4 * length);
  changeChannels(machine, plain, channels, address, padded, pixels);
  machine.heap.release(address);
  return machine.heap.lasting(plain, length);
}

/** Copies [pixels,from] to [pixels,to]: cut off, or filled up with zeros. */
export function changeChannels(
  machine: Machine,
  target: number,
  to: number,
  source: number,
  from: number,
  pixels: number,
) {
  if (to > from) machine.heap.floats(target, pixels * to).fill(0);
  const chunk = chunkOf(pixels, machine.threads.count);
  const tasks = Math.ceil(pixels / chunk);
  const channels = Math.min(to, from);
  const of = { out: target, outChannels: to, first: 0, input: source, inputChannels: from, fromFirst: 0 };
  machine.threads.run('copyChannels', tasks, { ...of, channels, pixels, chunk });
}
