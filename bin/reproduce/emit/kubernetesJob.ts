/**
 * The graph for Kubernetes 1.29 and later: an Indexed Job as JSON, whose pod k does the k-th job and, as a
 * --worker, waits for what that needs.
 *
 * That cannot lock up where all pods that --parallelism allows have room at once: pods are made in the order
 * of their indexes, and a lost one again before any later one, so that the first job which has not ended
 * always has a pod, and nothing to wait for. A job that fails leaves its failed.json, and those that wait for
 * it end. Only a pod that is lost for good without a word would be waited for, until the deadline.
 */

import { UsageError } from '../../../lib/core/error.js';
import { packageVersion } from '../../../lib/node/package.js';
import { shellWord } from '../../cli/commandLine.js';
import { CERTAIN } from '../attempt.js';
import { onlyCommand, SECONDS_TO_SAVE } from '../onlyCommand.js';
import { aboutGraph, type Format, type JobGraph } from './jobGraph.js';

/** In the container. */
const RUNS = '/runs';
const DATA = '/data';
/** How often a pod is made again that failed; one whose job has a failed.json then ends at once. */
const RETRIES = 3;
/** The deadline: how much longer than estimated, one job at a time, and at least this many seconds. */
const LAST_PATIENCE = 10;
const DAY = 24 * 60 * 60;
/** The longest name whose pods still have a host name each, with an index of five digits. */
const LONGEST_NAME = 57;

export const kubernetesJob: Format = {
  write(graph) {
    requireWhole(graph);
    return `${JSON.stringify(jobObject(graph), null, 2)}\n`;
  },
};

/** UsageError if a job needs one that no pod does: it would be waited for until the deadline. */
function requireWhole({ jobs }: JobGraph): void {
  const folders = new Set(jobs.map(({ folder }) => folder));
  for (const { folder, needs } of jobs) {
    const missing = needs.find((need) => !folders.has(need));
    if (missing !== undefined)
      throw new UsageError(`--only: ${folder} would wait for ${missing}, which no pod does; name it, too`);
  }
}

function jobObject(graph: JobGraph) {
  const { jobs, atATime = 1, sumSeconds } = graph;
  const name = nameOf(graph);
  const labels = { 'app.kubernetes.io/name': 'spiking-unet', 'app.kubernetes.io/version': packageVersion() };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels, annotations: { 'kubernetes.io/description': description(graph, name) } },
    spec: {
      completionMode: 'Indexed',
      completions: jobs.length,
      parallelism: Math.min(atATime, jobs.length),
      backoffLimitPerIndex: RETRIES,
      podFailurePolicy: {
        rules: [
          // the pod had to leave its node: that says nothing of the job
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
          { action: 'FailIndex', onExitCodes: { operator: 'In', values: CERTAIN } },
        ],
      },
      activeDeadlineSeconds: Math.max(DAY, LAST_PATIENCE * sumSeconds),
      template: { metadata: { labels }, spec: podSpec(graph) },
    },
  };
}

function podSpec(graph: JobGraph) {
  const { threads, given } = graph;
  const claims = [
    { name: 'runs', path: RUNS, readOnly: false },
    ...(given.data === undefined ? [] : [{ name: 'data', path: DATA, readOnly: true }]),
  ];
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: SECONDS_TO_SAVE,
    containers: [
      {
        name: 'job',
        image: `spiking-unet:${packageVersion()}`,
        workingDir: RUNS,
        command: ['/bin/sh', '-c', script(graph), 'sh'],
        args: graph.jobs.map(({ folder }) => folder),
        resources: { requests: { cpu: String(threads) } },
        volumeMounts: claims.map(({ name, path, readOnly }) => ({ name, mountPath: path, readOnly })),
      },
    ],
    volumes: claims.map(({ name, readOnly }) => ({
      name,
      persistentVolumeClaim: { claimName: `spiking-unet-${name}`, readOnly },
    })),
  };
}

/** Does the job whose folder is the pod's argument; `exec`, so that signals reach the program. */
function script({ given, threads }: JobGraph): string {
  const there = { ...given, data: given.data === undefined ? undefined : DATA };
  const command = ['spiking-unet', ...onlyCommand(there, threads)].map(shellWord).join(' ');
  return `shift "$JOB_COMPLETION_INDEX" && exec ${command} "$1" --worker`;
}

function nameOf({ given: { arguments: tables, width, seed } }: JobGraph): string {
  const named = (what: string) => `spiking-unet-${what}-w${width}-s${seed}`;
  const name = named(tables.join('-'));
  return name.length > LONGEST_NAME ? named('reproduce') : name;
}

function description(graph: JobGraph, name: string): string {
  return [
    ...aboutGraph(graph),
    `kubectl create -f FILE, then kubectl get job ${name}. All pods that parallelism allows need room at once.`,
    'Pod k does the job that argument k names, and waits for what that needs: pods are made in this order,',
    'so the first job that has not ended always runs. If the deadline ends this Job, the same one, made anew,',
    "goes on. A job that failed is tried again once its folder's failed.json is deleted.",
  ].join('\n');
}
