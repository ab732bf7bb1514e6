/**
 * A network from a PyTorch state dict: finds it in a file (safetensors, or what `torch.save` wrote), removes
 * the prefixes of wrappers from names, and refuses every network that is not the paper's, because its weights
 * could fit and its results would be wrong. Nothing is guessed: a file that describes another architecture is
 * believed.
 */

import { DataError, shown } from '../core/error.js';
import { decodeSafetensors } from '../format/safetensors.js';
import type { PickleValue } from '../format/torch/pickle.js';
import { isTorchFile, openTorchFile, TorchTensor } from '../format/torch/torchFile.js';
import type { Task } from '../net/architecture.js';
import { type Configuration, checkOutputs, type Layer } from '../net/architecture.js';
import { buildLayers } from '../net/architectures.js';
import { type NamedTensors, type Parameters, packParameters } from '../net/parameters.js';
import { refuseOtherArchitecture } from './foreignMetadata.js';

export interface ImportedNetwork {
  readonly configuration: Configuration;
  readonly layers: readonly Layer[];
  readonly parameters: Parameters;
  /** What was changed or left out, one sentence each. */
  readonly remarks: readonly string[];
}

/** Counters that do not affect what a network computes. */
const COUNTER = 'num_batches_tracked';
/** Parts of names that DistributedDataParallel, DataParallel and torch.compile add. */
const WRAPPERS = new Set(['module', '_orig_mod']);
/** Keys under which checkpoints usually hold a state dict. */
const NESTS = ['state_dict', 'model_state_dict', 'model'];
const LAST = 'conv19';

interface StateDict {
  readonly tensors: NamedTensors;
  readonly metadata: ReadonlyMap<string, string>;
  readonly remarks: string[];
}

/**
 * The network of a state dict file for a task; DataError for a file or a network that cannot be run here as
 * it was trained.
 */
export function readStateDict(bytes: Uint8Array, task: Task, source: string): ImportedNetwork {
  const {
    tensors: named,
    metadata,
    remarks,
  } = isTorchFile(bytes) ? fromTorch(bytes, source) : fromSafetensors(bytes, source);
  refuseOtherArchitecture(metadata, source);
  const tidy = unwrapNames(named, source);
  refuseNormalisation(tidy, source);
  checkTask(tidy, task, source);
  const tensors = task === 'segment' ? twoClasses(tidy, remarks) : tidy;
  const configuration = inferConfiguration(tensors, task, source);
  checkOutputs(configuration, source);
  const layers = buildLayers(configuration);
  return { configuration, layers, parameters: packParameters(layers, tensors, source), remarks };
}

/** Width, channels and classes of a state dict, read off the shapes of conv1 and conv19. */
function inferConfiguration(tensors: NamedTensors, task: Task, source: string): Configuration {
  const [first, last] = ['conv1.weight', `${LAST}.weight`].map((name) => {
    const shape = tensors.get(name)?.shape;
    if (shape?.length === 4 && !shape.includes(0)) return shape;
    const names = [...tensors.keys()];
    const others = names.length > 3 ? [...names.slice(0, 3), '..'] : names;
    const found = shape ? `[${shape}]` : `missing (it holds ${others.join(', ') || 'no tensors'})`;
    throw new DataError(`${source}: ${name} is ${found}, expected a tensor [O,I,k,k]`);
  });
  return { task, width: first[0], channels: first[1], classes: last[0] };
}

function isCounter(name: string): boolean {
  return name === COUNTER || name.endsWith(`.${COUNTER}`);
}

function fromSafetensors(bytes: Uint8Array, source: string): StateDict {
  let counters = 0;
  const { tensors, metadata } = decodeSafetensors(bytes, source, {
    rounded: true,
    isLeftOut: (name) => {
      if (isCounter(name)) counters += 1;
      return isCounter(name);
    },
  });
  return { tensors, metadata: new Map(Object.entries(metadata)), remarks: counterRemark(counters > 0) };
}

function counterRemark(isThere: boolean): string[] {
  return isThere ? [`left out ${COUNTER}, which no result depends on`] : [];
}

function fromTorch(bytes: Uint8Array, source: string): StateDict {
  const file = openTorchFile(bytes, source);
  const { dictionary, metadata } = findStateDict(file.content, source);
  const tensors: NamedTensors = new Map();
  const names = [...dictionary.keys()].map(String);
  for (const [name, value] of dictionary) {
    if (typeof name !== 'string')
      throw new DataError(`${source}: a tensor is named by ${kindOf(name)}, expected a text`);
    if (isCounter(name)) continue;
    if (!(value instanceof TorchTensor))
      throw new DataError(`${source}: ${shown(name)} is ${kindOf(value)}, expected tensors only`);
    tensors.set(name, file.read(name, value));
  }
  return { tensors, metadata, remarks: counterRemark(names.some(isCounter)) };
}

type Dictionary = ReadonlyMap<PickleValue, PickleValue>;

/** The dictionary of tensors: the file's own, or one inside it; texts and numbers around it are metadata. */
function findStateDict(content: PickleValue, source: string) {
  const metadata = new Map<string, string>();
  let value = content;
  const path: string[] = [];
  while (value instanceof Map && !holdsTensors(value)) {
    const outer: Dictionary = value;
    for (const [key, entry] of outer) collect(metadata, String(key), entry);
    const nest = NESTS.find((key) => !path.includes(key) && outer.get(key) instanceof Map);
    if (nest === undefined) {
      const keys = [...outer.keys()]
        .slice(0, 20)
        .map((key) => (typeof key === 'object' ? '(..)' : shown(String(key))));
      const found = keys.length === 0 ? 'an empty dictionary' : `the keys ${keys.join(', ')}`;
      const expected = `expected tensors, or a dictionary of them as ${NESTS.join(', ')}`;
      throw new DataError(`${source}: holds ${found}, ${expected}`);
    }
    path.push(nest);
    value = outer.get(nest)!;
  }
  if (!(value instanceof Map))
    throw new DataError(`${source}: holds ${kindOf(value)}, expected torch.save(model.state_dict(), FILE)`);
  return { dictionary: value as Dictionary, metadata };
}

function holdsTensors(values: Dictionary): boolean {
  return [...values.values()].some((value) => value instanceof TorchTensor);
}

/** Collects texts and numbers, and those in dictionaries one level down, such as `hyper_parameters`. */
function collect(metadata: Map<string, string>, key: string, value: PickleValue, nested = true): void {
  if (value instanceof Map) {
    if (nested && !/optim|sched/i.test(key))
      for (const [inner, entry] of value) collect(metadata, String(inner), entry, false);
  } else if (typeof value !== 'object') metadata.set(key, String(value));
}

function kindOf(value: PickleValue): string {
  if (value === null) return 'None';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Map) return 'a dictionary';
  if (value instanceof TorchTensor) return 'a tensor';
  return typeof value === 'object' ? 'a reference' : `the ${typeof value} ${shown(String(value))}`;
}

/** The tensors with names that have no parts of wrappers. */
function unwrapNames(tensors: NamedTensors, source: string): NamedTensors {
  const tidy: NamedTensors = new Map();
  for (const [name, tensor] of tensors) {
    const plain = name
      .split('.')
      .filter((part) => !WRAPPERS.has(part))
      .join('.');
    if (tidy.has(plain))
      throw new DataError(`${source}: holds tensor ${shown(plain)} twice, with and without a wrapper`);
    tidy.set(plain, tensor);
  }
  return tidy;
}

/** Refuses layers between the convolutions: what they do is not in the convolutions' weights. */
function refuseNormalisation(tensors: NamedTensors, source: string): void {
  for (const [name, { shape }] of tensors) {
    const isStatistic = /(^|\.)running_(mean|var)$/.test(name);
    if (!isStatistic && !(name.endsWith('.weight') && shape.length === 1)) continue;
    const kind = isStatistic ? 'batch normalisation' : 'a normalisation or PReLU layer';
    throw new DataError(
      `${source}: tensor ${shown(name)} belongs to ${kind}, which the network here has not: ` +
        'fold it into the convolutions (torch.nn.utils.fuse_conv_bn_eval), or train without it',
    );
  }
}

/** Refuses a last layer of the other task (DataError). */
function checkTask(tensors: NamedTensors, task: Task, source: string): void {
  const shape = tensors.get(`${LAST}.weight`)?.shape;
  const other = task === 'segment' ? 'denoise' : 'segment';
  const kernels = { segment: 1, denoise: 3 };
  if (shape?.length !== 4 || shape[2] === kernels[task] || shape[2] !== kernels[other]) return;
  throw new DataError(
    `${source}: ${LAST}.weight is ${shape[2]}x${shape[2]}, as in a network that is to ${other}: take task ${other}`,
  );
}

/**
 * Turns one output z, whose sigmoid is the probability of class 1, into two: softmax(0, z) is (1 - sigmoid,
 * sigmoid).
 */
function twoClasses(tensors: NamedTensors, remarks: string[]): NamedTensors {
  const [weight, bias] = [`${LAST}.weight`, `${LAST}.bias`].map((name) => tensors.get(name));
  if (!weight || !bias || weight.shape[0] !== 1 || bias.data.length !== 1) return tensors;
  remarks.push(
    'one output, read as the sigmoid of class 1: now two classes, with a score of 0 for the background',
  );
  const before = ({ shape, data }: typeof weight) => {
    const both = new Float32Array(2 * data.length);
    both.set(data, data.length);
    return { shape: [2, ...shape.slice(1)], data: both };
  };
  return new Map([...tensors, [`${LAST}.weight`, before(weight)], [`${LAST}.bias`, before(bias)]]);
}
