/**
 * A page that is one file and asks nothing of any server: style, script, pictures and numbers are inside, and
 * its policy forbids the browser to fetch anything.
 */

import { type Html, html, jsonText, scriptText } from './html.js';
import { type Rendered, sectionHtml, type Title } from './sectionHtml.js';

const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The script that draws charts, and the style of the page: what the build makes of browser/. */
export interface Assets {
  readonly script: string;
  readonly style: string;
}

/** A section with what it shows. */
export interface Part {
  readonly section: Title;
  readonly rendered: Rendered;
}

/** A page as HTML; `measured` is kept in it, as JSON, for other programs. */
export function documentText(
  title: string,
  parts: readonly Part[],
  measured: unknown,
  { script, style }: Assets,
): string {
  const charts = parts.flatMap(({ rendered }) => rendered.charts ?? []);
  const data = { charts: charts.map(({ id, drawing }) => ({ id, drawing })), measured };
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>
${{ html: style }}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<nav aria-label="Sections"><ul>
${parts.map(({ section }) => linkHtml(section))}</ul></nav>
</header>
<main>
${parts.map(({ section, rendered }) => sectionHtml(section, rendered))}</main>
<script type="application/json" id="data">${jsonText(data)}</script>
<script>
${scriptText(script)}</script>
</body>
</html>
`.html;
}

function linkHtml({ id, title }: Title): Html {
  return html`<li><a href="#${id}">${title}</a></li>
`;
}
