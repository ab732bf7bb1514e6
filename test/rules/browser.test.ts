/**
 * The package itself runs where there is no Node: bundled for a browser it needs
 * no module of Node, generates no code, and segments a picture with the same bits.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build, type Plugin } from 'esbuild';
import t from 'tap';
import { readBytes } from '../../lib/node/files.js';
import { load } from '../../lib/node/load.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { cropImage } from '../../lib/picture/image.js';

/** Bytes, minified: about what it has, so that a large dependency is noticed. */
const MOST_BYTES = 335_000;

const imports = new Set<string>();
/** Notes every import of a module of Node, and puts a stand-in without contents in its place. */
const withoutNode: Plugin = {
  name: 'without node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      imports.add(`${relative('.', importer)} ${path}`);
      return { path, namespace: 'node' };
    });
    onLoad({ filter: /.*/, namespace: 'node' }, () => ({ contents: 'module.exports = {}', loader: 'js' }));
  },
};
const bundle = await build({
  entryPoints: ['lib/index.ts'],
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'spikingUnet',
  platform: 'browser',
  write: false,
  plugins: [withoutNode],
});
const code = bundle.outputFiles[0].text;

/** What a browser has and the language itself has not. */
const browser = { TextEncoder, TextDecoder, atob };
const picture = cropImage(readImage('fixtures/samples/fundus.png'), { top: 200, left: 200, side: 64 });
const model = readBytes('fixtures/models/drive.safetensors');
/** Segments the picture; both come from outside. */
const task = `(bytes, picture) => {
  const network = spikingUnet.openNetwork(Uint8Array.from(bytes), 'drive');
  return network.segment({ ...picture, data: Uint8Array.from(picture.data) }, { steps: 1 });
}`;

const hash = (values: ArrayBufferView) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
const expected = load('drive').segment(picture, { steps: 1 });

t.test('it imports no module of Node, and is small', async (t) => {
  t.strictSame([...imports], []);
  t.ok(code.length < MOST_BYTES, `${code.length} bytes`);
});

t.test('without Node and without code made at run time it gives the same bits', async (t) => {
  const context = createContext(browser, { codeGeneration: { strings: false, wasm: true } });
  t.throws(() => runInContext('new Function("return 1")', context), /Code generation/);
  t.equal(runInContext('typeof require + typeof process', context), 'undefinedundefined');
  runInContext(code, context);
  const { classes, probability, spikes } = runInContext(task, context)(model, picture);
  t.ok(expected.spikes > 0);
  t.equal(spikes, expected.spikes);
  t.equal(hash(classes), hash(expected.classes));
  t.equal(hash(probability), hash(expected.probability));
});

t.test('and under --disallow-code-generation-from-strings', async (t) => {
  const folder = t.testdir();
  const script = join(folder, 'segment.cjs');
  const data = { ...picture, data: [...picture.data] };
  const end = `
    const { readFileSync } = require('node:fs');
    const { spikes } = (${task})(readFileSync('fixtures/models/drive.safetensors'), ${JSON.stringify(data)});
    console.log(spikes);`;
  writeFileSync(script, code + end);
  const args = ['--disallow-code-generation-from-strings', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  t.equal(stderr, '');
  t.equal(stdout, `${expected.spikes}\n`);
});
