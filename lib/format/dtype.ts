/**
 * The number formats of tensors in files: float64, float32, half precision, bfloat16 and whole numbers, all
 * read as float32 (float64 is rounded to the nearest). Bytes are little-endian.
 */

interface Dtype {
  /** Bytes an element. */
  readonly size: number;
  /** Element i. */
  read(view: DataView, i: number): number;
}

/** The formats of real numbers, by the names that safetensors gives them. */
export const DTYPES: Readonly<Record<string, Dtype>> = {
  F64: { size: 8, read: (view, i) => view.getFloat64(8 * i, true) },
  F32: { size: 4, read: (view, i) => view.getFloat32(4 * i, true) },
  F16: { size: 2, read: (view, i) => fromHalf(view.getUint16(2 * i, true)) },
  BF16: { size: 2, read: (view, i) => fromBits(view.getUint16(2 * i, true) << 16) },
};

/** The formats of whole numbers; those of 32 bits are not all exact in float32. */
export const WHOLE_DTYPES: Readonly<Record<string, Dtype>> = {
  I8: { size: 1, read: (view, i) => view.getInt8(i) },
  I16: { size: 2, read: (view, i) => view.getInt16(2 * i, true) },
  I32: { size: 4, read: (view, i) => view.getInt32(4 * i, true) },
};

const word = new DataView(new ArrayBuffer(4));

/** The float32 with these bits. */
function fromBits(bits: number): number {
  word.setInt32(0, bits);
  return word.getFloat32(0);
}

/** The upper 16 bits of a float32 rounded to the nearest number that has only those, ties to even. */
export function toBfloat16(value: number): number {
  word.setFloat32(0, value);
  const bits = word.getUint32(0);
  if (Number.isNaN(value)) return (bits >>> 16) | 0x40; // rounding could make an infinity of it
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** IEEE 754 half precision: 1 sign bit, 5 exponent bits, 10 fraction bits. */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
