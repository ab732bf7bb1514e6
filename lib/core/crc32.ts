/**
 * The checksum of PNG chunks and of files in zip archives: CRC-32 (ISO 3309), polynomial 0xedb88320, bits
 * reversed.
 */

const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

/** The checksum of bytes, 0 .. 2^32 - 1. */
export function crc32(bytes: Uint8Array): number {
  let rest = -1;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ TABLE[(rest ^ bytes[i]) & 0xff];
  return ~rest >>> 0;
}
