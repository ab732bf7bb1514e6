/**
 * Networks in whole numbers: PyTorch and NumPy (fixtures/make/integers.py) against the definition, and the
 * definition against every way in which the fast engine computes them.
 */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { newEngine } from '../../lib/engine/door.js';
import { newIntegerProgram } from '../../lib/engine/integerProgram.js';
import { reference } from '../../lib/engine/reference/index.js';
import type { SimulationOptions } from '../../lib/engine/simulate/simulation.js';
import { wasmKernels } from '../../lib/engine/wasm/index.js';
import { hasRelaxedSimd } from '../../lib/engine/wasm/webassembly.js';
import type { Layer, Task } from '../../lib/net/architecture.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { randomImage } from '../support/networks.js';
import { wholeNetwork, withFewestMembraneBits } from '../support/wholeNetworks.js';

/** Every way in which the fast engine can compute them. */
const engines = [1, 3].flatMap((threads) =>
  [undefined, nodeHost].flatMap((host) =>
    [false, ...(hasRelaxedSimd() ? [true] : [])].map((relaxed) => ({
      name: `${threads} threads, ${host ? 'shared' : 'plain'} memory, relaxed ${relaxed}`,
      kernels: wasmKernels({ threads, host, relaxed, poison: true }),
    })),
  ),
);

t.test('the fast engine gives the numbers of the definition', async (t) => {
  const random = stream(1, 'integers');
  for (let k = 0; k < 5; k++) {
    const task: Task = k % 2 === 0 ? 'segment' : 'denoise';
    const [channels, width] = [1 + 2 * random.integer(2), 1 + random.integer(6)];
    const classes = task === 'denoise' ? channels : 2 + random.integer(8);
    const thresholds = 1 + random.integer(8);
    const near = () => Math.min(8, Math.max(1, thresholds - 1 + random.integer(3)));
    const thresholdsOf = { relu17: near(), pooling1: near() };
    const bits = 6 + random.integer(7);
    const wide = wholeNetwork(
      { task, width, channels, classes },
      { bits, thresholds, thresholdsOf, seed: k },
    );
    const network = k % 2 === 1 ? withFewestMembraneBits(wide) : wide;
    const [height, columns] = [16 * (1 + random.integer(2)), 16 * (1 + random.integer(2))];
    const image = { data: randomImage(random, height, columns, channels), height, width: columns, channels };
    const counted = random.integer(2) ? { top: 0, bottom: 16, left: 0, right: columns } : undefined;
    const options: SimulationOptions = { steps: k === 0 ? 1 : 1 + random.integer(4), counted };
    const expected = newIntegerProgram(reference, network).simulate(image, options);
    t.ok(expected.spikes > 0, `${expected.spikes} spikes`);
    for (const { name, kernels } of engines) {
      const program = newEngine('wasm', kernels).prepare(network);
      const what = `network ${k}: width ${width}, ${bits} bits, membranes of ${network.membraneBits ?? 32}, ${thresholds} thresholds, ${name}`;
      t.same(program.simulate(image, options), expected, what);
      const { output, spikes } = program.simulate(image, { ...options, keep: [] });
      t.same(
        { output, spikes },
        { output: expected.output, spikes: expected.spikes },
        `${what}, without sums`,
      );
      program.dispose();
    }
  }
});

t.test('what has no form in whole numbers is refused, not ignored', async (t) => {
  const network = wholeNetwork(
    { task: 'segment', width: 1, channels: 1, classes: 2 },
    { bits: 8, thresholds: 4 },
  );
  const image = { data: new Float32Array(256), height: 16, width: 16, channels: 1 };
  for (const kernels of [reference, engines[0].kernels]) {
    const program = newEngine('any', kernels).prepare(network);
    t.throws(() => program.run(image), /no forward pass/);
    t.throws(() => program.examine(image, () => 0), /no forward pass/);
    t.throws(() => program.quantised(image), /rounded activations/);
    for (const [option, message] of [
      [{ mode: 'event' }, /computed densely/],
      [{ timing: 'delayed' }, /no delayed timing/],
      [{ order: (layers: readonly Layer[]) => layers }, /in their order/],
      [{ trace: true }, /no traces/],
      [{ steps: 0 }, /steps 0/],
      [{ steps: 1e9 }, /does not fit 32 bits/],
    ] as const)
      t.throws(() => program.simulate(image, { steps: 1, ...option }), message);
    t.ok(program.bytesOf(64, 64, { steps: 3 }) > program.bytesOf(16, 16), 'larger pictures take more');
    t.equal(program.multipleOf, 16);
    program.dispose();
  }
});
