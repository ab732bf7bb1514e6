/** What --thresholds may say, and what it says about what it may not. */

import { InvalidArgumentError } from 'commander';
import t from 'tap';
import { thresholdOption } from '../../bin/cli/thresholdOption.js';
import { planOf, voltsOf } from '../../lib/convert/convertOptions.js';
import { UsageError } from '../../lib/core/error.js';
import { findNeuron } from '../../lib/neuron/index.js';

/** In volts, of all layers and of those that have others. */
function resolve(text: string, name = 'mt') {
  const { common, byLayer } = thresholdOption(text);
  const neuron = findNeuron(name);
  if (common === 'auto') throw new Error('auto is measured');
  return {
    thresholds: common === undefined ? undefined : voltsOf(common, neuron),
    thresholdsOf: Object.fromEntries([...byLayer].map(([layer, some]) => [layer, voltsOf(some, neuron)])),
  };
}

t.test('a whole number says how many: 1/2, 1/4, .. of Theorem 3.1', async (t) => {
  t.strictSame(resolve('1').thresholds, [0.5]);
  t.strictSame(resolve('3').thresholds, [0.5, 0.25, 0.125]);
  t.strictSame(resolve(' 3 ').thresholds, [0.5, 0.25, 0.125]);
  t.strictSame(resolve('3'), { thresholds: [0.5, 0.25, 0.125], thresholdsOf: {} });
});

t.test('with a decimal point, or one of several, a number is volts', async (t) => {
  t.strictSame(resolve('1.0').thresholds, [1]);
  t.strictSame(resolve('2.5').thresholds, [2.5]);
  t.strictSame(resolve('2,1').thresholds, [2, 1]);
  t.strictSame(resolve('2, 1,0.5').thresholds, [2, 1, 0.5]);
  t.strictSame(resolve('5e-1').thresholds, [0.5]);
});

t.test('of a neuron with one threshold a number is its value', async (t) => {
  for (const neuron of ['if', 'if-hard', 'lif', 'rs']) {
    t.strictSame(resolve('2', neuron).thresholds, [2], neuron);
    t.strictSame(resolve('0.5,relu3=2', neuron), { thresholds: [0.5], thresholdsOf: { relu3: [2] } });
  }
});

t.test('layers have their own, in either way', async (t) => {
  t.strictSame(resolve('2,relu16=3,relu17=0.5:0.25,pooling1=1.0'), {
    thresholds: [0.5, 0.25],
    thresholdsOf: { relu16: [0.5, 0.25, 0.125], relu17: [0.5, 0.25], pooling1: [1] },
  });
  t.strictSame(resolve('relu16=1,2,1,relu3=2'), {
    thresholds: [2, 1],
    thresholdsOf: { relu16: [0.5], relu3: [0.5, 0.25] },
  });
  t.strictSame(resolve('relu16=8').thresholds, undefined, 'all others keep those of the preset');
});

t.test('what makes no sense is refused', async (t) => {
  for (const [text, message] of [
    ['', /^expected a number$/],
    ['five', /^expected a number$/],
    ['2,', /^expected a number$/],
    ['2,,1', /^expected a number$/],
    ['2;1', /^expected a number$/],
    ['NaN', /^expected a number$/],
    ['0', /^expected a whole number of at least 1$/],
    ['relu3=', /^expected a number$/],
    ['relu3=0', /^expected a whole number of at least 1$/],
    ['relu3=0.5:', /^expected a number$/],
    ['relu3=1=2', /^expected a number$/],
    ['relu3=auto', /^expected a number$/],
    ['3,relu3=1,relu3=2', /^relu3 is there twice$/],
  ] as const) {
    t.throws(() => thresholdOption(text), InvalidArgumentError, `"${text}"`);
    t.throws(() => thresholdOption(text), message, `"${text}"`);
  }
});

t.test('presets: the paper keeps the usual thresholds of the neuron, one-step has seven', async (t) => {
  for (const name of ['mt', 'ml', 'if'])
    t.strictSame(
      planOf({ neuron: findNeuron(name) }).thresholds,
      findNeuron(name).parameters.thresholds.defaults,
    );
  t.strictSame(
    planOf({ preset: 'one-step' }).thresholds,
    [1, 2, 3, 4, 5, 6, 7].map((i) => 2 ** -i),
  );
  t.strictSame(
    planOf({ preset: 'one-step', neuron: findNeuron('if') }).thresholds,
    [1],
    'seven are no volts',
  );
  t.throws(
    () => planOf({ preset: 'two-step' }),
    new UsageError('preset two-step: expected one of paper, one-step'),
  );
  for (const thresholds of [0, 2.5, -1, Number.NaN])
    t.throws(() => planOf({ thresholds }), UsageError, String(thresholds));
});

t.test('auto is no number of volts', async (t) => {
  t.strictSame(thresholdOption('auto').common, 'auto');
  t.strictSame(thresholdOption('auto,relu3=2').common, 'auto');
  t.throws(() => thresholdOption('auto,3'), /expected a number/);
});
