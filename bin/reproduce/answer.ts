/** What `reproduce` answers: tables and figures of what is done, on stdout or in files. */

import { join } from 'node:path';
import { writePng } from '../../lib/node/pictureFiles.js';
import type { Context, Result } from '../cli/stage.js';
import { cellName } from './cell.js';
import { jobsOfFigure } from './figures.js';
import { inOrder, type Job } from './job.js';
import type { Entry, Summary } from './paperTable.js';
import { figureOf, type ResultOf, textTable } from './render.js';
import { jobOf } from './resultJobs.js';
import { spikesPlot } from './spikesPlot.js';
import { readDone } from './store.js';
import { isPage, type Request, writeMarkdown, writePage } from './writeReport.js';

/** Files to write, in place of figures below --runs. */
export interface Files {
  readonly report?: string;
  readonly plot?: string;
}

export function answer(request: Request, { report, plot }: Files, context: Context): Result {
  const { tables, settings, runs } = request;
  const resultOf: ResultOf = (entry) => readDone(runs, jobOf(entry, settings))?.result;
  if (plot !== undefined) writePng(plot, spikesPlot(resultOf));
  const drawn = report === undefined && plot === undefined ? drawFigures(request, context) : [];
  const filled = tables.map(({ name, content }) => ({
    table: name,
    columns: content.columns,
    rows: content.rows.map(({ labels, entries }) => ({
      labels,
      figures: entries.map((entry) => entry && { ...nameOf(entry), ...figureOf(entry, resultOf) }),
    })),
  }));
  if (report !== undefined) {
    const work = { resultOf, doneOf: (job: Job) => readDone(runs, job) };
    if (isPage(report)) writePage(report, request, work, filled, context);
    else writeMarkdown(report, request, work);
    context.log(`${report}: ${tables.length} tables`);
  }
  return {
    json: [...filled, ...drawn],
    text: [
      ...tables.map(({ content }) => `${content.title}\n\n${textTable(content, resultOf)}`),
      ...drawn.map(({ title, files }) => `${title}\n\n${files.join('\n')}`),
    ].join('\n\n'),
  };
}

/** Draws a figure when its jobs are all done, or says where those that are done have drawn it. */
function drawFigures({ figures, settings, runs }: Request, context: Context) {
  const isDone = (job: Job) => readDone(runs, job) !== undefined;
  return figures.flatMap(({ name, content }) => {
    const { title, draw } = content;
    const jobs = jobsOfFigure(content, settings);
    if (!draw) {
      const files = jobs.filter(isDone).map(({ folder }) => join(runs, folder));
      return files.length > 0 ? { figure: name, title, files } : [];
    }
    if (!inOrder(jobs).every(isDone)) return [];
    const file = join(runs, `${name}-w${settings.width}-s${settings.seed}.png`);
    writePng(file, draw(settings, runs, context.engine));
    return { figure: name, title, files: [file] };
  });
}

function nameOf(entry: Entry | Summary) {
  return 'summary' in entry ? { summary: entry.summary } : { cell: cellName(entry.cell) };
}
