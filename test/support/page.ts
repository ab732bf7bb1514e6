/**
 * A page of Markdown as a list of things to do, in order. A block whose first line is a comment with the name
 * of a file, `// draw.mjs: ..` or `# net.py: ..`, is that file. A block of `sh` is run; what it prints, on
 * stdout and stderr together, is the block of `text` below it, and `exit N` after `sh` its exit code.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export interface Step {
  /** Line of the page on which its block starts, from 1. */
  readonly line: number;
  readonly code: string;
  /** The file that the block is; undefined: a command. */
  readonly file?: string;
  readonly exit: number;
  /** What a command prints; undefined where the page does not show it. */
  readonly shown?: string;
}

const BLOCK = /^```(\w+)(?: exit (\d+))?\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?/gms;
const NAMED = /^(?:\/\/|#) ([\w-]+\.\w+)\b/;

/** The steps of a page; an Error where a block is neither a file nor a command, which nothing would run. */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(BLOCK)].map(({ 1: language, 2: exit = '0', 3: code, 4: shown, index }) => {
    const line = page.slice(0, index).split('\n').length;
    const file = language === 'sh' ? undefined : NAMED.exec(code)?.[1];
    if (language !== 'sh' && !file) throw new Error(`line ${line}: expected sh, or the name of a file`);
    return { line, code, exit: Number(exit), ...(file && { file }), ...(shown !== undefined && { shown }) };
  });
}

/**
 * Makes of a folder what the pages start from: `spiking-unet` of this checkout is on the PATH that is
 * returned, and its package is installed.
 */
export function prepareFolder(folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, '.bin');
  const program = join(bin, 'spiking-unet');
  mkdirSync(bin);
  writeFileSync(
    program,
    `#!/bin/sh\nexec '${process.execPath}' '${resolve('dist/bin/spiking-unet.js')}' "$@"\n`,
  );
  chmodSync(program, 0o755);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'spiking-unet'));
  const own = { CHECKOUT: resolve('.'), SPIKING_UNET_DATA: '', NO_COLOR: '1', NODE_OPTIONS: '' };
  return { ...process.env, ...own, PATH: `${bin}:${process.env.PATH}` };
}

/** Runs a command in a folder: its exit code, and what a terminal would show. */
export async function runStep({ code }: Step, folder: string, env: NodeJS.ProcessEnv) {
  const args = ['-e', '-o', 'pipefail', '-c', `exec 2>&1\n${code}`];
  const shell = spawn('bash', args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  shell.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const [exit] = await once(shell, 'close');
  return { exit: exit as number | null, printed: withoutEnds(text) };
}

/** Blanks at the ends of lines, which nobody sees. */
const withoutEnds = (text: string) => text.replace(/[ \t]+$/gm, '');

/**
 * Whether a text is the one that is shown, where a line of `...` stands for any number of lines, and `...`
 * within a line for what differs from one computer to another.
 */
export function isShown(shown: string, printed: string): boolean {
  const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = withoutEnds(shown)
    .split(/^\.\.\.\n/m)
    .map((lines) => lines.split('...').map(literal).join('.*?'))
    .join('(?:.*\\n)*?');
  return new RegExp(`^${pattern}$`).test(printed);
}
