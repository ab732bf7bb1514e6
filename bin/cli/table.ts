/** Plain tables for the terminal: the first column left, the others right. */

export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, k) => Math.max(...[header, ...rows].map((row) => row[k].length)));
  const format = (row: readonly string[]) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ');
  return [format(header), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.map(format)].join(
    '\n',
  );
}

/** A count with thousands separated, as 1 234 567. */
export function thousands(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ' ');
}
