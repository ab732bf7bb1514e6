/** Initialisations: spread and bounds of the weights of each, with fans that are counted here by hand. */

import t from 'tap';
import { buildLayers } from '../../lib/net/architectures.js';
import { findInitialisation, initialisations, xavierUniform } from '../../lib/net/initialisation.js';
import { initialParameters } from '../../lib/net/parameters.js';

const layers = buildLayers({ task: 'segment', width: 8, channels: 1, classes: 2 });

/**
 * conv10 has 128 channels in and out; convtranspose1 128 in, 64 out, and a weight [I,O,3,3] with a stride of
 * 2.
 */
const FANS = {
  'conv10.weight': { true: 128 * 9, in: 128 * 9, out: 128 * 9 },
  'convtranspose1.weight': { true: (128 * 9) / 4, in: 64 * 9, out: 128 * 9 },
};

for (const [name, fans] of Object.entries(FANS)) {
  t.test(`${name} is spread as each initialisation says`, async (t) => {
    const variances: Record<string, number> = {
      he: 2 / fans.true,
      'kaiming-normal': 2 / fans.in,
      'kaiming-normal-out': 2 / fans.out,
      'kaiming-uniform': 2 / fans.in,
      'kaiming-uniform-out': 2 / fans.out,
      'xavier-uniform': 2 / (fans.in + fans.out),
      'xavier-uniform-2': 8 / (fans.in + fans.out),
    };
    t.strictSame(Object.keys(variances), Object.keys(initialisations));
    for (const [scheme, variance] of Object.entries(variances)) {
      const values = initialParameters(layers, 5, findInitialisation(scheme)).get(name)!;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      const deviation = Math.sqrt(squares / variance);
      t.ok(Math.abs(deviation - 1) < 0.02, `${scheme}: ${deviation} of the deviation`);
      t.ok(Math.abs(mean) < 0.02 * Math.sqrt(variance), `${scheme}: mean ${mean}`);
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const bound = Math.sqrt(3 * variance);
      t.equal(largest <= Math.fround(bound), scheme.includes('uniform'), `${scheme}: largest ${largest}`);
      if (scheme.includes('uniform')) t.ok(largest > 0.999 * bound, `${scheme}: largest ${largest}`);
    }
  });
}

t.test('biases are 0; a gain stretches; an unknown name is refused', async (t) => {
  const [once, twice] = [1, 2].map((gain) => initialParameters(layers, 5, xavierUniform(gain)));
  t.strictSame(
    twice.get('conv2.weight'),
    once.get('conv2.weight')!.map((value) => 2 * value),
  );
  t.ok(once.get('conv2.bias')!.every((value) => value === 0));
  t.throws(() => findInitialisation('lecun'), /initialisation lecun: expected one of he, kaiming-normal,/);
});
