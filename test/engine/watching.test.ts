/** What a caller sees of single steps is what the simulation did in them, on every engine. */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { withProgram } from '../../lib/engine/door.js';
import type { WatchedStep } from '../../lib/engine/simulate/simulation.js';
import { toChw } from '../../lib/format/layout.js';
import { outputDims } from '../../lib/net/architecture.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { dyadicNetwork, randomImage } from '../support/networks.js';
import { wholeNetwork } from '../support/wholeNetworks.js';

const engines = [
  ['reference', 1],
  ['wasm', 1],
  ['wasm', 3],
] as const;
const SIGNALS = ['relu1', 'pooling2', 'relu18', 'output'];
const STEPS = 4;
const configuration = { task: 'segment', width: 3, channels: 1, classes: 3 } as const;
const data = randomImage(stream(5, 'watch'), 16, 16, 1).map((value) => Math.round(16 * value) / 16);
const image = { data, height: 16, width: 16, channels: 1 };

/** All that is shown of some layers, and the simulation. */
function watch(network: SpikingNetwork, [name, threads]: (typeof engines)[number]) {
  const engine = chooseEngine(name, threads);
  const seen: WatchedStep[] = [];
  const simulation = withProgram(engine, network, (program) =>
    program.simulate(image, {
      steps: STEPS,
      watch: { signals: SIGNALS, onStep: (watched) => seen.push(watched) },
    }),
  );
  const after = Array.from({ length: STEPS }, (_, t) =>
    withProgram(engine, network, (program) => program.simulate(image, { steps: t + 1 })),
  );
  engine.dispose();
  return { seen, simulation, after };
}

const networks = {
  float32: dyadicNetwork(configuration, 'mt', [2, 1, 0.5, 0.25]),
  'whole numbers': wholeNetwork(configuration, { bits: 8, thresholds: 4 }),
};

for (const [kind, network] of Object.entries(networks))
  for (const engine of engines)
    t.test(`${kind}, ${engine.join(' ')}: spikes, sums and outputs of single steps`, async (t) => {
      const { seen, simulation, after } = watch(network, engine);
      t.equal(seen.length, SIGNALS.length * STEPS);
      t.ok(simulation.spikes > 0);
      t.strictSame(simulation.output, after.at(-1)!.output, 'watching changes nothing');
      for (const signal of SIGNALS) {
        const steps = seen.filter((one) => one.signal === signal);
        t.strictSame(
          steps.map(({ step }) => step),
          [0, 1, 2, 3],
          `${signal}: in order`,
        );
        if (signal === 'output') {
          for (const { step, output } of steps) t.strictSame(output, after[step].output, `after ${step + 1}`);
          continue;
        }
        for (const { step, output, spikes, membrane } of steps) {
          const [now, before] = [after[step], after[step - 1]];
          const count = (n: number) =>
            now.spikeCounts.get(signal)![n] - (before?.spikeCounts.get(signal)?.[n] ?? 0);
          t.strictSame(
            spikes,
            spikes.map((_, n) => count(n)),
            `${signal}: spikes in step ${step + 1}`,
          );
          const flow = now.flows.get(signal)!.map((sum, n) => sum - (before?.flows.get(signal)?.[n] ?? 0));
          t.strictSame(output, flow, `${signal}: o(${step + 1})`);
          // what went in and did not come out is left; dyadic weights and pictures make these sums exact
          if (kind === 'float32')
            t.strictSame(
              membrane,
              now.currents.get(signal)!.map((sum, n) => sum - now.flows.get(signal)![n]),
              `${signal}: u(${step + 1})`,
            );
        }
      }
    });

t.test('membranes are those of a trace, and of whole numbers the same on all engines', async (t) => {
  const [, fast] = engines;
  const { seen } = watch(networks.float32, fast);
  const engine = chooseEngine('reference');
  const { trace } = withProgram(engine, networks.float32, (program) =>
    program.simulate(image, { steps: STEPS, trace: true }),
  );
  for (const { signal, step, membrane } of seen.filter(({ signal }) => signal !== 'output')) {
    const layer = networks.float32.layers.find(({ output }) => output === signal)!;
    const { height, width, channels } = outputDims(layer, image.height, image.width);
    const size = height * width * channels;
    const expected = trace!.get(`membrane.${signal}`)!.data.subarray(step * size, (step + 1) * size);
    t.strictSame([...toChw(membrane, height, width, channels)], [...expected], `${signal}, step ${step}`);
  }
  const [defined, ...others] = engines.map((one) => watch(networks['whole numbers'], one).seen);
  const byName = (all: readonly WatchedStep[]) =>
    [...all].sort((a, b) => a.step - b.step || a.signal.localeCompare(b.signal));
  for (const other of others) t.strictSame(byName(other), byName(defined));
  t.ok(defined.some(({ membrane }) => membrane.some((value) => value !== 0)));
});

t.test('layers that have no neurons, and delayed layers, cannot be watched', async (t) => {
  const engine = chooseEngine('wasm');
  for (const network of Object.values(networks))
    withProgram(engine, network, (program) =>
      t.throws(
        () => program.simulate(image, { steps: 1, watch: { signals: ['relu99'], onStep: () => {} } }),
        /^watch relu99: has no neurons, expected some of relu1, .*output$/,
      ),
    );
  withProgram(engine, networks.float32, (program) =>
    t.throws(
      () =>
        program.simulate(image, {
          steps: 1,
          timing: 'delayed',
          watch: { signals: ['relu1'], onStep: () => {} },
        }),
      /delayed timing/,
    ),
  );
});
