/**
 * Values, not names: code that has an operation, a neuron or a layer asks it, and compares no names. The text
 * of the paper imports only the rooms before it. The rooms of networks and conversions name no options of the
 * command line.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { neurons } from '../../lib/neuron/index.js';

const sources = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts'));
const files = [...sources('lib'), ...sources('bin')];
const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n');
const isComment = (line: string) => /^\s*(\*|\/\/|\/\*)/.test(line);

const NAMES = [...Object.keys(neurons), 'conv2d', 'convTranspose2d', 'avgPool2d'];
const NAME = `['"\`](${NAMES.join('|')})(['"\`]| [^'"\`]*['"\`])`;
/** Comparisons with a name, on either side, and what looks into one. */
const CONDITION = new RegExp(
  `([!=]==|\\bcase|(startsWith|endsWith|includes|test)\\()\\s*${NAME}|${NAME}\\s*[!=]==|[!=]== findNeuron\\(`,
);
/**
 * Files that may compare names: engines, whose kernels belong to operations and neurons; the bench; tables.
 */
const MAY = [/^lib\/engine\//, /^bin\/bench\//, /^bin\/reproduce\/tables\//];

t.test('no condition names an operation or a neuron', async (t) => {
  for (const bad of [
    `a === 'mt'`,
    `case 'if':`,
    `'conv2d 3x3' !== op.name`,
    `op.name.startsWith('avgPool2d')`,
  ])
    t.ok(CONDITION.test(bad), bad);
  for (const good of [`poolings === 'exact'`, `if (x === 'ify')`, `{ neuron: 'mt' }`])
    t.notOk(CONDITION.test(good), good);
  for (const file of files.filter((path) => !MAY.some((room) => room.test(path)))) {
    for (const [k, line] of linesOf(file).entries())
      if (!isComment(line) && CONDITION.test(line)) t.fail(`${file}:${k + 1}: ${line.trim()}`);
  }
});

t.test('the text of the paper imports core, op, net and neuron only', async (t) => {
  for (const file of sources('lib/paper')) {
    const text = readFileSync(file, 'utf8');
    for (const [, target] of text.matchAll(/from '([^']+)'/g))
      t.match(target, /^(\.|\.\.\/(core|op|net|neuron))\/\w+\.js$/, file);
  }
  t.ok(sources('lib/paper').length >= 7);
});

t.test('networks, neurons, models and conversions know no options', async (t) => {
  const rooms = ['net', 'neuron', 'paper', 'official', 'model', 'convert', 'measure'];
  for (const file of rooms.flatMap((room) => sources(join('lib', room)))) {
    for (const [k, line] of linesOf(file).entries())
      if (!isComment(line) && /(^|[^-\w])--[a-z]/.test(line.replace(/\w--|--\w+;|--\)/g, '')))
        t.fail(`${file}:${k + 1}: ${line.trim()}`);
  }
});

t.test('layers have no places: no level, no first or last layer in the rooms of networks', async (t) => {
  const rooms = ['net', 'paper', 'convert', 'measure', 'model'];
  const place = /\blayers\[\d|layers\.at\(|\[first\] = (network\.)?layers|\.level\b|inputs\[[01]\] [!=]==/;
  for (const file of rooms.flatMap((room) => sources(join('lib', room)))) {
    for (const [k, line] of linesOf(file).entries())
      if (!isComment(line) && place.test(line)) t.fail(`${file}:${k + 1}: ${line.trim()}`);
  }
});
