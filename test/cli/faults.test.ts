/**
 * Terminals that go away, readers that die, full disks, and signals that reach only one of two processes:
 * with real processes. Whatever happens, a training saves, and no process is left.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { environment, spikingUnet } from './command.js';
import { tinyTraining, writePhotos } from './tinyTraining.js';

const PROGRAM = 'dist/bin/spiking-unet.js';
const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const photos = writePhotos(root);
const LONG = 1000;
const lastOf = (folder: string) => at(folder, 'checkpoints', 'last.safetensors');
const lockOf = (folder: string) => at(folder, 'run.lock');

const exitOf = (child: ChildProcess) =>
  new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal)));

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}

t.test('a training whose stderr nobody reads any more goes on, keeps its folder, and saves', async (t) => {
  const child = spawn(process.execPath, [PROGRAM, ...tinyTraining(photos, at('deaf'), LONG)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environment,
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stderr.destroy();
  const exit = exitOf(child);
  await until(() => existsSync(at('deaf', 'metrics.jsonl')));
  const second = spikingUnet(...tinyTraining(photos, at('deaf'), LONG), '--resume');
  t.equal(second.status, 2);
  t.match(second.stderr, new RegExp(`process ${child.pid} on .* is training in it`));
  const lines = () => readFileSync(at('deaf', 'metrics.jsonl'), 'utf8').split('\n').length;
  const before = lines();
  await until(() => lines() > before);
  child.kill('SIGTERM');
  t.equal(await exit, 143);
  t.notOk(existsSync(lockOf('deaf')), 'the folder is given back');
});

const python = spawnSync('python3', ['-c', 'import pty']).status === 0;
const skip = !python && 'there is no python3 with terminals here';

/** Exit code of a training in a terminal to which something was done, and what that showed. */
function inTerminal(folder: string, action: string, ...command: string[]) {
  const { stdout } = spawnSync('python3', ['test/cli/terminal.py', lastOf(folder), action, ...command], {
    encoding: 'utf8',
    env: environment,
  });
  return { status: Number(stdout), screen: readFileSync(`${lastOf(folder)}.screen`, 'utf8') };
}

t.test('Ctrl-C that kills the reader of its messages, too', { skip }, async (t) => {
  const words = [process.execPath, PROGRAM, ...tinyTraining(photos, at('tee'), LONG)];
  const pipeline = `${words.join(' ')} 2>&1 | tee ${at('log')}; exit \${PIPESTATUS[0]}`;
  t.equal(inTerminal('tee', 'interrupt', 'bash', '-c', pipeline).status, 130);
  t.notOk(existsSync(lockOf('tee')));
});

t.test(
  'a terminal that hangs up, and whose cursor and wrapping of lines nobody has touched',
  { skip },
  async (t) => {
    const words = [process.execPath, PROGRAM, ...tinyTraining(photos, at('hangup'), LONG)];
    const { status, screen } = inTerminal('hangup', 'hangup', ...words);
    t.equal(status, 129);
    t.match(screen, /hangup \[/, 'there was a bar');
    for (const switchedOff of ['\x1b[?25l', '\x1b[?7l'])
      t.notOk(screen.includes(switchedOff), JSON.stringify(switchedOff));
    t.notMatch(screen, /at .*\.js:\d+/, 'no stack trace');
  },
);

const full = !existsSync('/dev/full') && 'there is no /dev/full here';
t.test('full disks behind stdout and stderr', { skip: full }, async (t) => {
  const disk = openSync('/dev/full', 'w');
  const run = (args: string[], stderr: number | 'pipe') =>
    spawnSync(process.execPath, [PROGRAM, ...args], {
      stdio: ['ignore', disk, stderr],
      encoding: 'utf8',
      env: environment,
    });
  t.equal(run(tinyTraining(photos, at('full'), 1), disk).status, 1);
  t.ok(existsSync(at('full', 'checkpoints', 'best.safetensors')), 'the training is not stopped by it');
  const { status, stderr } = run(['--help'], 'pipe');
  t.equal(status, 1);
  t.match(stderr, /^spiking-unet: the result cannot be written to stdout: the disk is full\n$/);
});

for (const [signal, expected] of [
  ['SIGTERM', 143],
  ['SIGKILL', 'SIGKILL'],
] as const) {
  t.test(`${signal} to reproduce alone stops its child, which saves`, async (t) => {
    const runs = at(signal);
    const options = '--cells drive/unet --width 1 --epochs 500 --patches 64 --threads 1 --quiet --runs'.split(
      ' ',
    );
    const parent = spawn(process.execPath, [PROGRAM, 'reproduce', 'table1', ...options, runs], {
      stdio: 'ignore',
      env: environment,
    });
    t.teardown(() => parent.kill('SIGKILL'));
    const exit = exitOf(parent);
    const find = (name: string) =>
      existsSync(runs) &&
      readdirSync(runs, { recursive: true, encoding: 'utf8' }).find((f) => f.endsWith(name));
    await until(() => Boolean(find('config.json'))); // written when the folder has its owner
    const { pid } = JSON.parse(readFileSync(join(runs, find('run.lock') as string), 'utf8'));
    parent.kill(signal);
    t.equal(await exit, expected);
    if (signal === 'SIGTERM')
      t.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'it waited for the child');
    await until(() => !find('run.lock')); // a child that was killed itself would leave it
    t.ok(find('last.safetensors'));
  });
}
