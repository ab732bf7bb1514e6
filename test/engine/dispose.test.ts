/**
 * A disposed engine frees what it holds: its threads end, its memory can be reserved again, later calls get a
 * clear error, and other engines keep working.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { chooseEngine, chooseKernels, engines, type Host, useHost } from '../../lib/engine/choose.js';
import type { Engine } from '../../lib/engine/door.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { floatImage } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

useHost(nodeHost);
const network = randomModel({ task: 'denoise', width: 2, channels: 1, classes: 1 });
const image = floatImage(randomImage(stream(1, 'dispose'), 32, 32, 1), 32, 32);
const run = (engine: Engine) => engine.prepare(network).run(image);
const usable = Object.keys(engines).filter((name) => engines[name].missing() === undefined);

for (const name of usable) {
  t.test(`${name}: an engine that was disposed of says so, and so does all that it made`, async (t) => {
    const engine = chooseEngine(name);
    const program = engine.prepare(network);
    const trainer = engine.trainer(network, backprop, { optimiser: findOptimiser('adam') });
    engine.dispose();
    engine.dispose(); // twice does no harm
    t.throws(() => program.run(image), /program was disposed of/);
    t.throws(() => trainer.parameters(), /trainer was disposed of/);
    t.throws(() => trainer.step([{ image, target: image.data }], 1e-3), /trainer was disposed of/);
    t.throws(() => engine.prepare(network), /engine .*was disposed of/);
    t.throws(() => engine.gradient(network, backprop, []), /engine .*was disposed of/);
    program.dispose();
    trainer.dispose();
  });

  t.test(`${name}: nobody else's engine ends with it`, async (t) => {
    const [one, other] = [chooseEngine(name), chooseEngine(name)];
    const expected = run(one);
    one.dispose();
    t.strictSame(run(other), expected);
    other.dispose();
    const next = chooseEngine(name);
    t.strictSame(run(next), expected, 'one that is chosen after the last was disposed of');
    next.dispose();
  });

  t.test(`${name}: kernels that somebody measures are nobody's to dispose of`, async (t) => {
    const kernels = chooseKernels(name);
    chooseEngine(name).dispose();
    const out = new Float32Array(4);
    kernels.reluForward(out, Float32Array.of(-1, 2, -3, 4));
    t.strictSame([...out], [0, 2, 0, 4]);
  });
}

t.test('its threads end', { skip: !usable.includes('wasm') }, async (t) => {
  const ends: Promise<number>[] = [];
  const host: Host = {
    ...nodeHost,
    startThread(script, data) {
      const source = `const { workerData: data } = require('node:worker_threads');\n${script}`;
      const worker = new Worker(source, { eval: true, workerData: data });
      ends.push(new Promise((end) => worker.once('exit', end)));
    },
  };
  useHost(host);
  const engine = chooseEngine('wasm', 3);
  run(engine);
  engine.dispose();
  const early = chooseEngine('wasm', 2); // its thread may not even have begun
  early.dispose();
  useHost(nodeHost);
  const late = new Promise((end) => setTimeout(end, 300_000, 'still running').unref());
  t.strictSame(await Promise.race([Promise.all(ends), late]), [0, 0, 0]);
});

t.test('its memory is given back, also where a disposed engine is held on to', async (t) => {
  const made: WeakRef<object>[] = [];
  const api = (globalThis as unknown as { WebAssembly: { Memory: new (limits: object) => object } })
    .WebAssembly;
  const { Memory } = api;
  api.Memory = class extends Memory {
    constructor(limits: object) {
      super(limits);
      made.push(new WeakRef(this));
    }
  };
  t.teardown(() => {
    api.Memory = Memory;
  });
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const held = Array.from({ length: 3 }, () => {
    const engine = chooseEngine(usable[0]);
    const program = engine.prepare(network);
    program.run(image);
    engine.dispose();
    return [engine, program];
  });
  for (let tries = 0; tries < 20 && made.some((memory) => memory.deref()); tries++) {
    await new Promise((done) => setTimeout(done, 50));
    collect();
  }
  t.ok(usable[0] !== 'wasm' || made.length >= 2, `${made.length} memories were made`);
  t.equal(made.filter((memory) => memory.deref()).length, 0);
  t.equal(held.length, 3);
});

t.test('a script that loads, segments and disposes ends by itself', async (t) => {
  const folder = t.testdir();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'spiking-unet'));
  // Its threads keep the program alive, unlike those of the package.
  const script = `
    import { Worker } from 'node:worker_threads';
    import { useHost } from 'spiking-unet';
    import { load, readPicture } from 'spiking-unet/node';
    const head = "const { workerData: data } = require('node:worker_threads');";
    useHost({
      startThread: (script, data) => new Worker(head + script, { eval: true, workerData: data }),
      freeAddressSpace: () => Infinity,
    });
    const network = load('drive', { threads: 2 });
    console.log(network.segment(readPicture('${resolve('fixtures/samples/fundus.png')}')).spikes > 0);
    network.dispose();`;
  writeFileSync(join(folder, 'script.mjs'), script);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['script.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 900_000,
  });
  t.equal(`${stdout}${stderr}`, 'true\n');
  t.equal(status, 0);
});
