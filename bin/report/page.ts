/**
 * The page: one file that asks nothing of any server. Style, script, pictures and numbers are inside, and its
 * policy forbids the browser to fetch anything.
 */

import { readBytes } from '../../lib/node/files.js';
import { packageFile } from '../../lib/node/package.js';
import type { Findings } from './findings.js';
import { type Html, html, jsonText, scriptText } from './html.js';
import { type Rendered, type Section, sectionHtml } from './section.js';
import { sections } from './sections.js';

/** What the build puts beside the stage (browser/build.mjs). */
const [SCRIPT, STYLE] = ['charts.js', 'page.css'];
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

export interface Page {
  readonly text: string;
  /** The ids of its sections, in their order. */
  readonly sections: readonly string[];
}

/** The report as HTML; `measured` is kept in it for other programs. */
export function pageOf(findings: Findings, measured: unknown): Page {
  const parts = sections.flatMap((section) => {
    const rendered = section.render(findings);
    return rendered ? [{ section, rendered }] : [];
  });
  const charts = parts.flatMap(({ rendered }) => rendered.charts ?? []);
  const data = { charts: charts.map(({ id, drawing }) => ({ id, drawing })), measured };
  return { text: pageHtml(findings, parts, data).html, sections: parts.map(({ section }) => section.id) };
}

interface Part {
  readonly section: Section;
  readonly rendered: Rendered;
}

function pageHtml({ models }: Findings, parts: readonly Part[], data: unknown): Html {
  const title = `Spiking network ${models[0].name}`;
  const links = parts.map(
    ({ section: { id, title } }) => html`<li><a href="#${id}">${title}</a></li>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${{ html: asset(STYLE) }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<nav aria-label="Sections"><ul>
${links}</ul></nav>
</header>
<main>
${parts.map(({ section, rendered }) => sectionHtml(section, rendered))}</main>
<script type="application/json" id="data">${jsonText(data)}</script>
<script>
${scriptText(asset(SCRIPT))}</script>
</body>
</html>
`;
}

function asset(name: string): string {
  return new TextDecoder().decode(readBytes(packageFile('dist', 'bin', 'report', 'browser', name)));
}
