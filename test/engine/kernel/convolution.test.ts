/** Both convolutions, forward and all gradients, against PyTorch in float64 (fixtures/make/kernel.py). */

import t from 'tap';
import type { ConvDims, Kernels } from '../../../lib/engine/kernels/contract.js';
import { packConv, packConvTranspose } from '../../../lib/format/layout.js';
import { Arena } from './arena.js';
import { backends } from './backends.js';
import { boundOf, type GoldenCase, goldenCases, imageOf, requireClose } from './golden.js';

const { bound: BOUND } = boundOf('kernel/conv2d:output');

/** How the two kinds differ: file, order of the channels in a file's weights, kernels. */
const kinds = [
  {
    file: 'kernel/conv2d',
    pack: packConv,
    channelsOutAxis: 0,
    forward: (k: Kernels) => k.conv2dForward,
    backwardInput: (k: Kernels) => k.conv2dBackwardInput,
    backwardWeight: (k: Kernels) => k.conv2dBackwardWeight,
  },
  {
    file: 'kernel/convTranspose2d',
    pack: packConvTranspose,
    channelsOutAxis: 1,
    forward: (k: Kernels) => k.convTranspose2dForward,
    backwardInput: (k: Kernels) => k.convTranspose2dBackwardInput,
    backwardWeight: (k: Kernels) => k.convTranspose2dBackwardWeight,
  },
] as const;

for (const [engine, kernels] of backends) {
  for (const kind of kinds) {
    for (const golden of goldenCases(kind.file)) {
      const { dims, input, weight, bias, output, gradOutput } = readCase(kind, golden);
      const title = `${engine}: ${kind.file} ${golden.name}`;

      t.test(`${title} is PyTorch's within ${BOUND}`, async (t) => {
        const arena = new Arena();
        const out = arena.result(output.length);
        const [x, w, b] = [input, weight, bias].map((values) => arena.input(values));
        kind.forward(kernels)(out, x, w, b, dims);
        arena.check();
        requireClose(t, out, output, BOUND, 'output');
      });

      t.test(`${title}: gradient by the input is PyTorch's within ${BOUND}`, async (t) => {
        const arena = new Arena();
        const gradInput = arena.result(input.length);
        kind.backwardInput(kernels)(gradInput, arena.input(gradOutput), arena.input(weight), dims);
        arena.check();
        requireClose(t, gradInput, imageOf(golden.get('gradInput')), BOUND, 'gradient by the input');
      });

      t.test(`${title}: gradients by weight and bias are PyTorch's within ${BOUND}`, async (t) => {
        const arena = new Arena();
        const [gradWeight, gradBias] = [arena.result(weight.length), arena.result(bias.length)];
        const [grad, x] = [arena.input(gradOutput), arena.input(input)];
        kind.backwardWeight(kernels)(gradWeight, gradBias, grad, x, dims);
        arena.check();
        const { data, shape } = golden.get('gradWeight');
        requireClose(t, gradWeight, kind.pack(data, shape), BOUND, 'gradient by the weight');
        requireClose(t, gradBias, golden.get('gradBias').data, BOUND, 'gradient by the bias');
      });
    }
  }
}

/** A case in the kernels' layouts. */
function readCase(kind: (typeof kinds)[number], golden: GoldenCase) {
  const { data, shape } = golden.get('weight');
  const [channelsIn, height, width] = golden.get('input').shape;
  const channelsOut = shape[kind.channelsOutAxis];
  const dims: ConvDims = { height, width, channelsIn, channelsOut, kernel: shape[2] === 1 ? 1 : 3 };
  return {
    dims,
    input: imageOf(golden.get('input')),
    weight: kind.pack(data, shape),
    bias: golden.get('bias').data,
    output: imageOf(golden.get('output')),
    gradOutput: imageOf(golden.get('gradOutput')),
  };
}
