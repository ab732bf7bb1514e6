/**
 * Engines, threads and memory on the command line: what is chosen, what is refused, and that results do not
 * change.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { wasmMissing } from '../../lib/engine/wasm/index.js';
import { encodeModel } from '../../lib/model/model.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { randomModel } from '../support/networks.js';
import { environment, type Outcome, spikingUnet, spikingUnetJson } from './command.js';

const OK = 0;
const USAGE = 2;
const DATA = 3;

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
/** Narrow, because without WebAssembly nothing is compiled: a bundled network takes seconds there. */
const NETWORKS = { ann: ['--model', at('ann.safetensors')], snn: ['--model', at('snn.safetensors')] };

function picture(size: number): string {
  const file = at(`${size}.png`);
  writePng(file, drawSample(1, 1, 'eye', 1, size).picture);
  return file;
}
const small = picture(16);
const model = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 3);
writeFileSync(at('ann.safetensors'), encodeModel(model));
spikingUnetJson('convert', ...NETWORKS.ann, '--calibration', root, '--out', at('snn.safetensors'));

/** `run` with a network on one picture; the results in a folder of their own. */
const run = (stage: 'ann' | 'snn', image: string, out: string, ...args: string[]) => [
  ...['run', ...NETWORKS[stage], '--image', image, '--out', at(out)],
  ...args,
];
const maskOf = ({ images }: { images: [{ outputs: [string] }] }) => readFileSync(images[0].outputs[0]);

/** `spiking-unet ARGS` under a flag of V8. */
function under(flag: string, ...args: readonly string[]): Outcome {
  const command = [flag, 'dist/bin/spiking-unet.js', ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, {
    encoding: 'utf8',
    env: environment,
  });
  return { status, stdout, stderr };
}
const withoutWebAssembly = (...args: readonly string[]) => under('--jitless', ...args);

function requireRefusal(t: Test, outcome: Outcome, status: number, message: RegExp): void {
  t.equal(outcome.status, status, 'exit code');
  t.match(outcome.stderr, message);
  t.notMatch(outcome.stderr, /\n\s+at /, 'no stack trace');
  t.equal(outcome.stdout, '');
}

t.test('without WebAssembly the reference engine runs, says so, and finds the same', async (t) => {
  const args = run('snn', small, 'jitless', '--steps', '2', '--threads', '3', '--json');
  const { status, stdout, stderr } = withoutWebAssembly(...args);
  t.equal(status, OK);
  t.match(stderr, 'engine wasm does not run here (no WebAssembly): using the slower reference');
  const found = JSON.parse(stdout);
  t.match(found, { engine: 'reference', threads: 1, steps: 2 });
  const usual = spikingUnetJson(...run('snn', small, 'usual', '--steps', '2', '--threads', '2'));
  t.ok(maskOf(found).equals(maskOf(usual)), 'the mask');
  t.equal(found.images[0].spikes, usual.images[0].spikes);
  t.ok(usual.images[0].spikes > 0);
});

t.test(
  'without shared memory the fast engine computes on one thread, says so, and finds the same',
  async (t) => {
    const flag = '--no-harmony-sharedarraybuffer';
    const hasFlag = under(flag, '--version').status === OK;
    if (!hasFlag) return void t.pass('this version of Node always has shared memory');
    const args = (out: string, threads: string) =>
      run('snn', small, out, '--steps', '2', '--engine', 'wasm', '--threads', threads, '--json');
    const { status, stdout, stderr } = under(flag, ...args('alone', '4'));
    t.equal(status, OK);
    t.match(stderr, 'engine wasm computes on one thread here, not on 4 (no shared memory)');
    const found = JSON.parse(stdout);
    t.match(found, { engine: 'wasm', threads: 1 });
    const usual = spikingUnetJson(...args('shared', '2'));
    t.match(usual, { threads: 2 });
    t.ok(maskOf(found).equals(maskOf(usual)), 'the mask');
    t.equal(found.images[0].spikes, usual.images[0].spikes);
    t.notMatch(under(flag, ...args('asked', '1')).stderr, /one thread/, 'who asks for one thread gets it');
  },
);

t.test('nothing is said of engines where the user chose one, or wants it quiet', async (t) => {
  for (const option of [['--engine', 'reference'], ['--quiet']]) {
    const { status, stderr } = withoutWebAssembly(...run('ann', small, 'quiet', ...option));
    t.equal(status, OK);
    t.notMatch(stderr, /does not run here/);
  }
});

t.test('the engine that cannot run is refused by what it lacks', async (t) => {
  const outcome = withoutWebAssembly(...run('ann', small, 'refused', '--engine', 'wasm'));
  requireRefusal(t, outcome, USAGE, /--engine wasm: does not run here: no WebAssembly\n/);
  t.notOk(existsSync(at('refused')));
});

t.test('every engine and number of threads gives the same mask and spikes', async (t) => {
  const settings = [
    ['reference', '1'],
    ...(wasmMissing(nodeHost) === undefined ? ['1', '2', '5'].map((threads) => ['wasm', threads]) : []),
  ];
  const results = settings.map(([engine, threads]) => {
    const args = run('snn', small, `${engine}${threads}`, '--engine', engine, '--threads', threads);
    const result = spikingUnetJson(...args, '--steps', '3');
    t.match(result, { engine, threads: Number(threads) });
    return result;
  });
  for (const result of results) {
    t.ok(maskOf(result).equals(maskOf(results[0])));
    t.equal(result.images[0].spikes, results[0].images[0].spikes);
  }
});

for (const [threads, message] of [
  ['0', /--threads.*whole number of at least 1/],
  ['-2', /--threads.*whole number of at least 1/],
  ['1.5', /--threads.*whole number of at least 1/],
  ['x', /--threads.*whole number of at least 1/],
  ['1000', /--threads.*at most 256/],
] as const) {
  t.test(`--threads ${threads} is refused`, async (t) => {
    requireRefusal(t, spikingUnet(...run('ann', small, 'refused', `--threads=${threads}`)), USAGE, message);
  });
}

t.test('threads that have started do not keep a program alive that fails', async (t) => {
  // Otherwise it would wait for ever, and the whole file would exceed its time limit.
  const outcome = spikingUnet(...run('ann', at('none.png'), 'refused', '--threads', '3'));
  requireRefusal(t, outcome, DATA, /none\.png: cannot be read/);
});

t.test('a picture in tiles has the mask and the spikes of the whole one', async (t) => {
  const large = picture(320);
  const args = (out: string, ...more: string[]) => run('snn', large, out, '--steps', '1', ...more);
  const whole = spikingUnetJson(...args('whole'));
  t.equal(whole.images[0].memory.tile, undefined, 'it fits as a whole');
  const { mib } = whole.images[0].memory;
  const tooLittle = String(Math.floor(0.93 * mib)); // for the whole, but not for tiles of it
  const { status, stdout, stderr } = spikingUnet(...args('tiled', '--memory', tooLittle, '--json'));
  t.equal(status, OK);
  const tiled = JSON.parse(stdout);
  const { tile } = tiled.images[0].memory;
  t.match(tiled.images[0].memory, { mib, tile: { height: Number, width: Number } });
  t.ok(tile.height % 16 === 0 && tile.height < 320, `tiles of ${tile.width}x${tile.height}`);
  t.match(stderr, new RegExp(`320x320 pixels need about ${mib} MiB at once: in tiles of ${tile.width}x`));
  t.ok(maskOf(tiled).equals(maskOf(whole)), 'the mask');
  t.equal(tiled.images[0].spikes, whole.images[0].spikes);
  t.ok(whole.images[0].spikes > 0);

  t.test('a dump takes memory, too, and holds whole pictures only', async (t) => {
    const dump = at('dump.safetensors');
    const within = (limit: number | string) =>
      spikingUnet(...args('dumped', '--dump', dump, '--memory', String(limit)));
    const tooMuch = within(mib);
    requireRefusal(t, tooMuch, USAGE, /even the smallest tiles of this image need (\d+) MiB/);
    const [, ofTile] = /need (\d+) MiB/.exec(tooMuch.stderr)!;
    const message = /--dump: .*320\.png needs \d+ MiB at once, more than --memory \d+/;
    requireRefusal(t, within(ofTile), USAGE, message);
    t.notOk(existsSync(dump));
  });

  t.test('less memory than the smallest tile takes is refused', async (t) => {
    const outcome = spikingUnet(...args('refused', '--memory', '5'));
    requireRefusal(t, outcome, USAGE, /--memory 5: even the smallest tiles of this image need \d+ MiB/);
    t.notOk(existsSync(at('refused')));
  });
});
