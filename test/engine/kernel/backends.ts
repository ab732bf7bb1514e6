/** Every back-end, by name: each test of this folder runs on all of them that work on this machine. */

import { engines, useHost } from '../../../lib/engine/choose.js';
import type { Kernels } from '../../../lib/engine/kernels/contract.js';
import { wasmKernels } from '../../../lib/engine/wasm/index.js';
import { nodeHost } from '../../../lib/node/nodeHost.js';

useHost(nodeHost);
const usable = Object.entries(engines).filter(([, engine]) => engine.missing() === undefined);

/** Freed memory is filled with NaN where an engine has its own, so that using it shows. */
const strict: [string, Kernels][] = usable.some(([name]) => name === 'wasm')
  ? [
      ...[1, 3].map((threads): [string, Kernels] => {
        const kernels = wasmKernels({ threads, host: nodeHost, poison: true });
        return [`wasm, threads ${threads}, strict`, kernels];
      }),
      ['wasm without threads, strict', wasmKernels({ threads: 3, poison: true })],
    ]
  : [];

export const backends: readonly (readonly [string, Kernels])[] = [
  ...usable.map(([name, engine]) => [name, engine.create(1)] as const),
  ...strict,
];
