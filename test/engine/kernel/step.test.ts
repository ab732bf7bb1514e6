/**
 * Single steps of neurons, forward and backward, are the loops of lib/neuron to the bit, for every neuron of
 * the table, surrogate and reset, on random sizes and parameters; counts are those of plain loops.
 * That those loops are right, traces by hand (neuron.test.ts) and PyTorch (throughTime.test.ts) say.
 */

import fc from 'fast-check';
import t from 'tap';
import { newSpikeCounts, stepNeurons, stepNeuronsBack } from '../../../lib/engine/kernels/neuronSteps.js';
import { stepBackOf } from '../../../lib/neuron/derivative.js';
import { neuronParameters, neurons } from '../../../lib/neuron/index.js';
import { surrogates } from '../../../lib/neuron/surrogate.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { requireSameBits, tensorSource } from './bits.js';

/** Stands beside the tensors of a call. */
const BESIDE = 5;

const volts = fc.double({ min: 0.02, max: 2, noNaN: true });
const thresholds = fc
  .uniqueArray(volts, { minLength: 1, maxLength: 9 })
  .map((drawn) => drawn.sort((a, b) => b - a));
const stepCase = fc.record({
  name: fc.constantFrom('mt', 'if', 'if-hard', 'lif', 'ml', 'rs'),
  thresholds,
  spikeValues: fc.array(volts, { minLength: 9, maxLength: 9 }),
  leak: fc.oneof(fc.constantFrom(1, 0.99, 0), fc.double({ min: 0, max: 1, noNaN: true })),
  reset: fc.constantFrom('soft' as const, 'hard' as const),
  surrogate: fc.constantFrom(...Object.values(surrogates)),
  gradient: fc.constantFrom('detached' as const, 'attached' as const),
  // Some are more than one task, so that threads share them.
  count: fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 40 }) },
    { weight: 1, arbitrary: fc.integer({ min: 32760, max: 32780 }) },
  ),
  seed: fc.nat(),
  density: fc.double({ min: 0, max: 1, noNaN: true }),
});
type Case = typeof stepCase extends fc.Arbitrary<infer Drawn> ? Drawn : never;

/** Fixed, so that the same cases run every time. */
const settings = { seed: 20231, numRuns: 200 };

/**
 * The neurons of a case, with only such parameters as they can have, and a state before a step: every third
 * neuron meets a threshold, or an end of a surrogate's rectangle, exactly.
 */
function drawn({ name, count, seed, density, ...of }: Case) {
  const neuron = neurons[name];
  const { parameters: schema } = neuron;
  const most = schema.thresholds.most === 1 ? 1 : of.thresholds.length;
  const leak = schema.leak.wrong(of.leak, of.thresholds, name) ? 1 : of.leak;
  const reset = schema.reset.wrong(of.reset, of.thresholds, name) ? undefined : of.reset;
  const given = { leak, reset, spikeValues: of.spikeValues.slice(0, most) };
  const parameters = neuronParameters(neuron, { ...given, thresholds: of.thresholds.slice(0, most) });
  const next = tensorSource(seed, density);
  const states = neuron.membranes(most) * count;
  const [membrane, carried, current, gradOut] = [states, states, count, count].map(next);
  for (let n = seed % 3; n < count; n += 3) {
    for (let at = n; at < states; at += count) membrane[at] = 0;
    const threshold = Math.fround(parameters.thresholds[n % most]);
    current[n] = [threshold, 1.5 * threshold, threshold + 0.5][(n >> 2) % 3];
  }
  return { own: { neuron, parameters }, membrane, carried, current, gradOut };
}

for (const [engine, kernels] of backends) {
  t.test(`${engine}: a step of neurons is their own loop`, async () => {
    const property = fc.property(stepCase, (of) => {
      const { own, membrane, current } = drawn(of);
      const expected = { out: current.slice(), spikes: new Uint8Array(of.count), membrane: membrane.slice() };
      own.neuron.step(expected.out, expected.spikes, expected.membrane, current, own.parameters);
      kernels.scope(() => {
        const arena = new Arena();
        const [out, state] = [arena.result(of.count), arena.state(membrane)];
        const spikes = newSpikeCounts(kernels, of.count).fill(77);
        stepNeurons(kernels, own, out, spikes, state, arena.input(current));
        arena.check();
        requireSameBits(out, expected.out, 'weighted spikes');
        requireSameBits(state, expected.membrane, 'potentials');
        requireSameBits(Float32Array.from(spikes), Float32Array.from(expected.spikes), 'numbers of spikes');
      });
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: a step backwards is the loop of the definition`, async () => {
    const property = fc.property(stepCase, (of) => {
      const { own, membrane, carried, current, gradOut } = drawn(of);
      const derivative = { surrogate: of.surrogate, reset: of.gradient };
      const [gradient, before] = [current.slice(), carried.slice()];
      const { back } = stepBackOf(own.neuron);
      back(gradient, before, gradOut, { membrane, current }, own.parameters, derivative);
      const arena = new Arena();
      const [gradCurrent, state] = [arena.result(of.count), arena.state(carried)];
      const input = { membrane: arena.input(membrane), current: arena.input(current) };
      stepNeuronsBack(kernels, own, { back, derivative }, gradCurrent, state, arena.input(gradOut), input);
      arena.check();
      requireSameBits(gradCurrent, gradient, 'dL/dI(t)');
      requireSameBits(state, before, 'dL/dV(t-1)');
    });
    fc.assert(property, settings);
  });

  t.test(`${engine}: a step leaves what lies beside its tensors in memory`, async () => {
    const property = fc.property(stepCase, (of) => {
      const { own, membrane, carried, current, gradOut } = drawn(of);
      const derivative = { surrogate: of.surrogate, reset: of.gradient };
      const { back } = stepBackOf(own.neuron);
      kernels.scope(() => {
        const wholes: Float32Array[] = [];
        const between = (values: Float32Array) => {
          const whole = kernels.tensor(values.length + 8).fill(BESIDE);
          wholes.push(whole);
          const part = whole.subarray(3, -5);
          part.set(values);
          return part;
        };
        const tensors = [current, membrane, current, current, carried, gradOut];
        const [out, state, input, gradient, before, gradients] = tensors.map(between);
        const bytes = newSpikeCounts(kernels, of.count + 8).fill(77);
        stepNeurons(kernels, own, out, bytes.subarray(3, -5), state, input);
        const at = { membrane: state, current: input };
        stepNeuronsBack(kernels, own, { back, derivative }, gradient, before, gradients, at);
        const beside = wholes.flatMap((whole) => [...whole.subarray(0, 3), ...whole.subarray(-5)]);
        const same = beside.every((value) => value === BESIDE);
        if (!same || [...bytes.subarray(0, 3), ...bytes.subarray(-5)].some((byte) => byte !== 77))
          throw new Error('written beside');
      });
    });
    fc.assert(property, { ...settings, numRuns: 50 });
  });

  t.test(`${engine}: counts what is not 0`, async (t) => {
    for (const [length, density] of [
      [1, 1],
      [4099, 0.5],
      [70003, 0.1],
      [8, 0],
    ]) {
      const values = tensorSource(length, density)(length);
      const expected = values.filter((value) => value !== 0).length;
      t.equal(kernels.countNonZero(values), expected, `${length}`);
    }
  });

  t.test(`${engine}: counts the spikes of a window`, async () => {
    const side = fc.tuple(fc.nat(200), fc.nat(200)).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]);
    const windowCase = fc.record({ rows: side, columns: side, channels: fc.integer({ min: 1, max: 5 }) });
    const property = fc.property(windowCase, ({ rows: [top, bottom], columns: [left, right], channels }) => {
      const width = right + 3;
      const spikes = Uint8Array.from({ length: (bottom + 2) * width * channels }, (_, n) => (n * n) % 256);
      const window = { top, bottom, left, right };
      let expected = 0;
      spikes.forEach((count, n) => {
        const [y, x] = [Math.floor(n / channels / width), Math.floor(n / channels) % width];
        if (y >= top && y < bottom && x >= left && x < right) expected += count;
      });
      const got = kernels.countWithin(spikes, window, { width, channels });
      if (got !== expected) throw new Error(`${got} spikes, expected ${expected}`);
    });
    fc.assert(property, { ...settings, numRuns: 60 });
  });
}

t.test('what an engine does not know runs in its own loops', async (t) => {
  const own = { neuron: neurons.mt, parameters: neuronParameters(neurons.mt, {}) };
  const zeros = () => new Float32Array(2);
  for (const [engine, kernels] of backends) {
    const called: string[] = [];
    const step = () => called.push('step');
    const neuron = { ...own.neuron, dynamics: undefined, step };
    stepNeurons(kernels, { ...own, neuron }, zeros(), new Uint8Array(2), zeros(), zeros());
    const back = () => called.push('back');
    const surrogate = { ...surrogates.atan, kernel: undefined, derivative: () => called.push('derivative') };
    const before = { membrane: zeros(), current: zeros() };
    const run = (stepsBack: Parameters<typeof stepNeuronsBack>[2]) =>
      stepNeuronsBack(kernels, own, stepsBack, zeros(), zeros(), zeros(), before);
    run({ back, derivative: { surrogate: surrogates.atan, reset: 'attached' } });
    run({ back: stepBackOf(own.neuron).back, derivative: { surrogate, reset: 'attached' } });
    t.strictSame([...new Set(called)], ['step', 'back', 'derivative'], engine);
  }
});
