/** A figure as a section of a page: Fig. 3 as charts, Figs. 4 and 5 as the pictures of `evaluate`. */

import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { byNumber } from '../../lib/data/order.js';
import type { Engine } from '../../lib/engine/door.js';
import { readBytes } from '../../lib/node/files.js';
import type { Part } from '../html/document.js';
import { type Html, html } from '../html/html.js';
import type { Rendered } from '../html/sectionHtml.js';
import { layerRates, ratesChart } from '../report/layerRates.js';
import { type Figure, figureRates, jobsOfFigure } from './figures.js';
import { inOrder, type Job, type Settings } from './job.js';
import { commandLine } from './store.js';
import type { Work } from './tablePart.js';

/** Pictures of each data set in the page; the others stay in the folder. */
const PICTURES = 2;

export interface FigureRun {
  readonly settings: Settings;
  readonly runs: string;
  readonly engine: Engine;
}

/** `command` draws the figure; what is not done yet is named. */
export function figurePart(name: string, figure: Figure, command: string, work: Work, run: FigureRun): Part {
  const { says, body, charts } = figure.draw
    ? ratesOf(name, figure, work, run)
    : picturesOf(figure, work, run);
  const before = html`<pre><code>${command}</code></pre>
${body ?? ''}`;
  return {
    section: { id: name, title: figure.title },
    rendered: { says, body: before, ...(charts && { charts }) },
  };
}

function ratesOf(name: string, figure: Figure, { doneOf }: Work, run: FigureRun): Rendered {
  const open = inOrder(jobsOfFigure(figure, run.settings)).filter((job) => !doneOf(job));
  if (open.length > 0) return { says: notYet(open) };
  return {
    says:
      'Every neuron of the layers after the skip connections, on the first test image: the activation of the ' +
      'U-Net against the firing rate, both in units of lambda; a faithful conversion is a diagonal.',
    charts: figureRates(run.settings, run.runs, run.engine).map(({ norm, layers, steps }) =>
      ratesChart(`${name}-${norm}`, layers.map(layerRates), `, ${norm}-wise, T=${steps}`),
    ),
  };
}

function picturesOf(figure: Figure, { doneOf }: Work, { settings, runs }: FigureRun): Rendered {
  const all = jobsOfFigure(figure, settings);
  const open = all.filter((job) => !doneOf(job));
  if (open.length === all.length) return { says: notYet(open) };
  const done = all.filter((job) => !open.includes(job));
  return {
    says: `The first ${PICTURES} pictures of each data set; the others are in the folders that are named.`,
    body: html`${done.map((job) => picturesHtml(job, runs))}${open.map(
      (job) => html`<p>${notYet([job])}</p>
`,
    )}`,
  };
}

function notYet(jobs: readonly Job[]): string {
  const count = jobs.length === 1 ? 'a command is' : `${jobs.length} commands are`;
  return `Not measured yet: ${count} to be run, the first is "${commandLine(jobs[0])}".`;
}

/** The first pictures that a job drew. */
function picturesHtml({ folder }: Job, runs: string): Html {
  const files = readdirSync(join(runs, folder)).filter((file) => file.endsWith('.png'));
  const figures = files
    .sort(byNumber)
    .slice(0, PICTURES)
    .map((file) => {
      const data = Buffer.from(readBytes(join(runs, folder, file))).toString('base64');
      const alt = `${basename(file, '.png')}: what each network makes of it`;
      return html`<figure><img src="data:image/png;base64,${data}" alt="${alt}"><figcaption>${file}</figcaption></figure>
`;
    });
  return html`<h3>${folder}</h3>
${figures}`;
}
