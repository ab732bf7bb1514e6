/**
 * Tables in a Markdown file that people also edit: each is between two comments that name it, and only the
 * text between them is replaced.
 */

import { existsSync } from 'node:fs';
import { readBytes, writeFileAtomic } from '../../lib/node/files.js';

export interface Section {
  /** The name of the section, such as `table4 --width 8`. */
  readonly name: string;
  readonly markdown: string;
}

/** Replaces sections of a file; new ones are added at its end. */
export function updateSections(path: string, sections: readonly Section[]): void {
  const before = existsSync(path) ? new TextDecoder().decode(readBytes(path)) : '';
  writeFileAtomic(path, sections.reduce(updateSection, before));
}

function updateSection(text: string, { name, markdown }: Section): string {
  const [start, end] = [`<!-- reproduce ${name} -->`, '<!-- end -->'];
  const section = `${start}\n${markdown}\n${end}`;
  const from = text.indexOf(start);
  if (from < 0) return `${text}${text === '' ? '' : '\n'}${section}\n`;
  const to = text.indexOf(end, from);
  return `${text.slice(0, from)}${section}${to < 0 ? '' : text.slice(to + end.length)}`;
}
