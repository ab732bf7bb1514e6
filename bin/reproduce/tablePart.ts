/** A table as a section: our figures with the paper's below them, and the commands of its cells. */

import type { Part } from '../html/document.js';
import { type Html, html } from '../html/html.js';
import { scrolling } from '../html/sectionHtml.js';
import { inOrder, type Job } from './job.js';
import type { Row, Table } from './paperTable.js';
import { type ResultOf, textsOf } from './render.js';
import { spikesCharts } from './spikesCharts.js';
import { commandLine, type Done } from './store.js';

/** What is known of the jobs of a page. */
export interface Work {
  readonly resultOf: ResultOf;
  /** undefined: the job is not done. */
  doneOf(job: Job): Done | undefined;
}

/** `jobs` are those of the table's cells, `command` fills it in. */
export function tablePart(
  name: string,
  { title, columns, rows }: Table,
  jobs: readonly Job[],
  command: string,
  { resultOf, doneOf }: Work,
): Part {
  const entries = rows.flatMap((row) => row.entries.flatMap((entry) => entry ?? []));
  const measured = entries.filter((entry) => textsOf(entry, resultOf).ours !== undefined).length;
  const heads = columns.map((column) => html`<th scope="col">${column}</th>`);
  const lines = rows.map((row) => rowHtml(row, resultOf));
  const table = html`<table class="figures"><thead><tr>${heads}</tr></thead>
<tbody>${lines}</tbody></table>`;
  return {
    section: { id: name, title },
    rendered: {
      says:
        `${measured} of ${entries.length} figures are measured (the others: "not yet"); the paper's, where it has ` +
        'one, is below ours.',
      body: html`<pre><code>${command}</code></pre>
${scrolling(title, table)}${commandsHtml(name, inOrder(jobs), doneOf)}`,
      ...(name === 'one-step' && { charts: spikesCharts(resultOf) }),
    },
  };
}

function rowHtml({ labels, entries }: Row, resultOf: ResultOf): Html {
  const cells = entries.map((entry) => {
    if (!entry) return html`<td></td>`;
    const { ours, beside, paper } = textsOf(entry, resultOf);
    const second = beside === undefined ? '' : ` / ${beside}`;
    const own = ours === undefined ? html`<i>not yet</i>` : html`${ours}${second}`;
    return html`<td class="number">${own}${paper === undefined ? '' : html`<br><small>paper ${paper}</small>`}</td>`;
  });
  return html`<tr>${labels.map((label) => html`<th scope="row">${label}</th>`)}${cells}</tr>
`;
}

/** Every command that the table needs, in order; those that were not run yet say so. */
function commandsHtml(name: string, jobs: readonly Job[], doneOf: Work['doneOf']): Html {
  const open = jobs.filter((job) => !doneOf(job)).length;
  const lines = jobs.map((job) => {
    const done = doneOf(job);
    const state = done ? `${done.seconds.toFixed(0)} s` : 'not run yet';
    return html`<tr><th scope="row"><code>${done?.command ?? commandLine(job)}</code></th><td>${state}</td></tr>
`;
  });
  const table = html`<table class="commands"><thead><tr><th scope="col">command</th><th scope="col">took</th></tr></thead>
<tbody>${lines}</tbody></table>`;
  return html`<details><summary>${jobs.length} commands, ${open} of them not run yet</summary>
${scrolling(`Commands of ${name}`, table)}</details>
`;
}
