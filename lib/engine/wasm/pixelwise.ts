/** Pooling, ReLU, concatenation and sums of tensors (assembly/pixelwiseKernels.ts). */

import type { Kernels } from '../kernels/contract.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';
import type { KernelArguments } from './words.js';

type Pixelwise = Pick<
  Kernels,
  | 'avgPool2dForward'
  | 'avgPool2dBackward'
  | 'eventAvgPool2d'
  | 'reluForward'
  | 'reluBackward'
  | 'concatForward'
  | 'concatBackward'
  | 'addInto'
  | 'divideBy'
>;

export function pixelwise(machine: Machine): Pixelwise {
  const { threads } = machine;
  /** How `count` pieces of `size` values are cut: pieces of a task, and tasks. */
  const chunks = (count: number, size: number) => {
    const chunk = Math.max(1, Math.ceil(chunkOf(count * size, threads.count) / size));
    return { chunk, tasks: Math.ceil(count / chunk) };
  };
  /** Copies `channels` channels of each pixel to other places. */
  const copyChannels = (copy: Omit<KernelArguments<'copyChannels'>, 'chunk'>) => {
    const { tasks, chunk } = chunks(copy.pixels, copy.channels);
    threads.run('copyChannels', tasks, { ...copy, chunk });
  };
  const avgPool2dForward: Kernels['avgPool2dForward'] = (out, input, { height, width, channels }) =>
    machine.call((lend) => {
      const { tasks, chunk } = chunks(height / 2, 2 * width * channels);
      const tensors = { out: lend.result(out), input: lend.input(input) };
      threads.run('averagePool', tasks, { ...tensors, height, width, channels, chunk });
    });
  return {
    avgPool2dForward,
    eventAvgPool2d: avgPool2dForward, // one pass over the memory is faster than a list of events
    avgPool2dBackward: (gradInput, gradOut, { height, width, channels }) =>
      machine.call((lend) => {
        const { tasks, chunk } = chunks(height, width * channels);
        const tensors = { gradInput: lend.result(gradInput), gradOut: lend.input(gradOut) };
        threads.run('averagePoolGradient', tasks, { ...tensors, height, width, channels, chunk });
      }),
    reluForward: (out, input) =>
      machine.call((lend) => {
        const { tasks, chunk } = chunks(out.length, 1);
        const tensors = { out: lend.result(out), input: lend.input(input) };
        threads.run('relu', tasks, { ...tensors, count: out.length, chunk });
      }),
    reluBackward: (gradInput, gradOut, gate) =>
      machine.call((lend) => {
        const { tasks, chunk } = chunks(gradInput.length, 1);
        const gradients = { gradInput: lend.result(gradInput), gradOut: lend.input(gradOut) };
        const rest = { gate: lend.input(gate), count: gradInput.length, chunk };
        threads.run('reluGradient', tasks, { ...gradients, ...rest });
      }),
    concatForward: (out, first, second, dims) =>
      machine.call((lend) => {
        const { pixels } = dims;
        const whole = { out: lend.result(out), outChannels: dims.first + dims.second, pixels };
        const copy = (at: number, values: Float32Array, channels: number) => {
          const part = { input: lend.input(values), inputChannels: channels, fromFirst: 0, channels };
          copyChannels({ ...whole, first: at, ...part });
        };
        copy(0, first, dims.first);
        copy(dims.first, second, dims.second);
      }),
    concatBackward: (gradFirst, gradSecond, gradOut, dims) =>
      machine.call((lend) => {
        const { pixels } = dims;
        const whole = { input: lend.input(gradOut), inputChannels: dims.first + dims.second, pixels };
        const copy = (values: Float32Array, at: number, channels: number) => {
          const part = { out: lend.result(values), outChannels: channels, first: 0, channels };
          copyChannels({ ...whole, fromFirst: at, ...part });
        };
        copy(gradFirst, 0, dims.first);
        copy(gradSecond, dims.first, dims.second);
      }),
    addInto: (sum, part) =>
      machine.call((lend) => {
        const { tasks, chunk } = chunks(sum.length, 1);
        const tensors = { sum: lend.result(sum), part: lend.input(part) };
        threads.run('addInto', tasks, { ...tensors, count: sum.length, chunk });
      }),
    divideBy: (values, divisor) =>
      machine.call((lend) => {
        const { tasks, chunk } = chunks(values.length, 1);
        const divisorBits = new Int32Array(Float32Array.of(divisor).buffer)[0];
        const rest = { divisorBits, count: values.length, chunk };
        threads.run('divideBy', tasks, { values: lend.result(values), ...rest });
      }),
  };
}
