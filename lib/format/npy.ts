/** NumPy's array file, version 1.0, for float32: `numpy.load("probability.npy")`. */

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** The data start at a multiple of this. */
const ALIGNMENT = 64;

/** The bytes of an array of a shape, row-major, little-endian. */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = MAGIC.length + 2;
  const padding = ALIGNMENT - ((start + header.length + 1) % ALIGNMENT);
  const text = `${header}${' '.repeat(padding % ALIGNMENT)}\n`;
  const bytes = new Uint8Array(start + text.length + 4 * data.length);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint16(MAGIC.length, text.length, true);
  bytes.set(new TextEncoder().encode(text), start);
  for (let i = 0; i < data.length; i++) view.setFloat32(start + text.length + 4 * i, data[i], true);
  return bytes;
}
