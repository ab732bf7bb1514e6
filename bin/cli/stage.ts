/**
 * What every stage of the command line shares: options, help with examples, results as text or as one JSON
 * document, one line for an error, and the exit codes: 0 ok, 1 failure, 2 wrong usage, 3 data missing or
 * malformed, 129, 130 or 143 stopped by a signal. Results go to stdout, everything else to stderr.
 */

import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Command, CommanderError } from 'commander';
import { DataError, UsageError } from '../../lib/core/error.js';
import { USUAL_SEED } from '../../lib/core/rng.js';
import { chooseEngine, defaultEngine, engines, threadsRemark, useHost } from '../../lib/engine/choose.js';
import type { Engine } from '../../lib/engine/door.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { startedAgain } from './again.js';
import { asOption } from './optionNames.js';
import { endWithParent } from './parent.js';
import { naturalNumber, threadCount } from './parse.js';
import { guardPipes, print, remark, say, setQuiet } from './pipe.js';
import { printable, printableJson } from './printable.js';
import { type Progress, startProgress } from './progress.js';
import { abortOnSignals, Interrupted, STOP_SIGNALS } from './signals.js';

/** What a stage prints: `json` with --json, `text` without. */
export interface Result {
  readonly json: unknown;
  readonly text: string;
  /**
   * Whether the stage did its work and found something wrong: exit code 1, without an error message; if that
   * was only data, exit code 3.
   */
  readonly failed?: boolean | 'data';
}

/** The options that every stage has. */
export interface SharedOptions {
  readonly seed: number;
  readonly threads: number;
  readonly engine: string;
  readonly json: boolean;
  readonly quiet: boolean;
}

export interface Context {
  /** The arguments of the stage as they were typed. */
  readonly argv: readonly string[];
  readonly engine: Engine;
  /** Aborted by the first signal that asks to stop, for stages with something to save; others end at once. */
  readonly signal: AbortSignal;
  /** Prints a line on stderr. */
  log(line: string): void;
  /**
   * Shows a bar with the time left on stderr, if that is a terminal; the bar is removed when the stage ends.
   * `done` is what was done before.
   */
  progress(label: string, total: number, done?: number): Progress;
}

export interface Stage<Options> {
  readonly name: string;
  readonly summary: string;
  /** Command lines that work, with a short description of each. */
  readonly examples: readonly (readonly [command: string, meaning: string])[];
  configure(command: Command): void;
  run(options: Options & SharedOptions, context: Context): Promise<Result> | Result;
}

useHost(nodeHost);

const EXIT = { ok: 0, failure: 1, usage: 2, data: 3 };

/**
 * Runs a stage if its file, at `url`, is the program that was started; if it was only imported, does nothing.
 */
export async function runAsProgram<Options>(stage: Stage<Options>, url: string): Promise<void> {
  const [, started] = process.argv;
  const isStarted = started !== undefined && realpathSync(started) === fileURLToPath(url);
  if (isStarted) await runProgram(stage, process.argv.slice(2));
}

/** Runs a stage as the whole program, with its signals, its pipes and its parent. */
export async function runProgram<Options>(stage: Stage<Options>, argv: readonly string[]): Promise<void> {
  guardPipes();
  endWithParent();
  const answered = await startedAgain();
  if (answered !== undefined) {
    process.exitCode = answered;
    return;
  }
  const bars: Progress[] = [];
  // For example an error in a worker.
  process.on('uncaughtException', (error) => process.exit(fail(stage, bars, error)));
  process.exitCode = await runStage(stage, argv, bars);
}

/** Parses the arguments, runs the stage, prints its result; returns the exit code. */
export async function runStage<Options>(
  stage: Stage<Options>,
  argv: readonly string[],
  bars: Progress[] = [],
): Promise<number> {
  const command = newCommand(stage);
  try {
    command.parse(argv, { from: 'user' });
    const options = { ...command.opts(), arguments: command.args } as unknown as Options & SharedOptions;
    setQuiet(options.quiet);
    const context = newContext(argv, options, bars);
    const byDefault = command.getOptionValueSource('engine') === 'default';
    const remarks = [byDefault && defaultEngine().remark, threadsRemark(options.engine, options.threads)];
    for (const line of remarks) if (line) remark(line);
    const result = await stage.run(options, context);
    stopAll(bars);
    print(`${options.json ? printableJson(result.json) : printable(result.text)}\n`);
    return result.failed === 'data' ? EXIT.data : result.failed ? EXIT.failure : EXIT.ok;
  } catch (error) {
    return fail(stage, bars, error, command);
  }
}

function fail(
  stage: { readonly name: string },
  bars: readonly Progress[],
  error: unknown,
  command?: Command,
): number {
  stopAll(bars);
  return report(
    stage.name,
    command && (error instanceof UsageError || error instanceof DataError)
      ? asOption(error, command.options)
      : error,
  );
}

/** Stops all bars: a running bar would keep the program alive for ever. */
function stopAll(bars: readonly Progress[]): void {
  for (const bar of bars) bar.stop();
}

function newCommand<Options>(stage: Stage<Options>): Command {
  const command = new Command(`spiking-unet ${stage.name}`)
    .description(stage.summary)
    .showHelpAfterError('(--help shows all options, with examples)')
    .configureOutput({
      writeOut: print,
      writeErr: say,
      outputError: (message, write) => write(printable(message)),
    })
    .exitOverride();
  stage.configure(command);
  return command
    .option('--seed <n>', 'seed of everything random', naturalNumber, USUAL_SEED)
    .option(
      '--threads <n>',
      'threads to compute on; the results do not depend on it',
      threadCount,
      availableParallelism(),
    )
    .option('--engine <name>', `kernels: ${engineList()}`, defaultEngine().name)
    .option('--json', 'print one JSON document instead of text', false)
    .option('--quiet', 'no progress and no remarks', false)
    .addHelpText('after', () => helpWithExamples(stage.examples));
}

function engineList(): string {
  return Object.entries(engines)
    .map(([name, { summary }]) => `${name} (${summary})`)
    .join(', ');
}

function helpWithExamples(examples: Stage<unknown>['examples']): string {
  const lines = examples.map(
    ([command, meaning]) =>
      `  ${styleText('dim', `# ${meaning}`, { stream: process.stdout })}\n  ${asTyped(command)}`,
  );
  return `\nExamples:\n${lines.join('\n')}`;
}

/** An example as it is typed: a pipe names the program itself, where it stands in it. */
function asTyped(command: string): string {
  return command.includes('spiking-unet ') ? command : `spiking-unet ${command}`;
}

function newContext(
  argv: readonly string[],
  { engine, threads, quiet }: SharedOptions,
  bars: Progress[],
): Context {
  let signal: AbortSignal | undefined;
  return {
    argv,
    get engine() {
      return chooseEngine(engine, threads);
    },
    get signal() {
      signal ??= abortOnSignals(() => remark('\nstopping: saving what is done (Ctrl-C again ends at once)'));
      return signal;
    },
    log: (line) => remark(printable(line)),
    progress: (label, total, done) => {
      const bar = startProgress(label, total, quiet, done);
      bars.push(bar);
      return bar;
    },
  };
}

/** Prints one line on stderr and returns the exit code. */
function report(stage: string, error: unknown): number {
  // Commander has already printed its message.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  const message = error instanceof Error ? error.message : String(error);
  say(`${styleText('red', `spiking-unet ${stage}:`, { stream: process.stderr })} ${printable(message)}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof DataError) return EXIT.data;
  if (error instanceof Interrupted) return STOP_SIGNALS[error.by];
  return EXIT.failure;
}
