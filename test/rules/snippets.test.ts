/** The snippets of the README run as they are printed, in a folder that has the package installed. */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import t from 'tap';

const snippets = [...readFileSync('README.md', 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
const folder = t.testdir();
mkdirSync(join(folder, 'node_modules'));
symlinkSync(resolve('.'), join(folder, 'node_modules', 'spiking-unet'));
copyFileSync('fixtures/samples/fundus.png', join(folder, 'eye.png'));

/** What a snippet prints. */
function run(code: string): string {
  writeFileSync(join(folder, 'snippet.mjs'), code);
  const { status, stdout, stderr } = spawnSync(process.execPath, ['snippet.mjs'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

t.test('a picture is segmented', async (t) => {
  t.match(run(snippets[0]), /^\d{5,} spikes, \d{3,} pixels are vessels\n$/);
  t.ok(existsSync(join(folder, 'vessels.png')));
});

t.test('a network is simulated with other neurons', async (t) => {
  t.equal(run(snippets[1]), `${64 * 64 * 8} ${64 * 64 * 2}\n`);
});

t.equal(snippets.length, 2);
