/**
 * Trust between hosts that share a --runs: one that computes other bits than expected gets no job, since its
 * results would be taken for those of all. Each host is checked once, and writes into `hosts/HOST.json` what
 * came out. A host that is alone is not checked: there is nobody who would take over what it computes.
 */

import { chooseEngine, engines } from '../../lib/engine/choose.js';
import type { Engine } from '../../lib/engine/door.js';
import { checkEngine, type EngineCheck, MODE } from '../verify/oneEngine.js';
import {
  type Facts,
  factsHere,
  type HostFile,
  hostFilePath,
  pathsOfOthers,
  readOther,
  readOwn,
  writeHostFile,
} from './hostFile.js';

export interface Candidate {
  readonly runs: string;
  /** The engine of its jobs. */
  readonly engine: string;
  /** Of all jobs together. */
  readonly threads: number;
  /** At a time. */
  readonly jobs: number;
  /** Those that join others, or may: a worker, one with single jobs of a graph, and one that audits. */
  readonly worker?: boolean;
  readonly only?: readonly string[];
  readonly audit?: unknown;
  log(line: string): void;
}

/**
 * Checks this host if it shares `runs` with others and was not checked before: an Error if its bits are
 * wrong, or if they are not those of another host with the same version; DataError for a damaged file of
 * another host. `check` computes the results.
 */
export function requireTrust(
  candidate: Candidate,
  check: (engine: Engine) => EngineCheck = (engine) => checkEngine(engine),
): void {
  const { runs, engine, worker = false, only = [], audit, log } = candidate;
  const others = pathsOfOthers(runs);
  const joins = worker || only.length > 0 || audit !== undefined;
  if (!joins && others.length === 0) return;
  const runsHere = Object.hasOwn(engines, engine) && engines[engine].missing() === undefined;
  if (!runsHere) return; // its jobs will say so
  const facts = factsHere();
  const known = readOwn(runs);
  const own = known && isSame(known, facts, engine) ? known : checkHere(candidate, facts, check);
  if (!own.right) throw new Error(wrongText(own, hostFilePath(runs, own.host)));
  for (const path of others) {
    const other = readOther(path);
    if (!other.right) log(`${path}: ${other.host} computes wrong bits and gets no job`);
    else requireSameBits(own, other, path);
  }
}

/** Whether a file tells of this host as it is now, and of this engine. */
function isSame(file: HostFile, facts: Facts, engine: string): boolean {
  const keys = ['host', 'version', 'node', 'processor'] as const;
  return file.checked.engine === engine && keys.every((key) => file[key] === facts[key]);
}

function checkHere(
  { runs, engine: name, threads, jobs, log }: Candidate,
  facts: Facts,
  check: (engine: Engine) => EngineCheck,
): HostFile {
  log(`checking once that ${facts.host} computes the expected bits: ${hostFilePath(runs, facts.host)}`);
  const engine = chooseEngine(name, Math.max(1, Math.floor(threads / jobs)));
  try {
    const { results, digest, wrong } = check(engine);
    return writeHostFile(runs, {
      ...facts,
      checked: { engine: name, threads: engine.threads, mode: MODE, results },
      digest,
      right: wrong.length === 0,
      wrong: [...wrong],
    });
  } finally {
    engine.dispose();
  }
}

/** How many results a message names. */
const NAMED = 3;

function wrongText({ host, node, checked, wrong }: HostFile, path: string): string {
  const { engine, results } = checked;
  const more = wrong.length > NAMED ? ` and ${wrong.length - NAMED} more` : '';
  const names = wrong.slice(0, NAMED).map((name) => `"${name}"`);
  const instead =
    engine === 'reference' ? '' : '; if engine reference is right there, "--engine reference" helps';
  return (
    `host ${host} computes wrong bits and gets no job: ${wrong.length} of ${results} results on engine ` +
    `${engine}, Node ${node}: ${names.join(', ')}${more}. Run "spiking-unet verify" on it${instead}. ` +
    `When it is repaired, delete ${path}`
  );
}

function requireSameBits(own: HostFile, other: HostFile, path: string): void {
  if (own.version !== other.version || own.digest === other.digest) return;
  throw new Error(
    `hosts ${own.host} (digest ${own.digest}) and ${other.host} (digest ${other.digest}) compute different bits ` +
      `with version ${own.version}, and ${own.host} gets no job: "spiking-unet verify" on both says which one is ` +
      `wrong, or whether one has another build; then delete ${path}, or the file of ${own.host} beside it`,
  );
}
