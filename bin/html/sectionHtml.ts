/** A section of a page: a title, a sentence that says what it shows, and what it shows. */

import type { Chart, Table } from './chart.js';
import { type Html, html } from './html.js';

export interface Title {
  readonly id: string;
  readonly title: string;
}

export interface Rendered {
  /** One sentence. */
  readonly says: string;
  /** What stands before the charts. */
  readonly body?: Html;
  readonly charts?: readonly Chart[];
}

/** A section in the page. */
export function sectionHtml({ id, title }: Title, { says, body, charts = [] }: Rendered): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
<p>${says}</p>
${body ?? ''}${charts.map(chartHtml)}</section>
`;
}

/** The place of a chart, which a script fills, and its numbers. */
function chartHtml({ id, alt, table }: Chart): Html {
  return html`<figure>
<div class="chart" id="${id}" role="img" aria-label="${alt}"></div>
<noscript><p>The chart needs a script; its numbers are in the table.</p></noscript>
<details><summary>Numbers of this chart</summary>
${scrolling(`Numbers: ${alt}`, tableHtml(table))}</details>
</figure>
`;
}

/** What may be wider than the page: it scrolls by itself, also by keyboard. */
export function scrolling(name: string, content: Html): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${name}">${content}</div>
`;
}

/** A table whose first column names the rows. */
export function tableHtml({ header, rows }: Table): Html {
  const heads = header.map((text) => html`<th scope="col">${text}</th>`);
  const lines = rows.map(([name, ...cells]) => {
    const values = cells.map((cell) =>
      typeof cell === 'number' ? html`<td class="number">${shortNumber(cell)}</td>` : html`<td>${cell}</td>`,
    );
    return html`<tr><th scope="row">${typeof name === 'number' ? shortNumber(name) : name}</th>${values}</tr>
`;
  });
  return html`<table><thead><tr>${heads}</tr></thead>
<tbody>${lines}</tbody></table>`;
}

/** Whole numbers as they are, others with five digits. */
export function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(5)));
}
