/**
 * A Slurm of its own to submit to: controller, munge and three nodes of one processor, all on this machine
 * and below one folder. Only root can start it, since nodes start jobs as their users; where it cannot be
 * started, `missing` says why, and tests are skipped with it.
 */

import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAMS = ['munged', 'slurmctld', 'slurmd'].map((name) => `/usr/sbin/${name}`);
const lacking = PROGRAMS.find((path) => !existsSync(path));

/** Why no cluster can be started; false: one can. */
export const missing: string | false =
  lacking !== undefined
    ? `no ${lacking}: Debian's slurm-wlm and munge`
    : process.getuid?.() === 0
      ? false
      : 'only root can start nodes of Slurm';

export const NODES = ['n1', 'n2', 'n3'];

export interface Cluster {
  /** Makes sbatch, squeue and the rest speak to it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs one of Slurm's commands and returns what it printed. */
  slurm(command: string, ...args: readonly string[]): string;
  /** Kills a node and all that runs on it at once, as a power cut would. */
  cutPower(node: string): void;
  /** Starts a node, the first time or again; `before` are words of a command that starts it. */
  power(node: string, before?: readonly string[]): void;
  end(): Promise<void>;
}

/** Ports of the controller and of the nodes, from what this process alone would choose. */
const firstPort = () => 20_000 + (process.pid % 1000) * 10;

/** Starts everything below `root` and waits until all nodes can take jobs. */
export async function startCluster(root: string): Promise<Cluster> {
  for (const folder of ['run', 'log', 'state', 'spool']) mkdirSync(join(root, folder), { recursive: true });
  const socket = join(root, 'run', 'munge.socket');
  startMunge(root, socket);
  const configuration = join(root, 'slurm.conf');
  writeFileSync(configuration, textOf(root, socket, firstPort()));
  const environment = { ...process.env, SLURM_CONF: configuration };
  const slurm = (command: string, ...args: readonly string[]) =>
    execFileSync(command, args, { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const nodes = new Map<string, ChildProcess>();
  const start = (name: string, words: readonly string[]) => {
    const log = openSync(join(root, 'log', `${name}.out`), 'a');
    return spawn(words[0], words.slice(1), { env: environment, stdio: ['ignore', log, log], detached: true });
  };
  const power = (node: string, before: readonly string[] = []) => {
    nodes.set(node, start(node, [...before, '/usr/sbin/slurmd', '-D', '-N', node]));
  };
  const controller = start('slurmctld', ['/usr/sbin/slurmctld', '-D']);
  for (const node of NODES) power(node);
  const cluster: Cluster = {
    environment,
    slurm,
    power,
    cutPower: (node) => killTree(nodes.get(node)!.pid!, node),
    async end() {
      spawnSync('scancel', ['--user=root'], { env: environment });
      for (const [node, { pid }] of nodes) killTree(pid!, node);
      controller.kill('SIGKILL');
      killFrom(join(root, 'run', 'munged.pid'));
    },
  };
  await until(
    () => idleNodes(cluster) === NODES.length,
    () => `${root}: nodes do not come up`,
  );
  return cluster;
}

/** Seconds until something is taken for lost: a busy machine takes ten times as long as a quiet one. */
const PATIENCE = 300;

/** Waits until something is so; an Error that says what is not, if it never becomes so or cannot be asked. */
export async function until(isSo: () => boolean, otherwise: () => string): Promise<void> {
  const asked = () => {
    try {
      return isSo();
    } catch {
      return false;
    }
  };
  for (let waited = 0; !asked(); waited += 0.1) {
    if (waited > PATIENCE) throw new Error(otherwise());
    await sleep(100);
  }
}

function idleNodes({ environment }: Cluster): number {
  const { stdout } = spawnSync('sinfo', ['--noheader', '--Node', '--states=idle', '--format=%N'], {
    env: environment,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((name) => name !== '').length;
}

/** Munge proves to the parts of Slurm who speaks; it gets a key of its own. */
function startMunge(root: string, socket: string): void {
  const key = join(root, 'munge.key');
  writeFileSync(key, randomBytes(1024), { mode: 0o600 });
  const files = { 'key-file': key, socket, 'pid-file': join(root, 'run', 'munged.pid') };
  const others = {
    'log-file': join(root, 'log', 'munged.log'),
    'seed-file': join(root, 'run', 'munged.seed'),
  };
  const options = Object.entries({ ...files, ...others }).map(([name, path]) => `--${name}=${path}`);
  execFileSync('/usr/sbin/munged', ['--force', ...options], { stdio: 'ignore' });
}

function textOf(root: string, socket: string, port: number): string {
  const host = hostname();
  const nodes = NODES.map(
    (node, k) =>
      `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${port + 1 + k} CPUs=1 RealMemory=1000`,
  );
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmctldPort=${port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${socket}
StateSaveLocation=${join(root, 'state')}
SlurmdSpoolDir=${join(root, 'spool', '%n')}
SlurmctldPidFile=${join(root, 'run', 'slurmctld.pid')}
SlurmdPidFile=${join(root, 'run', 'slurmd-%n.pid')}
SlurmctldLogFile=${join(root, 'log', 'slurmctld.log')}
SlurmdLogFile=${join(root, 'log', 'slurmd-%n.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdTimeout=10
KillWait=5
MessageTimeout=100
MinJobAge=86400
MpiDefault=none
${nodes.join('\n')}
PartitionName=all Nodes=${NODES.join(',')} Default=YES MaxTime=INFINITE
`;
}

/** Kills a process, all that it started, and what else says that it runs on this node, with SIGKILL. */
function killTree(pid: number, node: string): void {
  const table = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  const onNode = pairs.filter(([child]) => runsOn(child, node));
  const steps = onNode.map(([, parent]) => parent).filter((parent) => nameOf(parent) === 'slurmstepd');
  const doomed = new Set([pid, ...steps, ...onNode.map(([child]) => child)]);
  for (let size = 0; size < doomed.size; ) {
    size = doomed.size;
    for (const [child, parent] of pairs) if (doomed.has(parent)) doomed.add(child);
  }
  for (const victim of doomed) send(victim, 'SIGSTOP'); // or the last would see the first die
  for (const victim of doomed) send(victim, 'SIGKILL');
}

function nameOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Steps of jobs are no children of the node's daemon; the environment of what they start names the node. */
function runsOn(pid: number, node: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`SLURMD_NODENAME=${node}`);
  } catch {
    return false;
  }
}

function killFrom(file: string): void {
  if (existsSync(file)) send(Number(readFileSync(file, 'utf8')), 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended
  }
}
