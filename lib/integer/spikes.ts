/** The spikes that codes stand for: bit j of a code is a spike of the threshold 2^j units. */

/** Bits that are set in each byte. */
const BITS_SET = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

/** The number of spikes of each code. */
export function spikesOf(codes: Uint8Array): Uint8Array {
  const spikes = new Uint8Array(codes.length); // `map` is many times slower
  for (let n = 0; n < codes.length; n++) spikes[n] = BITS_SET[codes[n]];
  return spikes;
}
