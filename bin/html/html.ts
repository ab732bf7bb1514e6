/**
 * HTML as values. What a template holds is escaped, unless it is HTML itself: names of files and classes, and
 * what is written in models, come from outside.
 */

import { printable } from '../cli/printable.js';

export interface Html {
  readonly html: string;
}

/** What may stand in a template; lists are joined. */
type Content = string | number | Html | readonly Content[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A template whose values are escaped, for text and for attributes in quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly Content[]): Html {
  return { html: strings.reduce((text, string, k) => text + textOf(values[k - 1]) + string) };
}

function textOf(content: Content): string {
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return printable(content).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
  return 'html' in content ? content.html : content.map(textOf).join('');
}

/** A JSON document inside a script element: no text in it can end the element. */
export function jsonText(value: unknown): Html {
  return { html: JSON.stringify(value).replaceAll('<', '\\u003c') };
}

/** A program inside a script element. */
export function scriptText(code: string): Html {
  return { html: code.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--') };
}
