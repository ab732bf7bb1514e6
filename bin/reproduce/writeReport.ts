/** `reproduce --report`: what is done, as sections of a Markdown file or as one HTML page. */

import { writeFileAtomic } from '../../lib/node/files.js';
import { packageVersion } from '../../lib/node/package.js';
import { commandLine } from '../cli/commandLine.js';
import type { Context } from '../cli/stage.js';
import { readAssets } from '../html/assets.js';
import { documentText, type Part } from '../html/document.js';
import { html } from '../html/html.js';
import { scrolling, tableHtml } from '../html/sectionHtml.js';
import { experiments, type Source } from './experiment.js';
import { figurePart } from './figurePart.js';
import type { Figure } from './figures.js';
import type { Settings } from './job.js';
import { entriesOf, type Table } from './paperTable.js';
import { markdownTable } from './render.js';
import { jobOf } from './resultJobs.js';
import { updateSections } from './resultsPage.js';
import { tablePart, type Work } from './tablePart.js';

/** Tables and figures by name. */
export interface Asked {
  readonly tables: readonly { readonly name: string; readonly content: Table }[];
  readonly figures: readonly { readonly name: string; readonly content: Figure }[];
}

export interface Request extends Asked {
  readonly settings: Settings;
  /** The options that distinguish tables of the same name. */
  readonly how: string;
  readonly runs: string;
}

/** Whether a report is a page: by the end of its name. */
export function isPage(file: string): boolean {
  return /\.html?$/i.test(file);
}

export function writeMarkdown(file: string, { tables, how }: Request, { resultOf }: Work): void {
  const sections = tables.map(({ name, content }) => ({
    name: `${name} ${how}`,
    markdown: `### ${content.title}\n\n\`reproduce ${name} ${how}\`\n\n${markdownTable(content, resultOf)}`,
  }));
  updateSections(file, sections);
}

/** Writes the page; `measured` is kept in it for other programs. */
export function writePage(
  file: string,
  request: Request,
  work: Work,
  measured: unknown,
  context: Context,
): void {
  const { tables, figures, settings, how, runs } = request;
  const commandOf = (name: string) => `spiking-unet reproduce ${name} ${how}`;
  const parts = [
    aboutPart(request, context.argv),
    ...tables.map(({ name, content }) => {
      const jobs = entriesOf([content]).map((entry) => jobOf(entry, settings));
      return tablePart(name, content, jobs, commandOf(name), work);
    }),
    ...figures.map(({ name, content }) =>
      figurePart(name, content, commandOf(name), work, { settings, runs, engine: context.engine }),
    ),
  ];
  writeFileAtomic(file, documentText('Deep Spiking-UNet, reproduced', parts, measured, readAssets()));
}

/** What the numbers are of: program, settings, data. */
function aboutPart({ settings, runs }: Request, argv: readonly string[]): Part {
  const { width, seed, epochs = 'of the recipes', patches = 'of the recipes' } = settings;
  const rows = [
    ['program', `spiking-unet ${packageVersion()}, Node ${process.version}`],
    ['width, seed', `${width} (the paper: 64), ${seed}`],
    ['epochs, patches', `${epochs}, ${patches}`],
    ['runs', runs],
    ...Object.values(experiments).map(({ title, test }) => [title, dataOf(test, settings)]),
  ];
  const facts = tableHtml({ header: ['what', 'value'], rows });
  return {
    section: { id: 'about', title: 'What was run' },
    rendered: {
      says: "Our figures, each with the paper's below it. This page shows what is done so far and runs nothing.",
      body: html`<pre><code>${commandLine('reproduce', argv)}</code></pre>
${scrolling('Facts', facts)}`,
    },
  };
}

function dataOf({ dataset, twin }: Source, { folderOf }: Settings): string {
  if (folderOf(dataset) !== undefined) return `test images of ${dataset}`;
  return `not there: ${twin}, a synthetic twin, whose figures cannot be compared with the paper's`;
}
