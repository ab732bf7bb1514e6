/**
 * Golden vectors as one C header (C99): every tensor as a constant array, and a table of the layers that
 * names them. fixtures/make/reference.c reads it.
 */

import { sizeOf } from '../core/shape.js';
import { IMAGE, inputSize, outputDims } from '../net/architecture.js';
import { positionsOf } from './positions.js';
import {
  allVectors,
  type LayerVectors,
  type NetworkVectors,
  type Vector,
  type VectorForm,
  type VectorRun,
} from './vectors.js';

const VALUES_A_LINE = 16;
/** Lines that become one piece of text: no string is as long as an array. */
const LINES_A_PIECE = 4096;

/** The most bytes that a tensor takes as a C array. */
export function arrayBytes({ shape, bits, signed }: VectorForm): number {
  const digits = `${2 ** (bits - 1)}`.length + (signed ? 1 : 0);
  return sizeOf(shape) * (digits + 1);
}

/** The header in pieces, one after the other; `about` becomes a line of its first comment. */
export function* networkHeader(vectors: NetworkVectors, run: VectorRun, about: string): Generator<string> {
  yield preamble(vectors, run, about);
  for (const vector of allVectors(vectors)) yield* array(vector);
  yield table(vectors, run);
}

function preamble({ picture, layers }: NetworkVectors, run: VectorRun, about: string): string {
  const [height, width, channels] = picture.shape;
  const most = Math.max(...layers.map(({ own }) => own.layer.inputs.length));
  return `/*
 * A spiking network in whole numbers, and all that it computes of one picture (docs/integer.md).
 * ${about.replaceAll('*/', '* /')}
 * Arrays are row-major, the last axis fastest.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include <stddef.h>
#include <stdint.h>

#define STEPS ${run.steps}
#define HEIGHT ${height}
#define WIDTH ${width}
#define CHANNELS ${channels}
#define LAYERS ${layers.length}
#define MOST_INPUTS ${most}
#define PICTURE (-1)

struct layer {
    const char *name;
    /* What it reads, joined along the channels: PICTURE, or the number of a layer. */
    int inputs, input[MOST_INPUTS], input_channels[MOST_INPUTS];
    int height_in, width_in, channels_in;
    int height, width, channels;
    /* Output y reads through tap k the input (times y + step k + offset) / over, where whole and inside. */
    int kernel, times, step, offset, over;
    /* [ky,kx,in,out], one of the two; a pooling has neither, and multiplies each channel by its factor. */
    const int8_t *weight8;
    const int16_t *weight16;
    int factor;
    const int32_t *bias, *divisor, *start; /* [out] */
    int bits;                              /* N of its neurons; 0 in the output layer, which has none */
    int32_t most_membrane;                 /* membranes saturate at this, and at -most_membrane - 1 */
    const uint8_t *codes;                  /* [t,y,x,out]; NULL in the output layer */
    const int32_t *membranes;              /* [t,y,x,out]; in the output layer its summed current [y,x,out] */
};
`;
}

function cType({ bits, signed }: VectorForm): string {
  const bytes = bits <= 8 ? 8 : bits <= 16 ? 16 : 32;
  return `${signed ? '' : 'u'}int${bytes}_t`;
}

const identifier = ({ name }: VectorForm) => name.replace(/\W/g, '_');

function* array(vector: Vector): Generator<string> {
  const { shape, axes, values } = vector;
  yield `\n/* [${axes}] = [${shape}] */\nstatic const ${cType(vector)} ${identifier(vector)}[${values.length}] = {\n`;
  const piece = VALUES_A_LINE * LINES_A_PIECE;
  for (let from = 0; from < values.length; from += piece) yield lines(values.subarray(from, from + piece));
  yield '};\n';
}

function lines(values: Vector['values']): string {
  const texts: string[] = [];
  for (let n = 0; n < values.length; n += VALUES_A_LINE)
    texts.push(`${values.subarray(n, n + VALUES_A_LINE).join(',')},\n`);
  return texts.join('');
}

function table({ layers }: NetworkVectors, run: VectorRun): string {
  const numbers = new Map([[IMAGE, -1], ...layers.map(({ own }, k) => [own.layer.output, k] as const)]);
  const rows = layers.map((vectors) => `    {\n${rowOf(vectors, run, numbers)}    },\n`);
  return `\nstatic const struct layer layers[LAYERS] = {\n${rows.join('')}};\n\n#endif\n`;
}

/** The fields of a layer; those that are left out are 0 or NULL. */
function rowOf(
  { own, tensors }: LayerVectors,
  { height, width }: VectorRun,
  numbers: ReadonlyMap<string, number>,
): string {
  const { layer } = own;
  const [read, made] = [inputSize(layer, height, width), outputDims(layer, height, width)];
  const weight = tensors.get('weight');
  const arrays = {
    [weight && weight.bits <= 8 ? 'weight8' : 'weight16']: weight,
    ...{ bias: tensors.get('bias'), divisor: tensors.get('divisor'), start: tensors.get('start') },
    ...{ codes: tensors.get('codes'), membranes: tensors.get('membranes') ?? tensors.get('sum') },
  };
  const fields = {
    ...{ name: `"${layer.name}"`, inputs: layer.inputs.length },
    input: `{${layer.inputs.map((input) => numbers.get(input)!).join(', ')}}`,
    input_channels: `{${layer.channelsIn.join(', ')}}`,
    ...{ height_in: read.height, width_in: read.width, channels_in: read.channels },
    ...{ height: made.height, width: made.width, channels: made.channels },
    ...{ kernel: layer.op.kernel, ...positionsOf(layer.op.taps!) },
    ...(!weight && { factor: own.weight[0] }),
    bits: tensors.get('codes')?.bits ?? 0,
    most_membrane: own.mostMembrane,
  };
  const pointers = Object.entries(arrays).flatMap(([field, vector]) =>
    vector ? [[field, identifier(vector)]] : [],
  );
  const rows = [...Object.entries(fields), ...pointers];
  return rows.map(([field, value]) => `        .${field} = ${value},\n`).join('');
}
