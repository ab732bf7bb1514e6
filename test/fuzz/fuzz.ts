/**
 * npm run fuzz -- [--inputs 100000] [--seed 1] [--target png] [--only 17]: `--inputs` damaged inputs for each
 * target. Prints how many were fine, refused, wrong (results that differ between runs, or no result), slow
 * and large, and lists the last three kinds by number; exit code 1 if there are any. --only judges one input
 * and writes it to a file.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { inputOf, type Judged, judge, type Target, VERDICTS } from './target.js';
import { targets } from './targets.js';

/** Milliseconds without progress after which an input counts as slow and its thread is ended. */
const PATIENCE = 20_000;

interface Task {
  readonly name: string;
  readonly seed: number;
  readonly range: readonly [number, number];
  /** The number of the input that is being read. */
  readonly current: Int32Array;
}

function find(name: string): Target {
  const found = targets.find((target) => target.name === name);
  if (!found)
    throw new Error(`no target ${name}, expected ${targets.map((target) => target.name).join(', ')}`);
  return found;
}

/** Judges a range of inputs in this thread, and reports batch by batch. */
function work({ name, seed, range, current }: Task): void {
  for (const judged of judge(find(name), seed, range, (index) => Atomics.store(current, 0, index)))
    parentPort?.postMessage(judged);
}

/**
 * Judges a range in another thread, which is ended where it makes no progress or has
 * no memory left. Where it stopped: the other inputs of that batch are not counted.
 */
function supervise(task: Task, report: (judged: Judged[]) => void): Promise<number> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: task });
    let [last, done] = [-1, task.range[0]];
    const giveUp = (verdict: 'slow' | 'large', answer: string) => {
      clearInterval(watch);
      const index = Atomics.load(task.current, 0);
      report([{ index, verdict, answer }]);
      worker.terminate().then(() => resolve(index + 1));
    };
    const watch = setInterval(() => {
      const current = Atomics.load(task.current, 0);
      if (current === last && done <= current) giveUp('slow', 'no end');
      last = current;
    }, PATIENCE);
    worker.on('message', (judged: Judged[]) => {
      done = judged[judged.length - 1].index + 1;
      report(judged);
    });
    worker.on('error', (error) => giveUp('large', error.message));
    worker.on('exit', () => {
      clearInterval(watch);
      if (done >= task.range[1]) resolve(done);
    });
  });
}

/** All inputs of a target: a line of counts, and a line for each input that should not be. */
async function fuzz(target: Target, inputs: number, seed: number): Promise<boolean> {
  const counts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  const bad: string[] = [];
  const report = (judged: Judged[]) => {
    for (const { index, verdict, answer } of judged) {
      counts[verdict] += 1;
      if (verdict !== 'fine' && verdict !== 'refused')
        bad.push(`  ${verdict} ${index}: ${answer.split('\n')[0].slice(0, 160)}`);
    }
  };
  const current = new Int32Array(new SharedArrayBuffer(4));
  for (let start = 0; start < inputs; )
    start = await supervise({ name: target.name, seed, range: [start, inputs], current }, report);
  const line = VERDICTS.map((verdict) => `${verdict} ${counts[verdict]}`).join('  ');
  console.log(
    [`${target.name}: ${inputs} inputs of ${target.seeds.length} seeds: ${line}`, ...bad].join('\n'),
  );
  return bad.length === 0;
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { inputs: text, seed: text, target: text, only: text } });
  const seed = Number(values.seed ?? 1);
  const chosen = values.target ? [find(values.target)] : targets;
  if (values.only !== undefined) {
    const index = Number(values.only);
    writeFileSync(`fuzz-${index}.${chosen[0].name}`, inputOf(chosen[0], seed, index));
    console.log([...judge(chosen[0], seed, [index, index + 1])][0][0]);
    return;
  }
  for (const target of chosen)
    if (!(await fuzz(target, Number(values.inputs ?? 100_000), seed))) process.exitCode = 1;
}

if (isMainThread) await main();
else work(workerData);
