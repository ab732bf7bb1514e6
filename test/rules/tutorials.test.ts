/**
 * The pages of docs/tutorials are done from top to bottom, as a reader would do them, in empty folders: every
 * command ends as the page says, and prints what it shows. Python runs where it has PyTorch; elsewhere
 * fixtures/tutorials has what it writes.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { isShown, prepareFolder, runStep, type Step, stepsOf } from '../support/page.js';

const PAGES = 'docs/tutorials';
/** Pages of one row go on in the folder of the page before. */
const FOLDERS = [['segment.md'], ['train.md', 'convert.md'], ['pytorch.md'], ['neuron.md']];

const modules = ['-c', 'import torch, numpy, safetensors'];
const hasTorch = spawnSync('python3', modules, { stdio: 'ignore' }).status === 0;
const isPython = ({ code }: Step) => /^python3 /m.test(code);

t.jobs = 2;
for (const pages of FOLDERS) {
  t.test(pages.join(', '), { buffered: true }, async (t) => {
    const folder = t.testdir();
    const env = prepareFolder(folder);
    for (const page of pages) {
      const steps = stepsOf(readFileSync(join(PAGES, page), 'utf8'));
      t.ok(steps.length > 5, 'there is something to do');
      if (!hasTorch && steps.some(isPython)) cpSync('fixtures/tutorials', folder, { recursive: true });
      for (const step of steps)
        await doStep(t, step, { folder, env, where: `${PAGES}/${page}:${step.line}` });
    }
  });
}

interface Place {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Page and line. */
  readonly where: string;
}

async function doStep(t: Test, step: Step, { folder, env, where }: Place): Promise<void> {
  if (step.file) {
    writeFileSync(join(folder, step.file), step.code);
  } else if (isPython(step) && !hasTorch) {
    t.pass(`${where}: left out, there is no PyTorch`);
  } else {
    const { exit, printed } = await runStep(step, folder, env);
    t.equal(exit, step.exit, exit === step.exit ? where : `${where}: exit code, after\n${printed}`);
    if (step.shown !== undefined && !isShown(step.shown, printed))
      t.equal(printed, step.shown, `${where}: what it prints`);
  }
}

t.test('every page is done, and is in the list', async (t) => {
  const files = readdirSync(PAGES).filter((file) => file !== 'README.md');
  t.strictSame(FOLDERS.flat().sort(), files.sort());
  for (const page of files) t.match(readFileSync(join(PAGES, 'README.md'), 'utf8'), `](${page})`);
});

t.test('what is shown is compared', async (t) => {
  const printed = 'one 12 ms\ntwo (+)\nthree\n';
  for (const shown of [
    printed,
    'one ... ms\ntwo (+)\nthree\n',
    '...\ntwo (+)\n...\n',
    '...\nthree\n',
    '...\n',
  ])
    t.ok(isShown(shown, printed), shown);
  for (const shown of ['one 12 ms\n', 'one 13 ms\n...\n', '...\ntwo (-)\n...\n', '... ms\n', ''])
    t.notOk(isShown(shown, printed), shown);
});

t.test('a page is a list of commands and files; another block is an error', async (t) => {
  const page = 'a\n\n```sh exit 3\nfalse\n```\n\n```text\nb\n```\n\n```js\n// c.mjs: d\n```\n';
  t.strictSame(stepsOf(page), [
    { line: 3, code: 'false\n', exit: 3, shown: 'b\n' },
    { line: 11, code: '// c.mjs: d\n', exit: 0, file: 'c.mjs' },
  ]);
  for (const lost of ['```js\nlet x;\n```\n', '```text\nprinted by nothing\n```\n'])
    t.throws(() => stepsOf(lost), /^line 1: expected sh/, lost);
});
