/**
 * Checksums of 32 bits, bits reversed: CRC-32 (ISO 3309) of PNG chunks and of files in zip archives, and
 * CRC-32C (Castagnoli, RFC 3720) of TFRecord files.
 */

const ISO_3309 = tableOf(0xedb88320);
const CASTAGNOLI = tableOf(0x82f63b78);

/** The CRC-32 of bytes, 0 .. 2^32 - 1. */
export function crc32(bytes: Uint8Array): number {
  return checksum(bytes, ISO_3309);
}

/** The CRC-32C of bytes, 0 .. 2^32 - 1. */
export function crc32c(bytes: Uint8Array): number {
  return checksum(bytes, CASTAGNOLI);
}

/** What is left of each byte by division by a polynomial, lowest bit first. */
function tableOf(polynomial: number): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? polynomial : 0);
    return rest;
  });
}

function checksum(bytes: Uint8Array, table: Int32Array): number {
  let rest = -1;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ table[(rest ^ bytes[i]) & 0xff];
  return ~rest >>> 0;
}
