/** Pooling, ReLU, concatenation and sums of tensors (assembly/pixelwise.ts). */

import type { Kernels } from '../contract.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';

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
  /** Runs a kernel on `count` values of `size` each, in chunks. */
  const runChunks = (name: string, count: number, size: number, ...args: number[]) => {
    const chunk = Math.max(1, Math.ceil(chunkOf(count * size, threads.count) / size));
    threads.run(name, Math.ceil(count / chunk), ...args, chunk);
  };
  const avgPool2dForward: Kernels['avgPool2dForward'] = (out, input, { height, width, channels }) =>
    machine.call((lend) => {
      const shape = [height, width, channels];
      const addresses = [lend.result(out), lend.input(input)];
      runChunks('averagePool', height / 2, 2 * width * channels, ...addresses, ...shape);
    });
  return {
    avgPool2dForward,
    eventAvgPool2d: avgPool2dForward, // one pass over the memory is less than a list of events
    avgPool2dBackward: (gradInput, gradOut, { height, width, channels }) =>
      machine.call((lend) => {
        const addresses = [lend.result(gradInput), lend.input(gradOut)];
        runChunks('averagePoolGradient', height, width * channels, ...addresses, height, width, channels);
      }),
    reluForward: (out, input) =>
      machine.call((lend) => {
        runChunks('relu', out.length, 1, lend.result(out), lend.input(input), out.length);
      }),
    reluBackward: (gradInput, gradOut, gate) =>
      machine.call((lend) => {
        const addresses = [lend.result(gradInput), lend.input(gradOut), lend.input(gate)];
        runChunks('reluGradient', gradInput.length, 1, ...addresses, gradInput.length);
      }),
    concatForward: (out, first, second, dims) =>
      machine.call((lend) => {
        const { pixels } = dims;
        const channels = dims.first + dims.second;
        const target = lend.result(out);
        const copy = (at: number, values: Float32Array, count: number) => {
          const from = [lend.input(values), count, 0, count, pixels];
          runChunks('copyChannels', pixels, count, target, channels, at, ...from);
        };
        copy(0, first, dims.first);
        copy(dims.first, second, dims.second);
      }),
    concatBackward: (gradFirst, gradSecond, gradOut, dims) =>
      machine.call((lend) => {
        const { pixels } = dims;
        const channels = dims.first + dims.second;
        const source = lend.input(gradOut);
        const copy = (values: Float32Array, at: number, count: number) => {
          const from = [source, channels, at, count, pixels];
          runChunks('copyChannels', pixels, count, lend.result(values), count, 0, ...from);
        };
        copy(gradFirst, 0, dims.first);
        copy(gradSecond, dims.first, dims.second);
      }),
    addInto: (sum, part) =>
      machine.call((lend) => {
        runChunks('addInto', sum.length, 1, lend.result(sum), lend.input(part), sum.length);
      }),
    divideBy: (values, divisor) =>
      machine.call((lend) => {
        const bits = new Int32Array(Float32Array.of(divisor).buffer)[0];
        runChunks('divideBy', values.length, 1, lend.result(values), bits, values.length);
      }),
  };
}
