/** Stages in this process: a thousand command lines in the time of a few processes. */

import { runStage } from '../../bin/cli/stage.js';
import type { Outcome } from '../cli/command.js';

process.env.SPIKING_UNET_DATA = '';

/** `spiking-unet STAGE ARGS`; what it prints and its exit code. */
export async function runInProcess(name: string, ...args: readonly string[]): Promise<Outcome> {
  const { default: stage } = await import(`../../bin/${name}.js`);
  const before = { out: process.stdout.write, err: process.stderr.write };
  const printed = { stdout: '', stderr: '' };
  const into = (stream: keyof typeof printed) =>
    ((text: string | Uint8Array) => {
      printed[stream] += String(text);
      return true;
    }) as typeof process.stdout.write;
  process.stdout.write = into('stdout');
  process.stderr.write = into('stderr');
  try {
    const status = await runStage(stage, args);
    return { ...printed, status };
  } finally {
    process.stdout.write = before.out;
    process.stderr.write = before.err;
  }
}
