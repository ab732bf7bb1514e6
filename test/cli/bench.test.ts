/** The bench on tiny networks: what it prints is complete and valid. No time is asserted. */

import t from 'tap';
import { enginesOf } from '../../bin/bench/engine.js';
import { measure, summarise } from '../../bin/bench/measure.js';
import { networkWorks } from '../../bin/bench/networkTimes.js';
import type { Row } from '../../bin/bench/rows.js';
import { makeSubject } from '../../bin/bench/subject.js';
import { chooseEngine, useHost } from '../../lib/engine/choose.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { wasmBytes } from '../support/wasmMemory.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const tiny = ['bench', '--repeats', '1', '--widths', '1,2', '--size', '32', '--steps', '2', '--threads', '1'];

t.test('every group has rows with positive, finite values', async (t) => {
  const { machine, notes, rows } = spikingUnetJson(...tiny);
  t.match(machine, { cpu: /./, cores: Number, node: process.version });
  for (const group of ['kernels', 'events', 'integers', 'network', 'scaling']) {
    t.ok(
      rows.some((row: Row) => row.group === group),
      group,
    );
  }
  for (const { name, by, threads, value, unit, spread, ratio, to } of rows as Row[]) {
    const sane = value > 0 && Number.isFinite(value) && spread >= 0 && threads >= 1 && by !== '';
    t.ok(sane && ['GMAC/s', 'Gvalue/s', 'ms'].includes(unit), name);
    t.equal(ratio === undefined, to === undefined, `${name}: a ratio compares with something`);
    if (ratio !== undefined) t.ok(ratio > 0 && Number.isFinite(ratio), `${name}: ratio to ${to}`);
  }
  const text = notes.map((note: { text: string }) => note.text).join('\n');
  t.match(text, /width 2: random weights/);
  t.match(text, /dot products of layers of up to 8 bits: i(32x4|16x8)\.(relaxed_)?dot_i\w+_s/);
  const whole = rows.filter((row: Row) => /^\d bits/.test(row.name));
  t.same(
    whole.map(({ name, to }: Row) => [name, to]),
    [
      ['8 bits conv2d 3x3 16->16 32x32', 'float32'],
      ['4 bits conv2d 3x3 16->16 32x32', 'float32'],
      ['8 bits conv2d 3x3 32->32 16x16', 'float32'],
      ['4 bits conv2d 3x3 32->32 16x16', 'float32'],
      ['8 bits conv2d 3x3 64->64 8x8', 'float32'],
      ['4 bits conv2d 3x3 64->64 8x8', 'float32'],
    ],
  );
});

t.test('with a model, as text', async (t) => {
  const options = ['--widths', '8', '--only', 'network', '--model', 'drive'];
  const { status, stdout } = spikingUnet(...tiny, ...options);
  t.equal(status, 0);
  t.match(stdout, /Node v.*\n\nWhole network/);
  t.match(stdout, /width 8: drive\n/);
  t.match(stdout, /U-Net forward, width 8, 32x32 +\w+ +1 +[\d.]+ +ms/);
  t.notMatch(stdout, /Kernels/);
});

for (const [option, value, message] of [
  ['--only', 'kernels,speed', /--only.*"speed" is none of kernels, events, integers, network, scaling/],
  ['--widths', '8,x', /--widths.*whole number of at least 1/],
  ['--size', '100', /--size 100: expected multiples of 16/],
  ['--repeats', '0', /--repeats.*whole number of at least 1/],
  ['--engine', 'gpu', /--engine gpu: expected one of/],
] as const) {
  t.test(`${option} ${value}`, async (t) => {
    const { status, stdout, stderr } = spikingUnet('bench', option, value);
    t.equal(status, 2);
    t.match(stderr, message);
    t.equal(stdout, '');
  });
}

t.test('an engine that has one thread only is timed once', async (t) => {
  useHost(nodeHost);
  const threadsOf = (name: string) => enginesOf(name, 3).map(({ threads }) => threads);
  t.strictSame(threadsOf('reference'), [1]);
  t.strictSame(threadsOf('wasm'), [1, 3]);
  useHost({ startThread() {}, freeAddressSpace: () => 100 * 2 ** 20 });
  t.strictSame(threadsOf('wasm'), [1]);
  useHost(nodeHost);
});

t.test('what a row took of the memory of an engine is given back', async (t) => {
  const picture = { height: 48, width: 48, channels: 1 as const, data: new Uint8Array(48 * 48).fill(90) };
  const subject = makeSubject(8, [], picture, chooseEngine('wasm'), 1);
  const limits = { repeats: 1, budgetSeconds: 0, fewest: 1 };
  const bytesAfter = (rounds: number) =>
    wasmBytes((kernels) => {
      const engine = { name: 'wasm', threads: 1, kernels };
      for (let round = 0; round < rounds; round++)
        for (const work of networkWorks(subject, 48, 2)) measure([work], [engine], limits);
    });
  t.equal(bytesAfter(5), bytesAfter(1));
});

t.test('medians and quartiles', async (t) => {
  t.same(summarise([5]), { median: 5, spread: 0 });
  t.same(summarise([4, 1, 2, 3]), { median: 2.5, spread: 1.5 / 2.5 });
});
