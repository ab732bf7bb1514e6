/**
 * `reproduce --submit slurm`: hands open jobs to Slurm, in submissions that wait for those that they need.
 * What waits or runs there is not submitted again.
 */

import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder, writeFileAtomic } from '../../../lib/node/files.js';
import { shellWord } from '../../cli/commandLine.js';
import type { Context, Result } from '../../cli/stage.js';
import { table } from '../../cli/table.js';
import { formatMinutes } from '../estimate.js';
import type { Job } from '../job.js';
import { type GraphOptions, onlyCommandHere, PATIENCE, SECONDS_TO_SAVE } from '../onlyCommand.js';
import { batchScript } from './batchScript.js';
import { slurm, wordsOf } from './commands.js';
import { type Pack, packsOf } from './packs.js';
import { forgetEnded, queued, record, SLURM_FOLDER } from './queue.js';

/** Of a submission; what takes longer is queued again, and goes on. */
const LEAST_MINUTES = 30;

export interface SubmitOptions extends GraphOptions {
  /** Processors of each submission. */
  readonly threads: number;
  /** More options of sbatch, which win over ours. */
  readonly sbatch: string;
  readonly dryRun: boolean;
}

export interface Submitting {
  readonly runs: string;
  readonly options: SubmitOptions;
  readonly context: Context;
  secondsOf(job: Job): number;
}

/** Submits what of the open jobs is not in the queue; with `dryRun` it shows a script that would. */
export function submit(
  open: readonly Job[],
  { runs: folder, options, context, secondsOf }: Submitting,
): Result {
  if (!options.dryRun) makeFolder(join(folder, SLURM_FOLDER));
  const runs = existsSync(folder) ? realpathSync(folder) : folder;
  const present = queued(runs);
  const packs = packsOf(open, ({ folder }) => present.has(folder), secondsOf);
  const script = join(runs, SLURM_FOLDER, 'jobs.sh');
  const text = batchScript(onlyCommandHere(options, options.threads));
  const argsOf = (pack: Pack, after: readonly string[]) => sbatchArgs(pack, after, script, runs, options);
  const waits = open.filter(({ folder }) => present.has(folder)).length;
  if (options.dryRun) return shown(packs, present, waits, { script, text, argsOf });
  forgetEnded(runs, present);
  writeFileAtomic(script, text);
  const bar = context.progress('submitting', packs.length);
  const submitted = handIn(packs, present, (pack, after, number) => {
    const [id] = slurm('sbatch', argsOf(pack, after)).trim().split(';');
    record(runs, { id, jobs: pack.jobs.map(({ folder }) => folder) });
    bar.update(number, pack.name);
    return id;
  });
  return {
    json: { submitted, inQueue: waits },
    text: [...listOf(submitted), `${submitted.length} submitted; ${waits} jobs were in the queue`].join('\n'),
  };
}

interface Submitted {
  readonly id: string;
  /** Ids of those that have to end well before. */
  readonly after: readonly string[];
  readonly jobs: readonly string[];
  readonly seconds: number;
}

/** Hands in packs, one after the other; what does it returns the id. */
function handIn(
  packs: readonly Pack[],
  present: ReadonlyMap<string, string>,
  hand: (pack: Pack, after: readonly string[], number: number) => string,
): Submitted[] {
  const ids = new Map(present);
  return packs.map((pack, k) => {
    const after = [...new Set(pack.needs.map((folder) => ids.get(folder)!))];
    const id = hand(pack, after, k + 1);
    const jobs = pack.jobs.map(({ folder }) => folder);
    for (const folder of jobs) ids.set(folder, id);
    return { id, after, jobs, seconds: pack.seconds };
  });
}

/** The arguments of sbatch. */
function sbatchArgs(
  { name, jobs, seconds }: Pack,
  after: readonly string[],
  script: string,
  runs: string,
  { threads, sbatch }: SubmitOptions,
): string[] {
  const minutes = Math.max(LEAST_MINUTES, Math.ceil((PATIENCE * seconds) / 60));
  return [
    ...['--parsable', '--requeue', '--open-mode=append', '--kill-on-invalid-dep=yes'],
    ...[`--signal=B:TERM@${SECONDS_TO_SAVE}`, `--time=${minutes}`, `--cpus-per-task=${threads}`],
    ...[`--job-name=${name}`, `--chdir=${runs}`, `--output=${join(runs, SLURM_FOLDER, '%j.out')}`],
    ...(after.length > 0 ? [`${DEPENDENCY}:${after.join(':')}`] : []),
    ...[...wordsOf(sbatch), script, ...jobs.map(({ folder }) => folder)],
  ];
}

const DEPENDENCY = '--dependency=afterok';

/** The same as a script for a shell. */
function shown(
  packs: readonly Pack[],
  present: ReadonlyMap<string, string>,
  waits: number,
  {
    script,
    text,
    argsOf,
  }: { script: string; text: string; argsOf: (pack: Pack, after: readonly string[]) => string[] },
): Result {
  const lines: string[] = [];
  const submitted = handIn(packs, present, (pack, after, number) => {
    const words = argsOf(pack, after).map((word) => (word.startsWith(DEPENDENCY) ? word : shellWord(word)));
    lines.push(`j${number}=$(sbatch ${words.join(' ')})`);
    return `\${j${number}%;*}`;
  });
  const [folder, file] = [dirname(script), script].map(shellWord);
  const parts = [`mkdir -p ${folder}`, `cat > ${file} <<'END'`, `${text}END`, ...lines];
  const sum = `# ${submitted.length} submissions; ${waits} jobs are in the queue`;
  return { json: { script: text, submissions: submitted, inQueue: waits }, text: [...parts, sum].join('\n') };
}

function listOf(submitted: readonly Submitted[]): string[] {
  if (submitted.length === 0) return [];
  const rows = submitted.map(({ id, jobs, after, seconds }) => [
    ...[id, jobs[0], String(jobs.length), after.join(' '), formatMinutes(seconds)],
  ]);
  return [table(['id', 'first job', 'jobs', 'after', 'about'], rows, [1]), ''];
}
