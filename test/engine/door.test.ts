/**
 * The interface of engines: the same bits from each of them, on random networks and shapes; results that
 * belong to the caller; weights that are packed once and freed; and what is refused before a kernel sees it.
 */

import fc from 'fast-check';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { withProgram } from '../../lib/engine/door.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import type { Example, Method } from '../../lib/engine/learn/method.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { reference } from '../../lib/engine/reference/index.js';
import { ALL_SUMS, MODES } from '../../lib/engine/simulate/simulation.js';
import { VOID } from '../../lib/op/losses.js';
import { engineOf, floatImage, referenceEngine } from '../support/engine.js';
import { dyadicNetwork, randomImage, randomModel } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';
import { requireSameSimulation } from './kernel/simulations.js';

const configuration = { task: 'segment', width: 2, channels: 1, classes: 3 } as const;
const unet = randomModel(configuration, 3);
const spiking = dyadicNetwork(configuration, 'mt', [1, 0.5, 0.25]);
const [height, width] = [32, 16];
const imageOf = (seed: number, height = 32, width = 16, channels = 1) =>
  floatImage(randomImage(stream(seed, 'door'), height, width, channels), height, width);
const image = imageOf(1);

const networkCase = fc.record({
  width: fc.integer({ min: 1, max: 5 }),
  channels: fc.constantFrom(1, 3),
  height: fc.constantFrom(16, 32),
  breadth: fc.constantFrom(16, 32),
  mode: fc.constantFrom(...MODES),
  steps: fc.integer({ min: 1, max: 4 }),
  keep: fc.constantFrom(ALL_SUMS, ['flows'] as const, []),
  seed: fc.nat(),
});

t.test('every engine gives the bits of the reference, on random networks and shapes', async (t) => {
  const property = fc.property(networkCase, ({ width, channels, height, breadth, seed, ...options }) => {
    const shape = { task: 'segment', width, channels, classes: 2 } as const;
    const [model, snn] = [randomModel(shape, seed), dyadicNetwork(shape, 'mt', [1, 0.5], seed)];
    const drawn = imageOf(seed, height, breadth, channels);
    const target = Uint8Array.from({ length: height * breadth }, (_, p) => (p % 5 === 0 ? VOID : p % 2));
    const expected = referenceEngine.prepare(model).run(drawn);
    const simulation = referenceEngine.prepare(snn).simulate(drawn, options);
    const { loss } = referenceEngine.gradient(model, backprop, [{ image: drawn, target }]);
    for (const [name, kernels] of backends.filter(([, kernels]) => kernels !== reference)) {
      const engine = engineOf(kernels);
      requireSameBits(
        withProgram(engine, model, (program) => program.run(drawn)),
        expected,
        name,
      );
      requireSameSimulation(
        withProgram(engine, snn, (program) => program.simulate(drawn, options)),
        simulation,
        options.keep,
      );
      if (engine.gradient(model, backprop, [{ image: drawn, target }]).loss !== loss) throw new Error(name);
    }
  });
  fc.assert(property, { seed: 4, numRuns: 12 });
  t.pass('12 networks');
});

for (const [name, kernels] of backends) {
  const engine = engineOf(kernels);

  t.test(`${name}: what comes out are arrays of the caller's own`, async (t) => {
    const program = engine.prepare(spiking);
    const run = () => program.simulate(image, { steps: 3 });
    const [first, output] = [run(), program.run(image)];
    const before = structuredClone(first);
    for (const values of [
      ...run().flows.values(),
      ...run().currents.values(),
      run().output,
      program.run(image),
    ])
      values.fill(7);
    program.dispose();
    withProgram(engine, unet, (other) => other.run(image));
    t.doesNotThrow(() => requireSameSimulation(first, before), 'later runs do not change them');
    const again = engine.prepare(spiking);
    t.doesNotThrow(
      () => requireSameSimulation(again.simulate(image, { steps: 3 }), before),
      'nor do they others',
    );
    requireSameBits(again.run(image), output, 'output');
    t.ok(output.buffer instanceof ArrayBuffer && output.buffer.byteLength === output.byteLength);
    again.dispose();
  });

  t.test(`${name}: a pass shows every signal, and what another one would lead to`, async (t) => {
    const program = engine.prepare(unet);
    const output = program.run(image);
    const exactly = referenceEngine.prepare(unet);
    program.examine(image, (pass) => {
      for (const signal of ['relu1', 'pooling2', 'relu10', 'relu_convtranspose2', 'relu18']) {
        requireSameBits(pass.outputWith(signal, pass.signal(signal)), output, `${signal} as it is`);
        pass.signal(signal).fill(9);
        const other = pass.signal(signal).map((value) => value / 2);
        const expected = exactly.examine(image, (exact) => exact.outputWith(signal, other));
        requireSameBits(pass.outputWith(signal, other), expected, `${signal} halved`);
        requireSameBits(program.run(image), output, 'and it can be run on the way');
      }
      t.not(pass.outputWith('relu18', new Float32Array(pass.signal('relu18').length)).join(), output.join());
    });
    t.equal(
      program.examine(image, ({ image }) => image),
      image,
    );
    program.dispose();
  });

  t.test(`${name}: two programs of one network; one goes, the other stays`, async (t) => {
    const [one, other] = [engine.prepare(unet), engine.prepare(unet)];
    const expected = other.run(image);
    one.run(image);
    one.dispose();
    one.dispose(); // twice does no harm
    t.throws(() => one.run(image), /disposed of: prepare the network again/);
    requireSameBits(other.run(image), expected, 'the other');
    other.dispose();
  });

  t.test(`${name}: programs and trainers that are disposed of leave nothing behind`, async (t) => {
    const once = () => {
      withProgram(engine, unet, (program) => program.run(image));
      const trainer = engine.trainer(unet, backprop, { optimiser: findOptimiser('adam') });
      trainer.step([example], 1e-3);
      trainer.dispose();
    };
    once();
    const bytes = memoryBytes(kernels);
    for (let i = 0; i < 12; i++) once();
    t.equal(memoryBytes(kernels), bytes);
  });
}

const target = Uint8Array.from({ length: height * width }, (_, p) => p % 3);
const example: Example = { image, target };

const memoryBytes = (kernels: Kernels) => kernels.scope(() => kernels.tensor(1).buffer.byteLength);

for (const [name, kernels] of backends) {
  const engine = engineOf(kernels);
  t.test(`${name}: a trainer learns its own copy, and goes on where another one stopped`, async (t) => {
    const methods: [string, Method<typeof spiking>][] = [
      ['back-propagation', backprop],
      ['ASF-BP', asf({ steps: 2 })],
    ];
    const optimiser = findOptimiser('adam');
    for (const [what, method] of methods) {
      const whole = engine.trainer(spiking, method, { optimiser });
      const losses = [0, 1, 2, 3].map(() => whole.step([example, example], 1e-2));
      const first = engine.trainer(spiking, method, { optimiser });
      const started = [0, 1].map(() => first.step([example, example], 1e-2));
      const [parameters, averages] = [first.parameters(), first.averages()];
      first.step([example], 1); // results that were returned do not change
      first.dispose();
      const second = engine.trainer({ ...spiking, parameters }, method, { optimiser, averages, updates: 2 });
      const rest = [2, 3].map(() => second.step([example, example], 1e-2));
      t.strictSame([...started, ...rest], losses, what);
      for (const [key, values] of whole.parameters()) {
        requireSameBits(second.parameters().get(key)!, values, `${what}: ${key}`);
      }
      t.notSame(parameters.get('conv19.bias'), spiking.parameters.get('conv19.bias'), `${what}: it learned`);
      for (const trainer of [whole, second]) trainer.dispose();
    }
  });
}

t.test('what does not fit is refused with what was got, what was expected, and what to do', async (t) => {
  const program = referenceEngine.prepare(unet);
  const with_ = (changes: Partial<typeof image>) => () => program.run({ ...image, ...changes });
  t.throws(
    with_({ height: 31 }),
    new UsageError('image: is 31x16 (height x width), expected multiples of 16: pad it first'),
  );
  t.throws(with_({ width: 0 }), /is 32x0 .*pad it first/);
  t.throws(
    with_({ channels: 3 }),
    new UsageError('image: has 3 channels, expected 1 as the network reads them'),
  );
  t.throws(
    with_({ data: new Float32Array(7) }),
    new UsageError('image: got 7 values, expected 512 of [32,16,1]'),
  );
  const holed = image.data.slice();
  holed[5] = Number.NaN;
  t.throws(with_({ data: holed }), new DataError('image: value 5 is NaN, expected finite numbers only'));
  t.throws(() => program.simulate(image, { steps: 1 }), /has no neurons: convert it first/);
  t.throws(
    () => referenceEngine.prepare(spiking).simulate(image, { steps: 0 }),
    /steps 0: expected a whole number/,
  );

  const learn = (changes: Partial<Example>) => () =>
    referenceEngine.gradient(unet, backprop, [{ ...example, ...changes }]);
  t.doesNotThrow(learn({ target: target.slice().fill(VOID) }));
  const wrong = target.slice();
  wrong[17] = 3;
  t.throws(
    learn({ target: wrong }),
    new DataError('target: class 3 at row 1, column 1, expected 0 to 2, or 255 where a pixel does not count'),
  );
  t.throws(
    learn({ target: new Uint8Array(3) }),
    new UsageError('target: got 3 values, expected 512 of [32,16]'),
  );
  t.throws(learn({ target: new Float32Array(512) }), /got 512 values, expected 1536 of \[32,16,3\]/);
  t.throws(learn({ target: new Float32Array(1536).fill(Number.NaN) }), DataError);
  t.throws(learn({ image: { ...image, data: holed } }), DataError);
});
