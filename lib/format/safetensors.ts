/**
 * The safetensors format: 8 bytes with the length of a JSON header (little-endian), the header, then the
 * tensors' bytes. The header maps each name to dtype, shape and data_offsets, and `__metadata__` to strings.
 * It reads F32, F16 and BF16, all as float32, and F64 and whole numbers (I8, I16, I32) if asked to; it writes
 * F32, BF16 and whole numbers. A malformed file,
 * or one whose checksums do not fit, is refused with what is wrong and where. Values that are not finite
 * pass: the loader of a model refuses them.
 */

import { DataError } from '../core/error.js';
import { checkLength, sizeOf } from '../core/shape.js';
import { blankChecksums, checksumsOf, type StoredTensor, verifyChecksums } from './checksum.js';
import { DTYPES, toBfloat16, WHOLE_DTYPES } from './dtype.js';

export interface TensorFile {
  /** By name, in the order of their bytes. */
  readonly tensors: Map<string, { shape: number[]; data: Float32Array }>;
  readonly metadata: Record<string, string>;
}

interface Entry {
  readonly dtype: string;
  readonly shape: number[];
  readonly data_offsets: [number, number];
}

const METADATA = '__metadata__';
const PREFIX = 8;
const ALIGNMENT = 8;

const ALL = { ...DTYPES, ...WHOLE_DTYPES };

/** How values are written. */
const WRITERS = {
  F32: (view: DataView, i: number, value: number) => view.setFloat32(4 * i, value, true),
  BF16: (view: DataView, i: number, value: number) => view.setUint16(2 * i, toBfloat16(value), true),
  I8: (view: DataView, i: number, value: number) => view.setInt8(i, value),
  I16: (view: DataView, i: number, value: number) => view.setInt16(2 * i, value, true),
  I32: (view: DataView, i: number, value: number) => view.setInt32(4 * i, value, true),
};
export type Written = keyof typeof WRITERS;

export interface EncodingOptions {
  /** The format of a tensor; default: F32. BF16 rounds; whole numbers must fit. */
  dtypeOf?(name: string): Written;
  /** Whether checksums are written into the metadata. */
  readonly checksum?: boolean;
}

/** The bytes of a file with these tensors and this metadata; DataError if it could not be read back. */
export function encodeSafetensors(
  { tensors, metadata }: TensorFile,
  { dtypeOf = () => 'F32', checksum = false }: EncodingOptions = {},
): Uint8Array {
  const entries = entriesOf(tensors, dtypeOf);
  const end = entries.at(-1)?.[1].data_offsets[1] ?? 0;
  const blank = headerText({ ...metadata, ...(checksum && blankChecksums(tensors.size)) }, entries);
  const bodyAt = PREFIX + Math.ceil(blank.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(bodyAt + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(bodyAt - PREFIX), true);
  for (const [name, { dtype, data_offsets: offsets }] of entries) {
    writeValues(new DataView(bytes.buffer, bodyAt + offsets[0]), tensors.get(name)!.data, dtype);
  }
  const sums = checksum && checksumsOf(storedTensors(entries, bytes.subarray(bodyAt)), metadata);
  bytes.fill(0x20, PREFIX, bodyAt); // the padding is spaces
  bytes.set(sums ? headerText({ ...metadata, ...sums }, entries) : blank, PREFIX);
  return bytes;
}

/** Where each tensor will lie. */
function entriesOf(
  tensors: TensorFile['tensors'],
  dtypeOf: (name: string) => Written,
): [string, Entry & { readonly dtype: Written }][] {
  let end = 0;
  return [...tensors].map(([name, { shape, data }]) => {
    if (name === METADATA) throw new DataError(`tensor ${name}: the format keeps this name for the metadata`);
    checkLength(`tensor ${name}`, data, shape);
    const dtype = dtypeOf(name);
    const start = end;
    end += ALL[dtype].size * data.length;
    return [name, { dtype, shape, data_offsets: [start, end] }];
  });
}

/** Member by member: an object would put names like "1" first and swallow "__proto__". */
function headerText(metadata: Record<string, string>, entries: readonly [string, Entry][]): Uint8Array {
  const members = [[METADATA, metadata] as const, ...entries].map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return new TextEncoder().encode(`{${members.join(',')}}`);
}

function writeValues(view: DataView, values: Float32Array, dtype: Written): void {
  const write = WRITERS[dtype];
  for (let i = 0; i < values.length; i++) write(view, i, values[i]);
}

function storedTensors(entries: readonly [string, Entry][], body: Uint8Array): StoredTensor[] {
  return entries.map(
    ([
      name,
      {
        dtype,
        shape,
        data_offsets: [start, end],
      },
    ]) => {
      return { name, dtype, shape, bytes: body.subarray(start, end) };
    },
  );
}

export interface Reading {
  /** Tensors of these names may have any dtype and are not read. */
  readonly isLeftOut?: (name: string) => boolean;
  /**
   * Whether float64 is rounded to float32; else it is refused, because two different files could look equal.
   */
  readonly rounded?: boolean;
  /** Whether whole numbers are read; else they are refused: they may be weights in unknown units. */
  readonly whole?: boolean;
}

/**
 * The tensors and metadata of a file's bytes; `source` names the file in a DataError. `checked` says whether
 * it has checksums, which then fit; `metadata` is without them. `whole` has the names of tensors that are
 * stored as whole numbers.
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  source: string,
  { isLeftOut = () => false, rounded = false, whole = false }: Reading = {},
): TensorFile & { checked: boolean; whole: ReadonlySet<string> } {
  const dtypes = Object.keys(whole ? ALL : DTYPES).filter((dtype) => rounded || dtype !== 'F64');
  const { header, body } = splitHeader(bytes, source);
  const { [METADATA]: stored = {}, ...described } = header;
  checkMetadata(stored, source);
  const entries: [string, Entry][] = [];
  for (const [name, entry] of Object.entries(described)) {
    checkEntry(name, entry, body.byteLength, source, isLeftOut(name) ? undefined : dtypes);
    entries.push([name, entry]);
  }
  entries.sort(([, { data_offsets: a }], [, { data_offsets: b }]) => a[0] - b[0] || a[1] - b[1]);
  checkCoverage(entries, body.byteLength, source);
  const read = entries.filter(([name]) => !isLeftOut(name));
  const { metadata, checked } = verifyChecksums(storedTensors(entries, body), stored, source);
  return {
    tensors: new Map(
      read.map(([name, entry]) => {
        const data = valuesOf(entry, body, `${source}: tensor ${name}`);
        return [name, { shape: entry.shape, data }];
      }),
    ),
    metadata,
    checked,
    whole: new Set(read.flatMap(([name, { dtype }]) => (Object.hasOwn(WHOLE_DTYPES, dtype) ? [name] : []))),
  };
}

function valuesOf(
  { dtype, data_offsets: [start, end] }: Entry,
  body: Uint8Array,
  where: string,
): Float32Array {
  const { size, read } = ALL[dtype];
  const view = new DataView(body.buffer, body.byteOffset + start, end - start);
  const values = new Float32Array((end - start) / size);
  for (let i = 0; i < values.length; i++) values[i] = read(view, i);
  const rounded = dtype === 'I32' ? values.findIndex((value, i) => value !== read(view, i)) : -1;
  if (rounded >= 0)
    throw new DataError(
      `${where}: ${read(view, rounded)} at ${rounded}, which float32 does not hold exactly`,
    );
  return values;
}

function splitHeader(bytes: Uint8Array, source: string) {
  if (bytes.length < PREFIX) {
    throw new DataError(
      `${source}: not a safetensors file: ${bytes.length} bytes, expected at least ${PREFIX}`,
    );
  }
  const stated = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (stated > bytes.length - PREFIX) {
    throw new DataError(
      `${source}: truncated or not a safetensors file: its header should take ${stated} of ${bytes.length} bytes`,
    );
  }
  const length = Number(stated);
  const body = bytes.subarray(PREFIX + length);
  let header: unknown;
  try {
    header = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(PREFIX, PREFIX + length)),
    );
  } catch {
    throw new DataError(`${source}: not a safetensors file: its header is not JSON`);
  }
  if (!isRecord(header))
    throw new DataError(`${source}: not a safetensors file: its header is not an object`);
  return { header, body };
}

function checkMetadata(metadata: unknown, source: string): asserts metadata is Record<string, string> {
  if (!isRecord(metadata)) throw new DataError(`${source}: ${METADATA} is not an object`);
  const bad = Object.keys(metadata).find((key) => typeof metadata[key] !== 'string');
  if (bad !== undefined) {
    const got = JSON.stringify(metadata[bad]);
    throw new DataError(`${source}: ${METADATA} "${bad}" is ${got}, expected a string`);
  }
}

function checkEntry(
  name: string,
  entry: unknown,
  bodyLength: number,
  source: string,
  dtypes: readonly string[] | undefined,
): asserts entry is Entry {
  const where = `${source}: tensor ${name}`;
  if (!isRecord(entry)) throw new DataError(`${where}: its description is not an object`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const known = typeof dtype === 'string' && Object.hasOwn(ALL, dtype);
  if (dtypes && !dtypes.some((one) => one === dtype)) {
    const got = typeof dtype === 'string' ? dtype : JSON.stringify(dtype);
    throw new DataError(`${where}: dtype ${got}, expected one of ${dtypes.join(', ')}`);
  }
  if (!isNaturalList(shape))
    throw new DataError(`${where}: shape ${JSON.stringify(shape)}, expected whole numbers`);
  if (!isNaturalList(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new DataError(`${where}: data_offsets ${JSON.stringify(offsets)}, expected [start, end]`);
  }
  const got = offsets[1] - offsets[0];
  const expected = known ? sizeOf(shape) * ALL[dtype].size : got;
  if (got !== expected)
    throw new DataError(`${where}: ${got} bytes, expected ${expected} for ${dtype} [${shape}]`);
  if (offsets[1] > bodyLength) {
    throw new DataError(`${where}: ends at byte ${offsets[1]} of ${bodyLength}: the file is truncated`);
  }
}

/** The tensors, in the order of their bytes, must cover the body without holes or overlaps. */
function checkCoverage(entries: readonly [string, Entry][], bodyLength: number, source: string): void {
  let covered = 0;
  for (const [name, { data_offsets: offsets }] of entries) {
    const [start, end] = offsets;
    if (start !== covered) {
      const cause = start < covered ? 'it overlaps the tensor before it' : 'the bytes between belong to none';
      throw new DataError(`${source}: tensor ${name} starts at byte ${start}, expected ${covered}: ${cause}`);
    }
    covered = end;
  }
  if (covered !== bodyLength) {
    throw new DataError(
      `${source}: the tensors end at byte ${covered}, but the file goes on to ${bodyLength}`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNaturalList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
