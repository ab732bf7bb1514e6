/**
 * The bench beside other libraries: what it prints is complete and valid, and says so where results differ.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Row } from '../../bin/bench/rows.js';
import { randomModel } from '../support/networks.js';
import { bytesGraph } from './bytesGraph.js';
import { readAnswer } from './peerJob.js';

const root = t.testdir();
const tiny = ['--repeats', '1', '--widths', '1', '--size', '32', '--steps', '2', '--threads', '1'];

/**
 * `npm run bench:peers -- ARGS`, with a Python that answers
 * every job with the same wrong result or is not there.
 */
function benchPeers(python: string, ...args: readonly string[]) {
  const loader = ['--import', './test/support/typescript.mjs', 'test/peers/bench.ts'];
  return spawnSync(process.execPath, [...loader, ...tiny, '--peers', root, '--python', python, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

t.test('a peer that answers is compared, and found to be wrong', async (t) => {
  const { status, stdout, stderr } = benchPeers(fakePython(), '--json', '--quiet');
  t.equal(status, 0, stderr);
  const { notes, rows } = JSON.parse(stdout);
  t.ok(rows.some((row: Row) => row.by === 'PyTorch fake'));
  for (const { name, group, value, threads, unit, ratio, to } of rows as Row[]) {
    t.ok(value > 0 && Number.isFinite(value) && threads >= 1 && group === 'peers', name);
    t.ok(['GMAC/s', 'ms'].includes(unit), name);
    t.equal(ratio === undefined, to === undefined, `${name}: a ratio compares with something`);
  }
  const text = notes.map((note: { text: string }) => note.text).join('\n');
  t.match(text, /conv 3x3 64->64 8x8: PyTorch fake is .* away from our result, expected 0.0001/);
});

t.test('a peer that is missing is named with how to install it', async (t) => {
  const { status, stdout, stderr } = benchPeers('no-such-python');
  t.equal(status, 0, stderr);
  t.match(stdout, /tfjs wasm is not installed: npm install .*@tensorflow\/tfjs-backend-wasm@/);
  t.match(stdout, /onnxruntime-node is not installed: npm install .*--ignore-scripts .* onnxruntime-node@/);
  t.match(stdout, /PyTorch is not installed: no-such-python -m pip install torch/);
});

t.test('a peer that says something else', async (t) => {
  t.throws(() => readAnswer('warming up\nhello', 'tfjs'), /tfjs: expected a JSON answer, got "hello"/);
  const answer = { version: '1', threads: 1, results: [{ seconds: [1], checksum: { output: 2 } }] };
  t.same(readAnswer(`warming up\n${JSON.stringify(answer)}\n`, 'tfjs'), answer);
});

t.test('the graph of 8 bits: names are made before they are read, and weights are whole', async (t) => {
  const model = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 });
  const picture = { data: new Float32Array(256).map((_, k) => k / 256), height: 16, width: 16, channels: 1 };
  const { nodes, tensors, input, output } = bytesGraph(model, picture);
  const known = new Set([input.name, ...tensors.keys()]);
  for (const node of nodes) {
    for (const name of node.inputs) if (!known.has(name)) t.fail(`${node.op} ${node.output} reads ${name}`);
    t.notOk(known.has(node.output), `${node.output} is made once`);
    known.add(node.output);
  }
  t.ok(known.has(output.name));
  const weights = [...tensors].filter(([name]) => /^conv([1-9]|1[0-8]).weight$/.test(name));
  t.equal(weights.length, 18);
  for (const [name, { data }] of weights)
    t.ok(
      data.every((value) => Number.isInteger(value) && Math.abs(value) <= 63),
      name,
    );
});

/** Says that PyTorch is there, and answers every job with the same wrong result. */
function fakePython(): string {
  const file = join(root, 'python');
  const answer = { torch: 'fake', threads: 1, results: [{ seconds: [1], checksum: { output: 1, loss: 1 } }] };
  writeFileSync(file, `#!/bin/sh\n[ "$1" = -c ] || echo '${JSON.stringify(answer)}'\n`);
  chmodSync(file, 0o755);
  return file;
}
