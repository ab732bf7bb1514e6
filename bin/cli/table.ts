/** Plain tables for the terminal: numbers are aligned right, texts left. */

/** A table as text; `left` are the columns that are aligned left (default: the first). */
export function table(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string {
  const widths = header.map((_, k) => Math.max(...[header, ...rows].map((row) => row[k].length)));
  const format = (row: readonly string[]) =>
    row.map((cell, k) => (left.includes(k) ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ');
  return [format(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)].join(
    '\n',
  );
}

/** A count with its thousands separated: 1 234 567. */
export function thousands(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}
