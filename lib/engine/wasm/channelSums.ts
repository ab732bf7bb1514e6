/** Loops over tensors with numbers of float64 for each channel (assembly/channelKernels.ts). */

import type { ChannelLoops, Scale } from '../../op/channelLoops.js';
import { BLOCK, OF_PRODUCTS, OF_SQUARES, OF_VALUES } from './constants.js';
import { chunkOf } from './cut.js';
import type { Arguments, Machine } from './machine.js';

export function channelSums(machine: Machine): ChannelLoops {
  const { heap, threads } = machine;
  const doubles = (lend: Arguments, values: Float64Array) => {
    const address = lend.room(values.byteLength);
    heap.doubles(address, values.length).set(values);
    return address;
  };
  /** Adds to sums [C] what `kind` says of values [pixels,C]. */
  const add = (
    kind: number,
    sums: Float64Array,
    values: Float32Array,
    mean?: Float64Array,
    gradients?: Float32Array,
  ) =>
    machine.call((lend) => {
      const channels = sums.length;
      const address = doubles(lend, sums);
      threads.run('channelSums', Math.ceil(channels / BLOCK), {
        ...{ kind, sums: address, mean: mean ? doubles(lend, mean) : address },
        ...{ values: lend.input(values), gradients: gradients ? lend.input(gradients) : 0 },
        ...{ pixels: values.length / channels, channels },
      });
      sums.set(heap.doubles(address, channels));
    });
  const lendScale = (lend: Arguments, { slope, mean, shift }: Scale) => ({
    slope: doubles(lend, slope),
    mean: doubles(lend, mean),
    shift: doubles(lend, shift),
  });
  const sizesOf = ({ length }: Float32Array, channels: number) => {
    const chunk = Math.ceil(chunkOf(length, threads.count) / channels);
    const pixels = length / channels;
    return { tasks: Math.ceil(pixels / chunk), sizes: { pixels, channels, chunk } };
  };
  return {
    addValues: (sums, values) => add(OF_VALUES, sums, values),
    addSquares: (sums, values, mean) => add(OF_SQUARES, sums, values, mean),
    addProducts: (sums, gradients, values, mean) => add(OF_PRODUCTS, sums, values, mean, gradients),
    scale: (out, values, of) =>
      machine.call((lend) => {
        const { tasks, sizes } = sizesOf(values, of.mean.length);
        const tensors = { out: lend.result(out), values: lend.input(values) };
        threads.run('scaleChannels', tasks, { ...sizes, ...lendScale(lend, of), ...tensors });
      }),
    scaleBack: (gradients, values, of) =>
      machine.call((lend) => {
        const { tasks, sizes } = sizesOf(values, of.mean.length);
        const tensors = { gradients: lend.result(gradients), values: lend.input(values) };
        const scale = { ...lendScale(lend, of), pull: doubles(lend, of.pull) };
        threads.run('scaleChannelsBack', tasks, { ...sizes, ...scale, ...tensors });
      }),
  };
}
