/**
 * Networks in whole numbers: PyTorch and NumPy (fixtures/make/integers.py) against the definition, and the
 * definition against every way in which the fast engine computes them.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { newEngine } from '../../lib/engine/door.js';
import { newIntegerProgram } from '../../lib/engine/integerProgram.js';
import { reference } from '../../lib/engine/reference/index.js';
import type { Simulation, SimulationOptions } from '../../lib/engine/simulate/simulation.js';
import { type DotProduct, dotProducts, hasDotProductsOfBytes } from '../../lib/engine/wasm/dotProducts.js';
import { wasmKernels } from '../../lib/engine/wasm/index.js';
import { MOST_DIVISOR } from '../../lib/integer/quantise.js';
import { IMAGE, type Layer, OUTPUT, type Task } from '../../lib/net/architecture.js';
import { layersOf } from '../../lib/net/graph.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { conv2d } from '../../lib/op/conv2d.js';
import { randomImage } from '../support/networks.js';
import { halvingNeurons, wholeNetwork, withFewestMembraneBits } from '../support/wholeNetworks.js';

const ways = (hasDotProductsOfBytes() ? Object.keys(dotProducts) : ['pairs']) as DotProduct[];
/** Every way in which the fast engine can compute them. */
const engines = [1, 3].flatMap((threads) =>
  [undefined, nodeHost].flatMap((host) =>
    ways.map((dotProduct) => ({
      name: `${threads} threads, ${host ? 'shared' : 'plain'} memory, ${dotProduct}`,
      kernels: wasmKernels({ threads, host, dotProduct, poison: true }),
    })),
  ),
);

/** Names of the fields that differ: to show how such tensors differ would take minutes. */
const differing = (found: Partial<Simulation>, expected: Partial<Simulation>) =>
  Object.entries(expected).flatMap(([name, value]) =>
    isDeepStrictEqual(found[name as keyof Simulation], value) ? [] : [name],
  );

const CHANNELS = 24;
const FIRES = { output: 'relu1', follows: 'relu' } as const;
const ENDS = { output: OUTPUT, follows: 'nothing' } as const;

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
    const [height, columns] = [16 * (1 + random.integer(2)), 16 * (1 + random.integer(3))];
    const image = { data: randomImage(random, height, columns, channels), height, width: columns, channels };
    const counted = random.integer(2) ? { top: 0, bottom: 16, left: 0, right: columns } : undefined;
    const options: SimulationOptions = { steps: k === 0 ? 1 : 1 + random.integer(4), counted };
    const expected = newIntegerProgram(reference, network).simulate(image, options);
    t.ok(expected.spikes > 0, `${expected.spikes} spikes`);
    for (const { name, kernels } of engines) {
      const program = newEngine('wasm', kernels).prepare(network);
      const what = `network ${k}: width ${width}, ${bits} bits, membranes of ${network.membraneBits ?? 32}, ${thresholds} thresholds, ${name}`;
      t.strictSame(differing(program.simulate(image, options), expected), [], what);
      const { output, spikes } = program.simulate(image, { ...options, keep: [] });
      const own = { output: expected.output, spikes: expected.spikes };
      t.strictSame(differing({ output, spikes }, own), [], `${what}, without sums`);
      program.dispose();
    }
  }
});

t.test('rows of every length, whose last tile is full or not', async (t) => {
  const network = wholeNetwork(
    { task: 'segment', width: 3, channels: 1, classes: 2 },
    { bits: 8, thresholds: 4 },
  );
  for (const width of [16, 32, 48, 64, 80, 96]) {
    const image = { data: randomImage(stream(width, 'rows'), 16, width, 1), height: 16, width, channels: 1 };
    const expected = newIntegerProgram(reference, network).simulate(image, { steps: 2 });
    for (const { name, kernels } of engines) {
      const program = newEngine('wasm', kernels).prepare(network);
      t.strictSame(differing(program.simulate(image, { steps: 2 }), expected), [], `width ${width}, ${name}`);
      program.dispose();
    }
  }
});

t.test(
  'membranes at, just below and just above a threshold, with small and with the largest divisors',
  async (t) => {
    const random = stream(2, 'thresholds');
    const layers = layersOf(
      [
        { ...{ name: 'conv1', op: conv2d({ channelsOut: CHANNELS, kernel: 1 }), inputs: [IMAGE] }, ...FIRES },
        { ...{ name: 'conv2', op: conv2d({ channelsOut: 1, kernel: 1 }), inputs: ['relu1'] }, ...ENDS },
      ],
      1,
    );
    const image = { data: new Float32Array(3), height: 1, width: 3, channels: 1 };
    for (const N of [1, 4, 7, 8])
      for (let round = 0; round < 20; round++) {
        const divisor = Float32Array.from({ length: CHANNELS }, () => {
          if (round % 4 === 0) return MOST_DIVISOR - random.integer(3);
          return 1 + random.integer(round % 4 === 1 ? MOST_DIVISOR : 2 ** (1 + random.integer(14)));
        });
        // V(0) + bias is k D, or one or two more or less; many k are large: there float32 is least exact.
        const bias = divisor.map((D) => {
          const k = random.integer(2) ? random.integer(2 ** N + 2) - 1 : 2 ** N - random.integer(8);
          return k * D + random.integer(5) - 2 - Math.floor(D / 2);
        });
        const parameters = new Map([
          ...[['conv1.weight', new Float32Array(CHANNELS)] as const, ['conv1.bias', bias] as const],
          ...[
            ['conv1.divisor', divisor] as const,
            ['conv2.weight', new Float32Array(CHANNELS).fill(1)] as const,
          ],
          ...[['conv2.bias', Float32Array.of(0)] as const, ['conv2.divisor', Float32Array.of(1)] as const],
        ]);
        const network = { ...{ layers, parameters, bits: 8 }, ...halvingNeurons(N, {}) };
        const expected = newIntegerProgram(reference, network).simulate(image, { steps: 3 });
        for (const { name, kernels } of engines) {
          const program = newEngine('wasm', kernels).prepare(network);
          t.strictSame(
            differing(program.simulate(image, { steps: 3 }), expected),
            [],
            `${N} thresholds, round ${round}, ${name}`,
          );
          program.dispose();
        }
      }
  },
);

t.test('the largest codes and weights, whose sums only just fit 16 bits', async (t) => {
  const random = stream(3, 'short sums');
  const [C, O] = [20, 9];
  for (let round = 0; round < 12; round++) {
    const second = conv2d({ channelsOut: O, kernel: round % 3 === 0 ? 1 : 3 });
    const layers = layersOf(
      [
        { ...{ name: 'conv1', op: conv2d({ channelsOut: C, kernel: 1 }), inputs: [IMAGE] }, ...FIRES },
        { ...{ name: 'conv2', op: second, inputs: ['relu1'] }, output: 'relu2', follows: 'relu' },
        { ...{ name: 'conv3', op: conv2d({ channelsOut: 1, kernel: 1 }), inputs: ['relu2'] }, ...ENDS },
      ],
      1,
    );
    const values = [127, -127, 126, 64, 3, 2, 1, -1, -2, -3, 0];
    const often = values.slice(random.integer(6), 6 + random.integer(5)); // one sign or both
    const some = (length: number) => Float32Array.from({ length }, () => often[random.integer(often.length)]);
    const parameters = new Map([
      ...[
        ['conv1.weight', new Float32Array(C)] as const,
        ['conv1.divisor', new Float32Array(C).fill(1)] as const,
      ],
      ['conv1.bias', new Float32Array(C).fill(random.integer(3) ? 200 : 126)] as const,
      ['conv2.weight', some(second.kernel ** 2 * C * O)] as const,
      ...[['conv2.bias', some(O)] as const, ['conv2.divisor', new Float32Array(O).fill(9)] as const],
      ['conv3.weight', new Float32Array(O).fill(1)] as const,
      ...[['conv3.bias', Float32Array.of(0)] as const, ['conv3.divisor', Float32Array.of(1)] as const],
    ]);
    const network = { ...{ layers, parameters, bits: 8 }, ...halvingNeurons(7, {}) };
    const image = { data: new Float32Array(50), height: 5, width: 10, channels: 1 };
    const wanted: SimulationOptions = { steps: 1, keep: ['currents'] };
    const expected = newIntegerProgram(reference, network).simulate(image, wanted);
    for (const { name, kernels } of engines) {
      const program = newEngine('wasm', kernels).prepare(network);
      t.strictSame(differing(program.simulate(image, wanted), expected), [], `round ${round}, ${name}`);
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

t.test('all this with dot products of bytes, where Node hides them', async (t) => {
  if (hasDotProductsOfBytes()) {
    t.pass('they are in the tests above');
    return;
  }
  // Node 20's baseline compiler computes them wrongly.
  const flags = ['--experimental-wasm-relaxed-simd', '--no-liftoff', ...process.execArgv];
  const { status, stdout } = spawnSync(process.execPath, [...flags, fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
  });
  t.equal(status, 0, stdout.match(/^ *not ok .*/m)?.[0] ?? 'it passes');
  for (const way of ['sums', 'fused']) t.match(stdout, `shared memory, ${way}`);
});
