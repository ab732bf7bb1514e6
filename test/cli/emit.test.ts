/**
 * The graph of `reproduce` for other schedulers: GNU make and Snakemake really do it, where they are
 * installed, with the hashes of `reproduce` itself; Kubernetes' Job is held to its published schema.
 */

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { hashesIn as madeIn } from '../support/doneJobs.js';
import { faults } from '../support/jsonSchema.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { trustHost } from '../support/trustedHost.js';
import { environment, spikingUnet, spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
/** All that make, Snakemake or a shell might take for something else. */
const DATA = at("da $HOME {x} #y\\#z 'd");
writeTinyDrive(join(DATA, 'DRIVE'));
const FAMILY = 'drive-w1-s1-e1-p16';
const CHAIN = ['unet', 'mt-connection', 'mt-connection/T10', 'mt-connection/T10/eval'].map((name) =>
  join(FAMILY, name),
);
/** What nothing starts from, with what one of them needs. */
const LAST = [CHAIN[2], CHAIN[3], join(CHAIN[0], 'eval')];
const TABLE = [
  ...['table1', '--data', DATA, '--cells', 'drive/unet,drive/mt-connection/'],
  ...'--width 1 --epochs 1 --patches 16'.split(' '),
];
const emitted = (format: string, ...more: string[]): string =>
  spikingUnetJson('reproduce', ...TABLE, '--emit', format, ...more).text;

function run(program: string, args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  return spawnSync(program, args, { encoding: 'utf8', env: { ...environment, MAKEFLAGS: '', ...more } });
}
/** Why a test of a program is skipped; false if it is there. */
const missing = (program: string) =>
  run(program, ['--version']).error ? `${program} is not installed` : false;

/** What every job made, by folder. */
const hashesIn = (runs: string) => madeIn(at(runs));

/** The folders of the jobs that are done, in the order of the alphabet. */
const foldersIn = (runs: string) => hashesIn(runs).map(({ file }) => join(file, '..'));

spikingUnetJson('reproduce', ...TABLE, '--runs', at('alone'), '--threads', '1');
const alone = hashesIn('alone');
t.equal(alone.length, 5);

interface Scheduler {
  readonly format: string;
  /** The arguments that read `file` and do what is not done below `runs`. */
  args(runs: string, file: string): string[];
}

const schedulers: readonly Scheduler[] = [
  { format: 'make', args: (runs, file) => ['-j', '2', '-C', runs, '-f', file] },
  {
    format: 'snakemake',
    args: (runs, file) => ['-c', '2', '--rerun-triggers', 'mtime', '-d', runs, '-s', file],
  },
];

for (const { format, args } of schedulers) {
  t.test(`${format} does the graph as reproduce does it`, { skip: missing(format) }, async (t) => {
    const start = (...more: string[]) => run(format, [...args(at(format), at(`${format}.txt`)), ...more]);
    writeFileSync(at(`${format}.txt`), emitted(format));
    if (format === 'make') mkdirSync(at(format));
    else cpSync(at('alone'), at(format), { recursive: true }); // the first jobs are made once
    for (const folder of LAST) rmSync(at(format, folder, 'done.json'), { force: true });
    trustHost(at(format));
    const converted = start(`${CHAIN[1]}/done.json`);
    t.equal(converted.status, 0, converted.stderr);
    const asked = foldersIn(format).filter((folder) => !folder.includes('eval'));
    t.strictSame(asked, [CHAIN[1], CHAIN[0]], 'what was asked for, and what that needs');
    const ended = start();
    t.equal(ended.status, 0, ended.stderr);
    t.strictSame(hashesIn(format), alone);

    rmSync(at(format, '.snakemake'), { recursive: true, force: true }); // it knows the contents of needs
    const now = Date.now() / 1000;
    utimesSync(at(format, CHAIN[0], 'done.json'), now, now); // a need that is newer than what was made of it
    const again = start();
    t.equal(again.status, 0, again.stderr);
    t.match(again.stdout + again.stderr, 'Nothing to be done');

    for (const folder of LAST) rmSync(at(format, folder, 'done.json'));
    writeFileSync(at(format, CHAIN[1], 'snn.safetensors'), 'not the model');
    const failed = start('-k');
    t.not(failed.status, 0);
    t.match(failed.stderr + failed.stdout, /snn\.safetensors: is not the model that .* tells of/);
    t.strictSame(foldersIn(format), [CHAIN[1], CHAIN[0], LAST[2]], 'only what needs it is left');
  });
}

t.test('what is needed and not among the jobs is never made up', { skip: missing('make') }, async (t) => {
  writeFileSync(at('Part'), emitted('make', '--only', CHAIN[2], CHAIN[3]));
  mkdirSync(at('part'));
  const { status, stderr } = run('make', ['-C', at('part'), '-f', at('Part')]);
  t.equal(status, 2);
  t.match(stderr, `No rule to make target '${CHAIN[1]}/done.json', needed by '${CHAIN[2]}/done.json'`);
  const { status: refused, stderr: why } = spikingUnet(
    'reproduce',
    ...TABLE,
    '--emit',
    'kubernetes',
    '--only',
    CHAIN[2],
  );
  t.equal(refused, 2);
  t.match(why, `--only: ${CHAIN[2]} would wait for ${CHAIN[1]}, which no pod does; name it, too`);
});

t.test('kubernetes: an Indexed Job as its schema has it', async (t) => {
  const schema = JSON.parse(readFileSync('fixtures/kubernetes/job.schema.json', 'utf8'));
  const job = JSON.parse(emitted('kubernetes', '--jobs', '3', '--threads', '2'));
  t.strictSame(faults(job, schema), []);
  t.match(
    faults({ ...job, spec: { ...job.spec, completions: '5', paralelism: 2, template: undefined } }, schema),
    ['/spec/completions: is no integer', '/spec/template: is no object', '/spec/paralelism: is not known'],
  );
  const { spec, metadata } = job;
  t.match(spec, {
    completionMode: 'Indexed',
    completions: 5,
    parallelism: 3,
    template: { spec: { restartPolicy: 'Never' } },
  });
  t.match(spec.template.spec.containers[0], {
    resources: { requests: { cpu: '2' } },
    volumeMounts: [{ mountPath: '/runs' }, { mountPath: '/data', readOnly: true }],
  });
  t.match(metadata.name, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
  t.strictSame(
    [...spec.template.spec.containers[0].args].sort(),
    alone.map(({ file }) => join(file, '..')).sort(),
  );
  t.notMatch(emitted('kubernetes'), /\$\(/, 'nothing that Kubernetes would replace');
  const twins = spikingUnetJson('reproduce', 'table1', '--width', '1', '--emit', 'kubernetes').text;
  t.notMatch(twins, '/data');
});

t.test('kubernetes: pod k does the k-th job', async (t) => {
  const { command, args } = JSON.parse(emitted('kubernetes')).spec.template.spec.containers[0];
  const bin = t.testdir({ 'spiking-unet': '#!/bin/sh\nprintf "%s\\n" "$@"\n' });
  chmodSync(join(bin, 'spiking-unet'), 0o755);
  const pod = (index: number) =>
    run(command[0], [...command.slice(1), ...args], {
      PATH: `${bin}:${process.env.PATH}`,
      JOB_COMPLETION_INDEX: String(index),
    });
  for (const index of [0, 3]) {
    const { status, stdout } = pod(index);
    t.equal(status, 0);
    const words = stdout.trimEnd().split('\n');
    t.strictSame(words.slice(words.indexOf('--only')), ['--only', args[index], '--worker']);
    const here = words.map((word) => (word === '/data' ? DATA : word === '.' ? at('alone') : word));
    t.match(spikingUnet(...here), { status: 0, stdout: /^1 done, 0 running, 0 failed, 0 waiting$/m });
  }
  t.not(pod(args.length + 1).status, 0);
});

t.test('every job comes after what it needs, and its name needs no quotes', async (t) => {
  const all = ['table1', 'table2', 'steps', 'integers', 'figure3', 'figure4', '--width', '1'];
  const text: string = spikingUnetJson('reproduce', ...all, '--emit', 'make').text;
  const plain = text.replaceAll('$(EQUALS)', '=');
  const rules = [...plain.matchAll(/^(\S+)\/done\.json:(?: \|(.*))?\n\t\$\(JOB\) (\S+)$/gm)];
  const folders = rules.map(([, folder]) => folder);
  const planned: { folder: string }[] = spikingUnetJson('reproduce', ...all, '--dry-run').jobs;
  t.ok(planned.length > 100);
  t.strictSame([...folders].sort(), planned.map(({ folder }) => folder).sort());
  for (const [k, [, folder, needs = '', done]] of rules.entries()) {
    t.match(folder, /^[\w./=-]+$/);
    t.equal(done, folder);
    for (const need of needs.split(' ').filter(Boolean))
      t.ok(folders.slice(0, k).includes(need.replace('/done.json', '')), `${folder} after ${need}`);
  }
  const job = JSON.parse(spikingUnetJson('reproduce', ...all, '--emit', 'kubernetes').text);
  t.strictSame(job.spec.template.spec.containers[0].args, folders);
  t.equal(job.metadata.name, 'spiking-unet-reproduce-w1-s1', 'too long with all names');

  await t.test('make reads these names', { skip: missing('make') }, async (t) => {
    const { stdout, stderr } = spawnSync('make', ['-n', '-f', '-'], {
      input: text,
      encoding: 'utf8',
      cwd: root,
    });
    t.equal(stderr, '');
    const found = [...stdout.matchAll(/ --only (\S+)$/gm)].map(([, folder]) => folder);
    t.strictSame(found.sort(), [...folders].sort());
  });
});

t.test('the text says where it came from, and one thread is usual', async (t) => {
  const text = emitted('make');
  t.match(text, /^# Written by: spiking-unet reproduce table1 --data '.*' .*--emit make/);
  t.match(
    text,
    /^# spiking-unet \d+\.\d+\.\d+; 5 jobs of 1 thread each, done or not: about \d+ s one after/m,
  );
  t.match(text, / --threads 1 /);
  t.match(emitted('snakemake', '--threads', '3', '--jobs', '2'), /-c 6 .*^ {4}threads: 3$.* --threads 3 /ms);
  const { stdout } = spikingUnet('reproduce', ...TABLE, '--emit', 'make');
  t.match(stdout, /^\t\$\(JOB\) /m);
  t.notOk(existsSync('runs/drive-w1-s1-e1-p16'), 'nothing is written');
});

t.test('what --emit cannot do it refuses', async (t) => {
  const refusals: readonly [RegExp, ...string[]][] = [
    [/--emit ninja: no such format, expected one of make, snakemake, kubernetes/, '--emit', 'ninja'],
    [/--status: lists what is done/, '--emit', 'make', '--status'],
    [/--dry-run: lists what --emit writes/, '--emit', 'make', '--dry-run'],
    [/--merge: touches --runs/, '--emit', 'make', '--merge', at('alone')],
    [/--report: is about what is done/, '--emit', 'make', '--report', at('x.md')],
    [/--plot: is about what is done/, '--emit', 'make', '--plot', at('x.png')],
    [/--worker: is for a process that works/, '--emit', 'make', '--worker'],
    [
      /--emit: cannot write this, which holds a control character: .*a\\nb/,
      '--emit',
      'make',
      '--runs',
      'a\nb',
    ],
  ];
  for (const [message, ...more] of refusals) {
    const { status, stderr, stdout } = spikingUnet('reproduce', 'table1', ...more);
    t.equal(status, 2, stderr);
    t.match(stderr, message);
    t.equal(stdout, '');
  }
});
