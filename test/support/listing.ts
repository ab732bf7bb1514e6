/** Listings of the documentation run as a user would run them: in a folder that has the package installed. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What a listing prints; an Error with what it says where it fails. */
export function runListing(folder: string, code: string): string {
  const modules = join(folder, 'node_modules');
  if (!existsSync(modules)) {
    mkdirSync(modules);
    symlinkSync(resolve('.'), join(modules, 'spiking-unet'));
  }
  writeFileSync(join(folder, 'listing.mjs'), code);
  const options = { cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['listing.mjs'], options);
  if (status !== 0) throw new Error(stderr);
  return stdout;
}
