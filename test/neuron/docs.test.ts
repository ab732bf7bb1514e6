/** The tables of parameters in docs/neurons.md are what the neurons say of themselves. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { usualText } from '../../bin/cli/neuronOptions.js';
import { flagOf } from '../../bin/cli/optionNames.js';
import { neurons } from '../../lib/neuron/index.js';
import type { Neuron } from '../../lib/neuron/neuron.js';
import { namesOf } from '../../lib/neuron/parameter.js';

const all = Object.values(neurons);
const names = namesOf(all[0].parameters);
const page = readFileSync('docs/neurons.md', 'utf8');
const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;

/** The allowed values of each neuron that differs from most. */
function ranges(name: (typeof names)[number]): string {
  const texts = all.map(({ parameters }) => parameters[name].range);
  return [...new Set(texts)]
    .map((text) => {
      const owners = all.filter((_, i) => texts[i] === text).map((neuron) => `\`${neuron.name}\``);
      return owners.length === all.length ? text : `${text} (${owners.join(', ')})`;
    })
    .join('; ');
}

/** A default, and that of a directly trained network where it differs. */
function defaults(neuron: Neuron, name: string): string {
  const [converted, direct] = (['converted', 'direct'] as const).map((origin) =>
    usualText(neuron, name, origin),
  );
  return direct === converted ? converted : `${converted}; directly trained ${direct}`;
}

t.test('every parameter with its option, sentence, unit and range', async (t) => {
  const { parameters } = all[0];
  for (const name of names) {
    const { summary, unit } = parameters[name];
    const line = row(`\`${name}\``, `\`${flagOf(name)}\``, summary, unit, ranges(name));
    t.ok(page.includes(`${line}\n`), line);
  }
});

t.test('every neuron with its defaults', async (t) => {
  t.ok(page.includes(`${row('neuron', ...names.map((name) => `\`${name}\``))}\n`));
  for (const neuron of all) {
    const line = row(`\`${neuron.name}\``, ...names.map((name) => defaults(neuron, name)));
    t.ok(page.includes(`${line}\n`), line);
  }
});
