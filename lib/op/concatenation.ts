/** Images joined along their channels, [H,W,A] and [H,W,B] .. to [H,W,A+B+..], and back. */

/** The concatenation of images of the same `pixels`, in their order. */
export function concatenate(parts: readonly Float32Array[], pixels: number): Float32Array {
  if (parts.length === 1) return parts[0];
  const widths = parts.map((part) => part.length / pixels);
  const total = widths.reduce((sum, width) => sum + width, 0);
  const out = new Float32Array(pixels * total);
  let offset = 0;
  for (const [k, part] of parts.entries()) {
    for (let p = 0; p < pixels; p++)
      out.set(part.subarray(p * widths[k], (p + 1) * widths[k]), p * total + offset);
    offset += widths[k];
  }
  return out;
}

/** The parts of a concatenation, given the channels of each. */
export function separate(whole: Float32Array, channels: readonly number[]): Float32Array[] {
  const total = channels.reduce((sum, count) => sum + count, 0);
  const pixels = whole.length / total;
  let offset = 0;
  return channels.map((count) => {
    const part = new Float32Array(pixels * count);
    for (let p = 0; p < pixels; p++)
      part.set(whole.subarray(p * total + offset, p * total + offset + count), p * count);
    offset += count;
    return part;
  });
}
