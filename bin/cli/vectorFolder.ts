/**
 * `export --vectors`: golden vectors as a folder (docs/integer.md): a file for $readmemh of each tensor, all
 * of them in one C header, and a manifest with the shapes, widths and hashes.
 */

import { join } from 'node:path';
import { UsageError } from '../../lib/core/error.js';
import { sha256 } from '../../lib/core/sha256.js';
import { sizeOf } from '../../lib/core/shape.js';
import { toMiB } from '../../lib/engine/kernels/memory.js';
import { encodeHex, hexBytes } from '../../lib/format/readmemh.js';
import type { IntegerNetwork } from '../../lib/integer/integerNetwork.js';
import { arrayBytes, networkHeader } from '../../lib/integer/networkHeader.js';
import { positionsOf } from '../../lib/integer/positions.js';
import {
  allVectors,
  type LayerVectors,
  type NetworkVectors,
  type Vector,
  type VectorRun,
  vectorForms,
} from '../../lib/integer/vectors.js';
import { inputSize, outputDims } from '../../lib/net/architecture.js';
import { writeFileAtomic } from '../../lib/node/files.js';

/** Named facts in the manifest, such as the files of the network and of the picture. */
export type About = Readonly<Record<string, unknown>>;

/** What was written. */
export interface VectorFolder {
  readonly files: number;
  readonly bytes: number;
}

const HEADER = 'network.h';
const MANIFEST = 'manifest.json';

/** Refuses a run whose files may take more than so many MiB (UsageError). */
export function checkVectorSize(network: IntegerNetwork, run: VectorRun, limit: number): void {
  const bytes = allVectors(vectorForms(network, run)).reduce(
    (sum, form) => sum + hexBytes(sizeOf(form.shape), form.bits) + arrayBytes(form),
    0,
  );
  if (toMiB(bytes) <= limit) return;
  const { height, width, steps } = run;
  throw new UsageError(
    `--limit ${limit}: ${steps} steps of ${height}x${width} pixels may take ${toMiB(bytes)} MiB: ` +
      'take a part of the picture (--crop 64x64), fewer --steps, or a higher --limit',
  );
}

/** Writes the folder; the manifest last. Files that are there already are replaced. */
export function writeVectors(
  folder: string,
  vectors: NetworkVectors,
  run: VectorRun,
  about: About,
): VectorFolder {
  let bytes = 0;
  const write = (file: string, content: Uint8Array) => {
    writeFileAtomic(join(folder, file), content);
    bytes += content.length;
    return { file, sha256: sha256(content) };
  };
  const tensors = new Map<Vector, About>();
  for (const vector of allVectors(vectors)) {
    const { name, axes, shape, bits, signed, values } = vector;
    const written = write(`${name}.hex`, encodeHex(values, bits));
    tensors.set(vector, { ...written, axes, shape, bits, signed });
  }
  const header = write(HEADER, encodePieces(networkHeader(vectors, run, JSON.stringify(about))));
  const manifest = {
    ...{ ...about, ...run, header },
    picture: tensors.get(vectors.picture),
    layers: vectors.layers.map((layer) => describe(layer, vectors, run, tensors)),
  };
  write(MANIFEST, new TextEncoder().encode(`${JSON.stringify(manifest, null, 1)}\n`));
  return { files: tensors.size + 2, bytes };
}

/** A layer in the manifest. */
function describe(
  { own, tensors }: LayerVectors,
  { picture, layers }: NetworkVectors,
  { height, width }: VectorRun,
  written: ReadonlyMap<Vector, About>,
): About {
  const { layer, weight } = own;
  const made = new Map(layers.map((other) => [other.own.layer.output, other.tensors.get('codes')]));
  const sides = (size: { height: number; width: number; channels: number }) => [
    size.height,
    size.width,
    size.channels,
  ];
  return {
    ...{ name: layer.name, operation: layer.op.name, output: layer.output },
    inputs: layer.inputs.map((signal, k) => ({
      ...{ signal, channels: layer.channelsIn[k] },
      file: written.get(made.get(signal) ?? picture)!.file,
    })),
    shapeIn: sides(inputSize(layer, height, width)),
    shapeOut: sides(outputDims(layer, height, width)),
    ...{ kernel: layer.op.kernel, ...positionsOf(layer.op.taps!) },
    ...(!layer.op.hasWeights && { factor: weight[0] }),
    thresholds: tensors.get('codes')?.bits ?? 0,
    unit: own.unit,
    mostMembrane: own.mostMembrane,
    tensors: Object.fromEntries([...tensors].map(([kind, vector]) => [kind, written.get(vector)])),
  };
}

function encodePieces(pieces: Iterable<string>): Uint8Array {
  return Buffer.concat([...pieces].map((piece) => Buffer.from(piece)));
}
