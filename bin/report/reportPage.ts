/** The page of the report: the sections that have something to show. */

import { type Assets, documentText } from '../html/document.js';
import type { Findings } from './findings.js';
import { sections } from './sections.js';

export interface Page {
  readonly text: string;
  /** The ids of its sections, in their order. */
  readonly sections: readonly string[];
}

/** The report as HTML; `measured` is kept in it for other programs. */
export function pageOf(findings: Findings, measured: unknown, assets: Assets): Page {
  const parts = sections.flatMap((section) => {
    const rendered = section.render(findings);
    return rendered ? [{ section, rendered }] : [];
  });
  const text = documentText(`Spiking network ${findings.models[0].name}`, parts, measured, assets);
  return { text, sections: parts.map(({ section }) => section.id) };
}
