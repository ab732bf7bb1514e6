#!/usr/bin/env node
/**
 * `spiking-unet compare`: where two dumps, models or files of gradients first differ, and by how much each
 * tensor does.
 */

import { DataError, UsageError } from '../lib/core/error.js';
import { decodeSafetensors, type TensorFile } from '../lib/format/safetensors.js';
import { type Comparison, compareTensors, describeDifference } from '../lib/measure/compareTensors.js';
import { byPlace } from '../lib/measure/tensorOrder.js';
import { modelPath } from '../lib/node/bundled.js';
import { readBytes } from '../lib/node/files.js';
import { nonNegative } from './cli/parse.js';
import { runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table, thousands } from './cli/table.js';

interface Options extends SharedOptions {
  readonly arguments: readonly string[];
  readonly tolerance: number;
  readonly only?: readonly string[];
}

const stage: Stage<Options> = {
  name: 'compare',
  summary:
    'Say where two safetensors files (dumps, models, gradients) first differ: layer, step, neuron. Exit code 1 if they do.',
  examples: [
    [
      'compare ours.safetensors theirs.safetensors',
      'dumps of "run --dump FILE --trace", or of another simulator',
    ],
    ['compare a.safetensors b.safetensors --only spike. membrane.', 'only what happens in single steps'],
    ['compare a.safetensors b.safetensors --tolerance 1e-6', 'differences up to 1e-6 count as none'],
  ],
  configure(command) {
    command
      .argument('<A>', 'a safetensors file')
      .argument('<B>', 'another one')
      .option('--tolerance <x>', 'absolute difference up to which two values count as equal', nonNegative, 0)
      .option(
        '--only <prefixes...>',
        'only tensors whose names start with one of these; give it after the files',
      );
  },
  run({ arguments: [a, b], tolerance, only }) {
    const [left, right] = [readTensors(a), readTensors(b)];
    const comparison = compareTensors(left, right, { tolerance, ...(only && { only }) });
    const { tensors, shapes, onlyInA, onlyInB } = comparison;
    if (tensors.length + shapes.length + onlyInA.length + onlyInB.length === 0) {
      const names = [...left.keys()].slice(0, 5).join(', ');
      throw new UsageError(`--only ${only?.join(' ')}: no tensor has such a name; ${a} begins with ${names}`);
    }
    return {
      json: { a, b, tolerance, ...finite(comparison) },
      text: [...summary(comparison, a, b), '', tensorTable(comparison)].join('\n'),
      failed: !comparison.equal,
    };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The tensors of a file; the error for other dtypes says how the user can convert them. */
function readTensors(path: string): TensorFile['tensors'] {
  try {
    return decodeSafetensors(readBytes(modelPath(path)), path, { whole: true }).tensors;
  } catch (error) {
    if (!(error instanceof DataError) || !/: dtype .*, expected/.test(error.message)) throw error;
    const how = 'tensor.float() in PyTorch or array.astype("float32") in NumPy before it is saved';
    throw new DataError(`${error.message}: convert it with ${how}`);
  }
}

/** NaN and infinities as words: JSON has no numbers for them. */
function finite(comparison: Comparison): Record<string, unknown> {
  return JSON.parse(
    JSON.stringify(comparison, (_key, value) =>
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ),
  );
}

function summary({ equal, first, tensors, onlyInA, onlyInB, shapes }: Comparison, a: string, b: string) {
  if (equal) return [`no difference in ${tensors.length} tensors`];
  return [
    ...(first ? [`first difference: ${describeDifference(first, a, b)}`] : []),
    ...shapes.map((tensor) => `${tensor.name}: shape [${tensor.a}] in ${a}, [${tensor.b}] in ${b}`),
    ...[onlyInA, onlyInB].flatMap((names, k) =>
      names.length > 0 ? [`only in ${[a, b][k]}: ${names.join(', ')}`] : [],
    ),
  ];
}

/** A line for each tensor, in the order of computation. */
function tensorTable({ tensors, shapes, onlyInA, onlyInB }: Comparison): string {
  const rows = [
    ...tensors.map(({ name, shape, differing, largest, relativeL2 }) =>
      largest === 0
        ? [name, `[${shape}]`, 'equal', '', '']
        : [name, `[${shape}]`, thousands(differing), largest.toPrecision(4), relativeL2.toExponential(2)],
    ),
    ...shapes.map(({ name, a, b }) => [name, `[${a}] [${b}]`, 'other shape', '', '']),
    ...onlyInA.map((name) => [name, '', 'only in A', '', '']),
    ...onlyInB.map((name) => [name, '', 'only in B', '', '']),
  ];
  rows.sort(([first], [second]) => byPlace(first, second));
  return table(['tensor', 'shape', 'differing', 'largest', 'relative L2'], rows);
}
