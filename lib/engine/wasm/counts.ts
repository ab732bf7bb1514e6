/** Counts of values and of spikes (assembly/countKernels.ts). */

import type { Kernels } from '../kernels/contract.js';
import { chunkOf } from './cut.js';
import type { Machine } from './machine.js';

type Counts = Pick<Kernels, 'countNonZero' | 'countWithin'>;

export function counts(machine: Machine): Counts {
  const { heap, threads } = machine;
  /** What `run` adds to the counter at an address. */
  const counted = (counter: number, run: (total: number) => void): number => {
    heap.counts(counter, 1).fill(0n);
    run(counter);
    return Number(heap.counts(counter, 1)[0]);
  };
  return {
    countNonZero: (values) =>
      machine.call((lend) => {
        const { length: count } = values;
        const chunk = chunkOf(count, threads.count);
        const rest = { values: lend.input(values), count, chunk };
        return counted(lend.room(8), (total) =>
          threads.run('countNonZero', Math.ceil(count / chunk), { total, ...rest }),
        );
      }),
    countWithin: (spikes, { top, bottom, left, right }, { width, channels }) =>
      machine.call((lend) => {
        const rows = bottom - top;
        const chunk = Math.ceil(chunkOf(rows * width * channels, threads.count) / (width * channels));
        const columns = { width: width * channels, left: left * channels, right: right * channels };
        const rest = { bytes: lend.input(spikes), top, bottom, ...columns, chunk };
        return counted(lend.room(8), (total) =>
          threads.run('countWithin', Math.ceil(rows / chunk), { total, ...rest }),
        );
      }),
  };
}
