/**
 * Packs the package as it would be published, installs it from the tarball into an empty folder, and runs the
 * demo there: it notices what is missing from `files` in package.json, and what should not be there. It is
 * not part of `npm test`, because it installs.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of everything but the bundled models, unpacked. */
const MOST_BYTES = 4_700_000;

const folder = mkdtempSync(join(tmpdir(), 'spiking-unet-'));
const run = (command, args, cwd = folder) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const options = ['--ignore-scripts', '--silent', '--json', '--pack-destination', folder];
  // a list up to npm 10
  const packed = Object.values(JSON.parse(run('npm', ['pack', ...options], process.cwd())))[0];
  const light = packed.files.filter(({ path }) => !path.startsWith('fixtures/models/'));
  const bytes = light.reduce((sum, { size }) => sum + size, 0);
  if (bytes > MOST_BYTES) throw new Error(`${bytes} bytes without models, expected at most ${MOST_BYTES}`);
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund', join(folder, tarball)]);
  const bin = join(folder, 'node_modules', '.bin', 'spiking-unet');
  const scenes = JSON.parse(run(bin, ['demo', '--json', '--quiet', '--out', join(folder, 'demo')]));
  const pictures = readdirSync(join(folder, 'demo'));
  if (pictures.length === 0 || !existsSync(join(folder, 'node_modules', 'spiking-unet', 'docs')))
    throw new Error('the package is not whole');
  run(process.execPath, ['--input-type=module', '-e', "await import('spiking-unet')"]);
  console.log(`${packed.size} bytes packed, ${bytes} unpacked without models`);
  console.log(`the packed package runs the demo: ${pictures.join(', ')} (${Object.keys(scenes).join(', ')})`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
