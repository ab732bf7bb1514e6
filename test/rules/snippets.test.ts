/** The snippets of the README run as they are printed, in a folder that has the package installed. */

import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { runListing } from '../support/listing.js';

const snippets = [...readFileSync('README.md', 'utf8').matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);
const folder = t.testdir();
copyFileSync('fixtures/samples/fundus.png', join(folder, 'eye.png'));

t.test('a picture is segmented', async (t) => {
  t.match(runListing(folder, snippets[0]), /^\d{5,} spikes, \d{3,} pixels are vessels\n$/);
  t.ok(existsSync(join(folder, 'vessels.png')));
});

t.test('a network is trained, converted, fine-tuned and measured', async (t) => {
  const decibels = runListing(folder, snippets[1]).trim().split('\n').map(Number);
  t.equal(decibels.length, 3);
  const noise = 20 * Math.log10(255 / 25); // of a picture that is left as it is
  for (const psnr of decibels) t.ok(psnr > noise && psnr < 40, `${psnr} dB, ${noise} with the noise`);
  const [unet, converted, tuned] = decibels;
  t.ok(unet !== converted && converted !== tuned, 'three networks');
});

t.test('a network is simulated with other neurons', async (t) => {
  t.equal(runListing(folder, snippets[2]), `${64 * 64 * 8} ${64 * 64 * 2}\n`);
});

t.equal(snippets.length, 3);
