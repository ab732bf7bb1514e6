/**
 * What `torch.save` writes since PyTorch 1.6: a zip file with `data.pkl`, a pickle of dictionaries, numbers
 * and descriptions of tensors, and `data/KEY`, the bytes of their storages. Tensors are views: several may
 * share a storage, each with its own offset and strides. Nothing is read of a tensor until it is asked for.
 */

import { DataError, shown } from '../../core/error.js';
import { sizeOf } from '../../core/shape.js';
import { DTYPES } from '../dtype.js';
import type { TensorFile } from '../safetensors.js';
import { PickleGlobal, type PickleValue, type PickleWorld, readPickle } from './pickle.js';
import { type Archive, isZip, openZip } from './zip.js';

/** How a legacy file starts: a pickle of the number that it calls magic. */
const LEGACY = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46];
const HOW_TO_SAVE = 'expected torch.save(model.state_dict(), FILE)';

/**
 * The storages that hold weights, by the name of their
 * format; others (whole numbers) are known, but not read.
 */
const STORAGES: Readonly<Record<string, string | undefined>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  ...{ LongStorage: undefined, IntStorage: undefined, ShortStorage: undefined },
  ...{ CharStorage: undefined, ByteStorage: undefined, BoolStorage: undefined },
};

/** More axes than any layer has. */
const MOST_AXES = 8;

/** A view of a storage, not yet read. */
export class TorchTensor {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: number[];
  readonly strides: readonly number[];

  constructor(storage: Storage, offset: number, shape: number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/** The bytes of one or more tensors. */
class Storage {
  /** PyTorch's name of the type, such as FloatStorage. */
  readonly type: string;
  readonly key: string;
  /** Number of elements. */
  readonly length: number;

  constructor(type: string, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

export interface TorchFile {
  /** What was saved: mostly a Map, with TorchTensors as values. */
  readonly content: PickleValue;
  /**
   * The values of a tensor by its `name`; all tensors together may not have more elements than the file has
   * bytes.
   */
  read(name: string, tensor: TorchTensor): NonNullable<ReturnType<TensorFile['tensors']['get']>>;
}

/** Whether bytes start like a file of `torch.save`, in the present format or the one before. */
export function isTorchFile(bytes: Uint8Array): boolean {
  return isZip(bytes) || isLegacy(bytes);
}

function isLegacy(bytes: Uint8Array): boolean {
  return LEGACY.every((byte, i) => bytes[i] === byte);
}

/** Opens a file of `torch.save`; DataError names `source` and what is damaged, or what else it is. */
export function openTorchFile(bytes: Uint8Array, source: string): TorchFile {
  if (isLegacy(bytes)) {
    throw new DataError(
      `${source}: is in the format of PyTorch before 1.6: load it in Python and save it again with torch.save`,
    );
  }
  const archive = openZip(bytes, source);
  const pickle = archive.names.find((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined) throw new DataError(`${source}: a zip file without data.pkl, ${HOW_TO_SAVE}`);
  const folder = pickle.slice(0, -'data.pkl'.length);
  if (archive.names.some((name) => name === `${folder}constants.pkl` || name.startsWith(`${folder}code/`)))
    throw new DataError(`${source}: is a TorchScript module, ${HOW_TO_SAVE}`);
  const order = archive.read(`${folder}byteorder`);
  const isLittle = order === undefined || new TextDecoder().decode(order).trim() === 'little';
  if (!isLittle) throw new DataError(`${source}: was saved on a big-endian machine, which is not supported`);
  const where = `${source}: ${shown(pickle)}`;
  let left = bytes.length;
  return {
    content: readPickle(archive.read(pickle)!, newWorld(where), where),
    read(name, tensor) {
      const label = `${source}: tensor ${shown(name)}`;
      const elements = sizeOf(tensor.shape);
      if (!(elements <= left)) throw new DataError(`${label}: [${tensor.shape}] is more than the file holds`);
      left -= elements;
      return { shape: tensor.shape, data: readTensor(archive, folder, tensor, label) };
    },
  };
}

/** What the pickle may name. */
function newWorld(where: string): PickleWorld {
  const refuse = (what: string) => new DataError(`${where}: ${what}`);
  const storages = Object.keys(STORAGES).map((name) => [
    `torch.${name}`,
    () => {
      throw refuse(`calls torch.${name}`);
    },
  ]);
  return {
    globals: {
      ...Object.fromEntries(storages),
      'collections.OrderedDict': (args) => {
        if (args.length > 0) throw refuse('an OrderedDict with arguments, expected it empty');
        return new Map();
      },
      'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) => {
        if (!(storage instanceof Storage) || !isNatural(offset) || !isShape(shape) || !isShape(strides))
          throw refuse('a tensor that is not a view of a storage');
        if (shape.length !== strides.length || shape.length > MOST_AXES)
          throw refuse(`a tensor of shape [${shape.slice(0, MOST_AXES)}] with ${strides.length} strides`);
        return new TorchTensor(storage, offset, shape, strides);
      },
      'torch._utils._rebuild_parameter': ([tensor]) => {
        if (!(tensor instanceof TorchTensor)) throw refuse('a parameter without a tensor');
        return tensor;
      },
    },
    persistent(id) {
      const [kind, type, key, , length] = Array.isArray(id) ? id : [];
      const isStorage = kind === 'storage' && type instanceof PickleGlobal && /^torch\.\w+$/.test(type.name);
      if (!isStorage || typeof key !== 'string' || !isNatural(length))
        throw refuse('a persistent id that is not a storage');
      return new Storage(type.name.slice('torch.'.length), key, length);
    },
  };
}

function isNatural(value: PickleValue | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isShape(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isNatural);
}

/** The values of a tensor in the order of its axes, the last one contiguous. */
function readTensor(archive: Archive, folder: string, tensor: TorchTensor, label: string): Float32Array {
  const { storage, offset, shape, strides } = tensor;
  const format = Object.hasOwn(STORAGES, storage.type) ? STORAGES[storage.type] : undefined;
  if (format === undefined) {
    throw new DataError(
      `${label}: is a ${storage.type}, expected floats: convert it with .float() and save again`,
    );
  }
  const { size, read } = DTYPES[format];
  const bytes = archive.read(`${folder}data/${storage.key}`);
  if (bytes === undefined) throw new DataError(`${label}: its storage data/${shown(storage.key)} is missing`);
  if (bytes.length !== storage.length * size) {
    const expected = `${storage.length * size} for ${storage.length} of a ${storage.type}`;
    throw new DataError(
      `${label}: data/${shown(storage.key)} has ${bytes.length} bytes, expected ${expected}`,
    );
  }
  const values = new Float32Array(sizeOf(shape));
  if (values.length === 0) return values;
  const last = shape.reduce((sum, extent, axis) => sum + (extent - 1) * strides[axis], offset);
  if (last >= storage.length)
    throw new DataError(`${label}: reads element ${last} of a storage of ${storage.length}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let done = 0;
  const copy = (axis: number, start: number) => {
    if (axis === shape.length) values[done++] = read(view, start);
    else for (let i = 0; i < shape[axis]; i++) copy(axis + 1, start + i * strides[axis]);
  };
  copy(0, offset);
  return values;
}
