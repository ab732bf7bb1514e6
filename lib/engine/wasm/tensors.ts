/** Tensors that belong to scopes: in the memory of WebAssembly if views of it last, else ordinary arrays. */

import type { TensorMemory } from '../kernels/contract.js';
import type { Machine } from './machine.js';

export function tensors(machine: Machine): TensorMemory {
  const { heap } = machine;
  const tensor = (length: number) =>
    heap.shared && heap.inScope ? heap.floats(heap.allocate(4 * length), length) : new Float32Array(length);
  return {
    tensor,
    release: (values) => {
      if (heap.owns(values)) heap.release(values.byteOffset);
    },
    resident: (values) => {
      if (!heap.shared) return values.slice();
      const copy = heap.floats(heap.allocateForGood(4 * values.length), values.length);
      copy.set(values);
      return copy;
    },
    scope: (work) =>
      heap.scope(() =>
        work((values) => {
          if (!heap.owns(values)) return values;
          return heap.handOn(values.byteOffset) ? values : values.slice();
        }),
      ),
    frozen: (work) => machine.frozen(work),
    hold: (weights) => machine.hold(weights),
    dispose: () => machine.dispose(),
  };
}
