/** Slurm's own commands. */

import { spawnSync } from 'node:child_process';
import { UsageError } from '../../../lib/core/error.js';

/** Runs one, returns what it printed; UsageError where there is none, Error with what it says if it fails. */
export function slurm(program: 'sbatch' | 'squeue', args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT')
    throw new UsageError(
      `--submit slurm: there is no ${program} here: run it on a host that submits to Slurm`,
    );
  if (error) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')}: ${stderr.trim() || `exit code ${status}`}`);
  return stdout;
}

/** The words of `--sbatch`, which may be quoted. */
export function wordsOf(text: string): string[] {
  const words = text.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'));
}
