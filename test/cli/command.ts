/** Runs the built command line as a person or a script would. */

import { spawnSync } from 'node:child_process';

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `spiking-unet ARGS`; the environment's own data folder is hidden from it. */
export function spikingUnet(...args: readonly string[]): Outcome {
  const env = { ...process.env, SPIKING_UNET_DATA: '', NO_COLOR: '1', NODE_OPTIONS: '' };
  const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/bin/spiking-unet.js', ...args], {
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

/** The same with --json, parsed; throws where it fails or prints anything but one document. */
export function spikingUnetJson(...args: readonly string[]) {
  const { status, stdout, stderr } = spikingUnet(...args, '--json', '--quiet');
  if (status !== 0) throw new Error(`exit code ${status}: ${stderr}`);
  return JSON.parse(stdout);
}
