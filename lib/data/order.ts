/** Natural order: `s2` before `s10`. Splits and folds depend on it, so it is the same everywhere. */

/** Compares names part by part, digits by their value; of `1` and `01` the shorter is first. */
export function byNumber(a: string, b: string): number {
  const [left, right] = [partsOf(a), partsOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = compareParts(left[i], right[i]);
    if (difference !== 0) return difference;
  }
  return left.length - right.length || compareText(a, b);
}

/** Runs of digits, and what is between them. */
function partsOf(name: string): string[] {
  return name.match(/\d+|\D+/g) ?? [];
}

function compareParts(a: string, b: string): number {
  const [left, right] = [a, b].map((part) => (/^\d/.test(part) ? part.replace(/^0+(?=\d)/, '') : undefined));
  if (left === undefined || right === undefined) return compareText(a, b);
  return left.length - right.length || compareText(left, right); // no number is too long for this
}

/** By UTF-16 code units: no language, no locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
