/** Weights as whole numbers by hand, and what is refused. */

import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { pictureCodes } from '../../lib/integer/codes.js';
import { checkBounds, checkWholeNumbers, integerNetwork } from '../../lib/integer/integerNetwork.js';
import { integerStep } from '../../lib/integer/integerSteps.js';
import { quantiseParameters } from '../../lib/integer/quantise.js';
import { spikesOf } from '../../lib/integer/spikes.js';
import { neuronParameters } from '../../lib/neuron/index.js';
import type { SpikingNetwork } from '../../lib/neuron/spikingNetwork.js';
import { changedParameters } from '../support/changed.js';
import { dyadicNetwork } from '../support/networks.js';
import { wholeNetwork } from '../support/wholeNetworks.js';

const configuration = { task: 'segment', width: 1, channels: 1, classes: 2 } as const;
/** A network in float32 with these thresholds everywhere, and with other values of some parameters. */
function floats(thresholds: number[], changes: Record<string, number[]> = {}): SpikingNetwork {
  const network = dyadicNetwork(configuration, 'mt', thresholds);
  const parameters = new Map(
    [...network.parameters].map(([name, values]) => [
      name,
      changes[name] ? Float32Array.from(changes[name]) : values,
    ]),
  );
  return { ...network, parameters };
}

t.test('divisor, weights and bias of a layer by hand', async (t) => {
  const weight = [0.5, -0.25, 0.1, 0, 0, 0, 0, 0, 0.3];
  const network = floats([0.5, 0.25], { 'conv2.weight': weight, 'conv2.bias': [0.11] });
  const whole = quantiseParameters(network, { bits: 8 });
  t.same([...whole.get('conv2.divisor')!], [254], 'floor(127 / 0.5)');
  t.same([...whole.get('conv2.weight')!], [127, -63, 25, 0, 0, 0, 0, 0, 76], '-63.5 up, 25.4, 76.2');
  t.same([...whole.get('conv2.bias')!], [112], '0.11 x 254 / 0.25 = 111.8');
  const image = { ...floats([0.5], { 'conv1.weight': [51, 0, 0, 0, 0, 0, 0, 0, 0] }) };
  t.same(
    [...quantiseParameters(image, { bits: 8 }).get('conv1.weight')!.slice(0, 1)],
    [127],
    'a level is 1/255',
  );
  t.same([...quantiseParameters(image, { bits: 8 }).get('conv1.divisor')!], [317], '51 / 255 / 0.5 = 0.4');
});

t.test('all outputs share a divisor, and their weights have 16 bits', async (t) => {
  const network = floats([0.5], { 'conv19.weight': [0.5, 0.25], 'conv19.bias': [0, 1] });
  const whole = quantiseParameters(network, { bits: 4 });
  t.same([...whole.get('conv19.divisor')!], [131068, 131068], 'floor(32767 / 0.25)');
  t.same(
    [...whole.get('conv19.weight')!],
    [32767, 16384],
    'half a volt is the unit of what it reads; 16383.5 up',
  );
  t.same([...whole.get('conv19.bias')!], [0, 131068]);
});

t.test('the current of the output stays below 2^24 in a step', async (t) => {
  const volts = [0.5, 0.25, 0.125, 0.0625, 0.03125];
  for (const [weight, bias] of [
    [
      [0.5, -0.25],
      [0, 3],
    ],
    [
      [2 ** -12, 2 ** -9],
      [0, 0],
    ],
    [
      [0, 0],
      [0, 0],
    ],
  ]) {
    const whole = quantiseParameters(floats(volts, { 'conv19.weight': weight, 'conv19.bias': bias }), {
      bits: 8,
    });
    const [D, other] = whole.get('conv19.divisor')!;
    t.equal(D, other);
    const current = (d: number, o: number) =>
      31 * Math.abs(Math.round(weight[o] * volts[4] * d)) + Math.abs(Math.round(bias[o] * d));
    t.ok(Math.max(current(D, 0), current(D, 1)) < 2 ** 24);
    const mostWeight = Math.max(...weight.map(Math.abs)) * volts[4] * (D + 1);
    t.ok(
      D === 2 ** 23 || mostWeight > 32767 || Math.max(current(D + 2, 0), current(D + 2, 1)) + 33 > 2 ** 24,
    );
  }
});

t.test('single layers have bits of their own', async (t) => {
  const network = floats([0.5, 0.25]);
  const bitsOf = { conv2: 4, conv12: 12 };
  const whole = quantiseParameters(network, { bits: 8, bitsOf });
  const [four, eight, twelve] = [4, 8, 12].map((bits) => quantiseParameters(network, { bits }));
  for (const [name, values] of whole) {
    const same = name.startsWith('conv2.') ? four : name.startsWith('conv12.') ? twelve : eight;
    t.strictSame(values, same.get(name), name);
  }
  const refused = (bitsOf: Record<string, number>, message: RegExp) =>
    t.throws(() => quantiseParameters(network, { bits: 8, bitsOf }), { message });
  refused({ conv20: 8 }, /bits conv20=8: no such layer, expected one of conv1, conv2/);
  refused({ relu2: 8 }, /no such layer/);
  refused({ conv19: 8 }, /no such layer/);
  refused({ conv2: 17 }, /bits conv2=17: expected 2 to 16/);
});

t.test('a silent channel and a large bias have a divisor', async (t) => {
  const zeros = Array<number>(9).fill(0);
  const whole = quantiseParameters(floats([0.5], { 'conv2.weight': zeros, 'conv2.bias': [1024] }), {
    bits: 8,
  });
  t.same([...whole.get('conv2.divisor')!], [4096], '2^23 / 2048');
});

t.test('neurons pass thresholds from high to low, strictly', async (t) => {
  const codesOf = { unit: 0.25, least: 0, most: 3 };
  const own = { divisor: Int32Array.of(10), codes: codesOf, mostMembrane: 2 ** 31 - 1 };
  const current = Int32Array.of(-5, 10, 11, 20, 21, 30, 31, 99);
  const [codes, membrane] = [new Uint8Array(8), new Int32Array(8)];
  integerStep(own, codes, membrane, current);
  t.same([...codes], [0, 0, 1, 1, 2, 2, 3, 3]);
  t.same([...membrane], [-5, 10, 1, 10, 1, 10, 1, 69]);
  t.same([...spikesOf(codes)], [0, 0, 1, 1, 1, 1, 2, 2]);
});

t.test('membranes of few bits saturate after they have received their current', async (t) => {
  const own = { divisor: Int32Array.of(10), codes: { unit: 0.25, least: 0, most: 3 }, mostMembrane: 63 };
  const current = Int32Array.of(-200, -50, 100, 20);
  const [codes, membrane] = [new Uint8Array(4), Int32Array.of(0, -20, 10, 0)];
  integerStep(own, codes, membrane, current);
  t.same([...codes], [0, 0, 3, 1]);
  t.same([...membrane], [-64, -64, 33, 10]);
});

t.test('a membrane must hold its thresholds', async (t) => {
  const network = { ...floats([0.5, 0.25]), bits: 8 };
  const whole = { ...network, parameters: quantiseParameters(network, { bits: 8 }) };
  t.throws(() => integerNetwork({ ...whole, membraneBits: 8 }), {
    message: /membraneBits 8: a threshold of conv1 is \d+, a membrane at most 127: take more bits/,
  });
  t.doesNotThrow(() => integerNetwork({ ...whole, membraneBits: 24 }));
  for (const membraneBits of [7, 33, 16.5])
    t.throws(() => quantiseParameters(network, { bits: 8, membraneBits }), {
      message: /membraneBits .*: expected 8 to 32/,
    });
});

t.test('levels of a picture are rounded and clipped', async (t) => {
  t.same([...pictureCodes(Float32Array.of(0, 1, 0.5 / 255, 2 / 255, -3, 9))], [0, 255, 1, 2, -512, 767]);
});

t.test('what has no whole numbers is refused, by name', async (t) => {
  const refused = (network: SpikingNetwork, message: RegExp) =>
    t.throws(() => quantiseParameters(network, { bits: 8 }), { message });
  refused(floats([2, 0.5]), /relu1: thresholds 2, 0\.5 cannot .*\(mt\).* halve/);
  refused(floats(Array.from({ length: 9 }, (_, i) => 2 ** -i)), /relu1: 9 thresholds cannot/);
  refused(dyadicNetwork(configuration, 'if', [1]), /relu1: neuron if cannot/);
  const odd = floats([0.5]);
  const parameters = neuronParameters(odd.neuron, { thresholds: [0.5], spikeValues: [1] });
  refused({ ...odd, neuronParameters: parameters }, /spike values 1 cannot/);
  t.throws(
    () => quantiseParameters(floats([0.5], { 'conv2.weight': Array(9).fill(300) }), { bits: 8 }),
    DataError,
  );
});

t.test('a file that is not what it says is refused', async (t) => {
  const whole = wholeNetwork(configuration, { bits: 8, thresholds: 4 });
  const changed = (name: string, value: number | undefined) => {
    const values = value === undefined ? undefined : whole.parameters.get(name)!.map(() => value);
    return { ...whole, parameters: changedParameters(whole.parameters, name, values) };
  };
  t.doesNotThrow(() => checkWholeNumbers(whole));
  for (const [name, value, message] of [
    ['conv3.weight', 0.5, /conv3\.weight: 0\.5 at 0, expected whole/],
    ['conv3.weight', 40000, /conv3\.weight: 40000/],
    ['conv3.divisor', 0, /conv3\.divisor: 0 at 0/],
    ['conv3.divisor', undefined, /conv3\.divisor is missing/],
  ] as const)
    t.throws(() => integerNetwork(changed(name, value)), { message });
  const { bits: _, ...silent } = whole;
  t.throws(() => checkWholeNumbers(silent), /does not say that it is in whole numbers/);
});

t.test('steps after which a membrane may not fit 32 bits are refused', async (t) => {
  const whole = integerNetwork(wholeNetwork(configuration, { bits: 8, thresholds: 4 }));
  const most = Math.max(...whole.map(({ bound }) => bound));
  t.doesNotThrow(() => checkBounds(whole, Math.floor(2 ** 30 / most)));
  t.throws(() => checkBounds(whole, Math.ceil(2 ** 31 / most)), UsageError);
});
