/** Which jobs an audit repeats: a share of those that other hosts have done, on each host another one. */

import { Option } from 'commander';
import { sha256 } from '../../lib/core/sha256.js';
import { packageVersion } from '../../lib/node/package.js';
import { count, percent } from '../cli/parse.js';
import type { Job } from './job.js';
import { type Done, readDone } from './store.js';

/** A number of jobs, or a part of all of them. */
export type Share = { readonly jobs: number } | { readonly percent: number };

export interface Sample {
  readonly jobs: readonly Job[];
  /** Jobs of other hosts that can be compared. */
  readonly comparable: number;
  /** How many cannot be compared, by reason. */
  readonly skipped: Readonly<Record<string, number>>;
}

/** The option --audit. */
export function auditOption(): Option {
  return new Option('--audit <share>', 'repeat some jobs of other hosts, such as 5% or 3, and compare hashes')
    .argParser(share)
    .conflicts(['status', 'worker', 'emit', 'report', 'plot']);
}

function share(text: string): Share {
  return text.endsWith('%') ? { percent: percent(text) } : { jobs: count(text) };
}

/**
 * Jobs of hosts other than `host`, in the order of a hash of both names: the same each time, and the sample
 * of a smaller share is a part of that of a larger one. At least one, if there is one.
 */
export function sampleOf(graph: readonly Job[], runs: string, host: string, wanted: Share): Sample {
  const comparable: Job[] = [];
  const skipped: Record<string, number> = {};
  for (const job of graph) {
    const done = readDone(runs, job);
    if (!done || done.host === host) continue;
    const why = whyNot(job, done, runs);
    if (why === undefined) comparable.push(job);
    else skipped[why] = (skipped[why] ?? 0) + 1;
  }
  const most = 'jobs' in wanted ? wanted.jobs : Math.ceil((comparable.length * wanted.percent) / 100);
  const order = new Map(
    comparable.map((job) => [job, sha256(`${host}\n${job.folder.replaceAll('\\', '/')}`)]),
  );
  const sorted = comparable.sort((a, b) => (order.get(a)! < order.get(b)! ? -1 : 1));
  return { jobs: sorted.slice(0, most), comparable: comparable.length, skipped };
}

/** Why a job of another host cannot be compared. */
function whyNot({ needs }: Job, { host, output, version }: Done, runs: string): string | undefined {
  if (host === undefined || output === undefined) return 'without host or hashes';
  if (version !== packageVersion()) return `by version ${version}`;
  if (needs.some((need) => !readDone(runs, need))) return 'what they need is not done any more';
  return undefined;
}
