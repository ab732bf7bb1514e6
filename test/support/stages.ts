/** Stages in this process: a thousand command lines in the time of a few processes. */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Outcome } from '../cli/command.js';

let runs = 0;
process.stdout.setMaxListeners(0); // every stage adds one
process.env.SPIKING_UNET_DATA = '';

/** `spiking-unet STAGE ARGS` of the built program; what it prints and its exit code. */
export async function runInProcess(stage: string, ...args: readonly string[]): Promise<Outcome> {
  const before = { argv: process.argv, out: process.stdout.write, err: process.stderr.write };
  const printed = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof printed) =>
    ((text: string | Uint8Array) => {
      printed[stream] += String(text);
      return true;
    }) as typeof process.stdout.write;
  process.argv = [process.execPath, stage, ...args];
  process.stdout.write = into('stdout');
  process.stderr.write = into('stderr');
  try {
    process.exitCode = 0;
    // A stage runs when its file is loaded, and a file of another address is loaded anew.
    await import(`${pathToFileURL(join('dist', 'bin', `${stage}.js`)).href}?run=${runs++}`);
    return { ...printed, status: Number(process.exitCode) };
  } finally {
    process.exitCode = 0;
    process.argv = before.argv;
    process.stdout.write = before.out;
    process.stderr.write = before.err;
  }
}
