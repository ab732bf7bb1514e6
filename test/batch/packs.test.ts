/** What is submitted together, on random graphs: every job once, and nothing before what it needs. */

import t from 'tap';
import { type Job, makesNetwork } from '../../bin/reproduce/job.js';
import { wordsOf } from '../../bin/reproduce/slurm/commands.js';
import { packsOf } from '../../bin/reproduce/slurm/packs.js';
import { stream } from '../../lib/core/rng.js';

const rng = stream(9, 'packs');
const secondsOf = ({ macs }: Job) => macs;

/** Networks that start from one another or from nothing, evaluations of one, pictures of several. */
function randomGraph(): Job[] {
  const jobs: Job[] = [];
  for (let k = 0; k < 30; k++) {
    const networks = jobs.filter(makesNetwork);
    const kind = networks.length < 2 ? 0 : rng.integer(KINDS.length);
    const { command, needed } = KINDS[kind];
    const needs = Array.from({ length: needed }, () => networks[rng.integer(networks.length)]);
    jobs.push({
      folder: `job${k}`,
      command: [command],
      needs: [...new Set(needs)],
      macs: 1 + rng.integer(50),
    });
  }
  return jobs;
}

const KINDS = [
  { command: 'train', needed: 0 },
  { command: 'finetune', needed: 1 },
  { command: 'evaluate', needed: 1 },
  { command: 'evaluate', needed: 2 },
];

t.test('every open job is in one pack, after all that it needs', async (t) => {
  for (let round = 0; round < 40; round++) {
    const open = randomGraph();
    const isSubmitted = ({ folder }: Job) => round % 2 === 1 && Number(folder.slice(3)) < 10;
    const packs = packsOf(open, isSubmitted, secondsOf);
    const left = open.filter((job) => !isSubmitted(job)).map(({ folder }) => folder);
    t.strictSame(packs.flatMap(({ jobs }) => jobs.map(({ folder }) => folder)).sort(), left.sort());
    const done = new Set(open.filter(isSubmitted).map(({ folder }) => folder));
    for (const { name, jobs, needs, seconds } of packs) {
      t.equal(name, jobs[0].folder);
      t.equal(
        seconds,
        jobs.reduce((sum, { macs }) => sum + macs, 0),
      );
      t.ok(
        needs.every((folder) => done.has(folder)),
        'what a pack needs was submitted before',
      );
      const known = new Set(needs);
      for (const job of jobs) {
        t.ok(
          job.needs.every(({ folder }) => known.has(folder)),
          'what a job needs is in its pack, or awaited',
        );
        known.add(job.folder);
      }
      for (const { folder } of jobs) done.add(folder);
    }
  }
});

t.test('evaluations are with their network, unless another network starts from that', async (t) => {
  for (let round = 0; round < 40; round++) {
    const open = randomGraph();
    const packs = packsOf(open, () => false, secondsOf);
    const packOf = (job: Job) => packs.find(({ jobs }) => jobs.includes(job));
    const starts = new Set(open.filter(makesNetwork).flatMap(({ needs }) => needs));
    for (const job of open.filter((job) => !makesNetwork(job))) {
      const [network, ...others] = job.needs;
      t.equal(packOf(job) === packOf(network), others.length === 0 && !starts.has(network));
    }
    for (const { jobs } of packs) t.ok(jobs.filter(makesNetwork).length <= 1);
  }
});

t.test('options for sbatch are words as in a shell', async (t) => {
  t.strictSame(wordsOf(''), []);
  t.strictSame(wordsOf(' --partition=long  --mem 4G '), ['--partition=long', '--mem', '4G']);
  t.strictSame(wordsOf(`--comment="a b" 'c d' e"f g"h`), ['--comment=a b', 'c d', 'ef gh']);
});
