/** The graph for Snakemake 7 and later: one rule, and a dictionary of the jobs. */

import { shellWord } from '../../cli/commandLine.js';
import { PATIENCE } from '../onlyCommand.js';
import { atATimeHere, commandHere, doneFile, type Format, headingOf, type JobGraph } from './jobGraph.js';

export const snakefile: Format = {
  write: (graph) => `${heading(graph)}\n\nimport re\n\n${dictionary(graph)}\n\n${rules(graph)}\n`,
};

function heading(graph: JobGraph): string {
  const folder = shellWord(graph.runs);
  return headingOf(
    graph,
    `snakemake -c ${atATimeHere(graph) * graph.threads} --rerun-triggers mtime -d ${folder} -s "$PWD/Snakefile"`,
  );
}

function dictionary({ jobs }: JobGraph): string {
  const entries = jobs.map(({ folder, needs, seconds }) => {
    const minutes = Math.ceil((PATIENCE * seconds) / 60);
    return `    ${pythonText(folder)}: ([${needs.map(pythonText).join(', ')}], ${minutes}),`;
  });
  return [
    `# Folder: (what it needs, minutes: ${PATIENCE} times the estimate).`,
    'JOBS = {',
    ...entries,
    '}',
  ].join('\n');
}

/** `ancient`: a need with a later date is no reason to do a job again. */
function rules(graph: JobGraph): string {
  return `rule all:
    input:
        [f"${doneFile('{folder}')}" for folder in JOBS]

rule job:
    input:
        lambda job: [ancient(f"${doneFile('{need}')}") for need in JOBS[job.folder][0]]
    output:
        "${doneFile('{folder}')}"
    wildcard_constraints:
        folder="|".join(map(re.escape, JOBS))
    threads: ${graph.threads}
    resources:
        runtime=lambda job: JOBS[job.folder][1]
    shell:
        ${pythonText(`${inShell(commandHere(graph))} {wildcards.folder}`)}`;
}

/** A literal: what JSON escapes, Python reads alike. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}

/** Snakemake replaces what stands in braces. */
function inShell(command: string): string {
  return command.replaceAll(/[{}]/g, '$&$&');
}
