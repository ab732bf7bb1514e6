/**
 * `verify` passes here, and it finds a wrong hash and a wrong kernel: a check that cannot fail is useless.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { itemsOf } from '../../bin/verify/items.js';
import { drawSubjects } from '../../bin/verify/networks.js';
import { type Row, verify } from '../../bin/verify/verification.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { newEngine } from '../../lib/engine/door.js';
import { reference } from '../../lib/engine/reference/index.js';
import { wasmMissing } from '../../lib/engine/wasm/index.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { referenceEngine } from '../support/engine.js';
import { spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const FILE = 'fixtures/verify.json';
const expected = JSON.parse(readFileSync(FILE, 'utf8'));

t.test(
  'every engine, number of threads and mode gives the expected bits; --update writes them',
  async (t) => {
    const file = join(root, 'updated.json');
    const result = spikingUnetJson('verify', '--update', '--hashes', file);
    t.ok(readFileSync(file).equals(readFileSync(FILE)), 'the file that is shipped');
    t.match(result, { passed: true, node: process.version, platform: process.platform, arch: process.arch });
    t.strictSame(result.hashes, expected);
    const threads = [...new Set([1, 2, 3, availableParallelism()])].sort((a, b) => a - b);
    const runs = [['reference', [1]], ...(wasmMissing(nodeHost) ? [] : [['wasm', threads]])] as [
      string,
      number[],
    ][];
    const rows = runs.flatMap(([engine, counts]) =>
      counts.flatMap((count) =>
        [undefined, ...(engine === 'reference' ? [] : ['auto']), 'dense', 'event'].map(
          (mode) => `${engine} ${count} ${mode}`,
        ),
      ),
    );
    t.strictSame(
      result.rows.map(({ engine, threads, mode }: Row) => `${engine} ${threads} ${mode}`),
      ['none 1 undefined', ...rows],
    );
  },
);

t.test('a wrong hash is found and named, on every engine', async (t) => {
  const item = 'colour denoising, width 4: if, T = 6: every step';
  t.ok(item in expected);
  const file = join(root, 'wrong.json');
  writeFileSync(
    file,
    JSON.stringify({ ...expected, [item]: '0'.repeat(64), 'T = 6: every step of nothing': '1' }),
  );
  const { status, stdout } = spikingUnet('verify', '--hashes', file, '--only', 'T = 6: every step');
  t.equal(status, 1);
  t.match(stdout, `WRONG ${item} (engine reference, threads 1, mode event): the same as in reference here`);
  t.notOk(/^WRONG (?!colour denoising, width 4: if, T = 6: every step)/m.test(stdout), 'nothing else');
  t.match(stdout, 'T = 6: every step of nothing: a hash is expected, but nothing computes it');
  t.match(stdout, 'NOT all results have the expected bits');
});

t.test('one bit of one output of a kernel is found: item, mode, layer, step and neuron', async (t) => {
  // Only items that notice it, since all take long.
  const few = /^grey.*(U-Net output|mt, T = 4: every step)$/;
  const [row, column, channel] = [3, 7, 11];
  const broken: typeof reference = {
    ...reference,
    conv2dForward(out, input, weight, bias, dims) {
      reference.conv2dForward(out, input, weight, bias, dims);
      const { height, width, channelsIn, channelsOut } = dims;
      if (height !== 8 || channelsIn !== 10 || channelsOut !== 20) return; // conv5 of width 5
      const bits = new Int32Array(out.buffer, out.byteOffset, out.length);
      bits[(row * width + column) * channelsOut + channel] ^= 1;
    },
  };
  const { mismatches, rows, hashes } = verify([referenceEngine, newEngine('broken', broken)], undefined, {
    wanted: (item) => few.test(item),
  });
  const those = Object.entries(expected).filter(([name]) => few.test(name));
  t.ok(those.length >= 2);
  t.strictSame(hashes, Object.fromEntries(those), 'those of the first engine');
  t.ok(mismatches.length > 0);
  t.ok(mismatches.every(({ engine, item }) => engine === 'broken' && item.startsWith('grey')));
  const steps = mismatches.find(
    ({ item, mode }) => mode === 'dense' && item.endsWith('mt, T = 4: every step'),
  );
  t.match(steps!.where, `membrane.relu5, step 0, channel ${channel}, row ${row}, column ${column}: `);
  const faults = rows
    .filter(({ engine }) => engine === 'broken')
    .map(({ mode, mismatches }) => [mode, mismatches > 0]);
  t.match(faults, [[undefined, true], ['auto'], ['dense', true], ['event', false]]);
});

t.test('what is verified is not silence: all neurons fire, all gradients flow', async (t) => {
  for (const { name, compute } of itemsOf(drawSubjects())) {
    if (!/every step|gradients/.test(name)) continue;
    for (const [tensor, { data }] of compute(chooseEngine(), 'auto')) {
      t.ok(
        data.some((value) => value !== 0),
        `${name}: ${tensor}`,
      );
    }
  }
});

t.test('--only is refused where nothing has the name, and where it would write half a file', async (t) => {
  for (const more of [['nonsense'], ['ASF-BP', '--update']]) {
    const { status, stderr } = spikingUnet('verify', '--only', ...more);
    t.equal(status, 2);
    t.match(stderr, /--only/);
  }
});

t.test('a file that holds no hashes is refused', async (t) => {
  const { status, stderr } = spikingUnet('verify', '--hashes', 'README.md');
  t.equal(status, 3);
  t.match(stderr, /README\.md: expected a JSON object of SHA-256 hashes/);
});
