/**
 * Text for a terminal. Names of files and classes, and what is written in models, come from outside: a
 * control character in one of them could move the cursor, change the title or turn lines around. They are
 * shown escaped, such as \\x1b.
 */

/**
 * Control characters but tab and newline, and characters that reverse or break lines. Our own colours are
 * added later.
 */
const CONTROL = /(?![\t\n])\p{Cc}|[\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** A text whose control characters are escaped; line breaks stay. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`;
  });
}

/**
 * A JSON document without control characters, with the same values: JSON.stringify escapes only some of them.
 */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
