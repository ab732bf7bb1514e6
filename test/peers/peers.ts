/**
 * The peers as a table: what they can do, where they are looked for, how they are installed, and running one.
 */

import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Interrupted } from '../../bin/cli/signals.js';
import { type PeerAnswer, type PeerWork, readAnswer } from './peerJob.js';

export interface PeerOptions {
  /** The folder whose node_modules holds the JavaScript peers. */
  readonly peers: string;
  /** The command that runs Python; the usual ones are tried where it is left out. */
  readonly python?: string;
}

interface Abilities {
  readonly works: readonly PeerWork['work'][];
  /** Whether it can use more than one thread in Node. */
  readonly threaded: boolean;
}

export interface Peer extends Abilities {
  readonly name: string;
  /** The command line that takes a job file; undefined where the peer is not installed. */
  find(options: PeerOptions): readonly string[] | undefined;
  /** How to install it. */
  install(options: PeerOptions): string;
}

/** A JavaScript peer is a process of its own, loaded as the tests are. */
const runTypeScript = [
  process.execPath,
  '--import',
  fileURLToPath(new URL('../support/typescript.mjs', import.meta.url)),
];

const ONNX: Abilities = { works: ['conv', 'forward', 'bytes'], threaded: true };

export const peers: readonly Peer[] = [
  jsPeer(
    'tfjs wasm',
    './tfjsPeer.ts',
    { works: ['conv', 'forward'], threaded: false },
    {
      '@tensorflow/tfjs-core': '4.22.0',
      '@tensorflow/tfjs-backend-cpu': '4.22.0',
      '@tensorflow/tfjs-backend-wasm': '4.22.0',
    },
  ),
  jsPeer('onnxruntime-web', './onnxWebPeer.ts', ONNX, { 'onnxruntime-web': '1.30.0' }),
  jsPeer('onnxruntime-node', './onnxNodePeer.ts', ONNX, { 'onnxruntime-node': '1.22.0' }),
  {
    name: 'PyTorch',
    works: ['conv', 'forward', 'trainStep', 'simulate', 'asf'],
    threaded: true,
    find: (options) => {
      const python = pythons(options).find((command) => succeeds(command, ['-c', 'import torch, numpy']));
      return python === undefined
        ? undefined
        : [python, fileURLToPath(new URL('torch_peer.py', import.meta.url))];
    },
    install: (options) => `${pythons(options)[0]} -m pip install torch numpy (or see --python)`,
  },
];

function jsPeer(
  name: string,
  script: string,
  abilities: Abilities,
  packages: Readonly<Record<string, string>>,
): Peer {
  return {
    name,
    ...abilities,
    find: ({ peers }) => {
      const { resolve: find } = createRequire(join(resolve(peers), 'peer.js'));
      try {
        for (const each of Object.keys(packages)) find(each);
      } catch {
        return undefined;
      }
      return [...runTypeScript, fileURLToPath(new URL(script, import.meta.url))];
    },
    // Without its script, which onnxruntime-node has to download libraries for graphics cards.
    install: ({ peers }) => {
      const versions = Object.entries(packages).map((entry) => entry.join('@'));
      return `npm install --no-save --ignore-scripts --prefix ${peers} ${versions.join(' ')} (or see --peers)`;
    },
  };
}

function pythons({ python }: PeerOptions): readonly string[] {
  return python === undefined ? ['python3', '/usr/bin/python3'] : [python];
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs a peer on the job in a file, in a process of its own; an Error tells what it said where it fails. */
export function runPeer(name: string, command: readonly string[], jobFile: string): PeerAnswer {
  const [program, ...args] = command;
  const { status, stdout, stderr, error, signal } = spawnSync(program, [...args, jobFile], {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status === 0) return readAnswer(stdout, name);
  if (signal === 'SIGINT') throw new Interrupted('stopped', signal);
  const last = error?.message ?? stderr.trimEnd().split('\n').at(-1);
  throw new Error(`${name} failed (exit code ${status}): ${last}`);
}
