/** The graph for GNU make: a target for each job, its done.json. */

import { shellWord } from '../../cli/commandLine.js';
import { atATimeHere, commandHere, doneFile, type Format, headingOf, type JobGraph } from './jobGraph.js';

export const makefile: Format = {
  write(graph) {
    const rules = graph.jobs.map(({ folder, needs }) => rule(folder, needs));
    return `${[heading(graph), variables(graph), ...rules].join('\n\n')}\n`;
  },
};

function heading(graph: JobGraph): string {
  const folder = shellWord(graph.runs);
  return headingOf(graph, `make -j ${atATimeHere(graph)} -C ${folder} -f "$PWD/Makefile"`);
}

/** A target that was written is whole, so that an interrupted make must not delete it (.PRECIOUS). */
function variables(graph: JobGraph): string {
  const targets = graph.jobs.map(({ folder }) => `\t${doneFile(folder)}`);
  return [
    'EQUALS := =',
    `JOB := ${inVariable(commandHere(graph))}`,
    `DONE := \\\n${targets.join(' \\\n')}`,
    '',
    '.PHONY: all',
    'all: $(DONE)',
    '.PRECIOUS: $(DONE)',
  ].join('\n');
}

/** Order-only prerequisites (behind `|`): a need with a later date is no reason to do a job again. */
function rule(folder: string, needs: readonly string[]): string {
  const before = needs.length > 0 ? ` | ${needs.map(inRule).join(' ')}` : '';
  return `${inRule(folder)}:${before}\n\t$(JOB) ${folder}`;
}

/** The target of a job in a rule, which would be read as an assignment if an equals sign stood in it. */
function inRule(folder: string): string {
  return doneFile(folder).replaceAll('=', '$(EQUALS)');
}

/** A value as make reads it: `$` expands and `#` begins a comment, where backslashes do not stop it. */
function inVariable(text: string): string {
  return text.replaceAll('$', '$$$$').replace(/(\\*)#/g, '$1$1\\#');
}
