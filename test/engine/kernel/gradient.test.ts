/**
 * Every gradient against central differences of a float64 forward pass, written here as the definitions are
 * and not as the kernels are. The differences are exact for linear functions, and to 1e-8 for the losses.
 */

import t from 'tap';
import { stream } from '../../../lib/core/rng.js';
import type { ConvDims, ConvTransposeDims, PoolDims } from '../../../lib/engine/kernels/contract.js';
import { backends } from './backends.js';
import { requireClose } from './golden.js';

const BOUND = 1e-5;
const STEP = 2 ** -12;

type Values = readonly number[];
type Loss = (x: Values) => number;

/** dL/dx by central differences. */
function differences(loss: Loss, x: Float32Array): number[] {
  return Array.from(x, (value, i) => {
    const at = (shifted: number) => loss(Array.from(x).with(i, shifted));
    return (at(value + STEP) - at(value - STEP)) / (2 * STEP);
  });
}

const dot = (a: Values, b: ArrayLike<number>) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function normals(seed: string, length: number): Float32Array {
  const random = stream(1, 'gradient', seed);
  return Float32Array.from({ length }, () => random.normal());
}

/**
 * Each input pixel adds to the output pixels it meets:
 * output (y, x) meets input (y + ky - pad, x + kx - pad).
 */
function conv2d(input: Values, weight: Values, bias: Values, d: ConvDims): number[] {
  const pad = (d.kernel - 1) / 2;
  const toOutput = (i: number, k: number) => i - k + pad;
  return scatter(input, weight, bias, d, d.kernel, [d.height, d.width], toOutput);
}

/** Each input pixel adds a 3x3 stamp to the output, 2 apart and cropped by 1. */
function convTranspose2d(input: Values, weight: Values, bias: Values, d: ConvTransposeDims): number[] {
  return scatter(input, weight, bias, d, 3, [2 * d.height, 2 * d.width], (i, k) => 2 * i + k - 1);
}

function scatter(
  input: Values,
  weight: Values,
  bias: Values,
  { height, width, channelsIn, channelsOut }: ConvTransposeDims,
  kernel: number,
  [outHeight, outWidth]: readonly [number, number],
  toOutput: (i: number, k: number) => number,
): number[] {
  const out = Array.from({ length: outHeight * outWidth * channelsOut }, (_, o) => bias[o % channelsOut]);
  for (let i = 0; i < height * width * channelsIn; i++) {
    const [iy, ix, ci] = [
      Math.floor(i / channelsIn / width),
      Math.floor(i / channelsIn) % width,
      i % channelsIn,
    ];
    for (let w = 0; w < kernel * kernel * channelsOut; w++) {
      const tap = Math.floor(w / channelsOut);
      const [oy, ox] = [toOutput(iy, Math.floor(tap / kernel)), toOutput(ix, tap % kernel)];
      if (oy < 0 || oy >= outHeight || ox < 0 || ox >= outWidth) continue;
      const co = w % channelsOut;
      out[(oy * outWidth + ox) * channelsOut + co] +=
        input[i] * weight[(tap * channelsIn + ci) * channelsOut + co];
    }
  }
  return out;
}

function avgPool2d(input: Values, { height, width, channels }: PoolDims): number[] {
  const out = new Array<number>((height * width * channels) / 4).fill(0);
  input.forEach((value, i) => {
    const pixel = Math.floor(i / channels);
    const [y, x] = [Math.floor(pixel / width), pixel % width];
    out[(Math.floor(y / 2) * (width / 2) + Math.floor(x / 2)) * channels + (i % channels)] += value / 4;
  });
  return out;
}

/** The mean over the pixels of log(sum of exponentials) - the label's logit. */
function crossEntropy(logits: Values, labels: Uint8Array, classes: number): number {
  const losses = Array.from(labels, (label, p) => {
    const row = logits.slice(p * classes, (p + 1) * classes);
    return Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0)) - row[label];
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / labels.length;
}

const shapes = [
  { height: 1, width: 1, channelsIn: 1, channelsOut: 1 },
  { height: 2, width: 3, channelsIn: 2, channelsOut: 3 },
  { height: 4, width: 1, channelsIn: 3, channelsOut: 2 },
];

for (const [engine, kernels] of backends) {
  for (const shape of shapes) {
    const title = Object.values(shape).join('x');
    for (const kernel of [1, 3] as const) {
      t.test(`${engine}: gradients of a ${kernel}x${kernel} convolution ${title}`, async (t) => {
        const dims: ConvDims = { ...shape, kernel };
        const [x, w, b, g] = tensors(dims, dims.height * dims.width);
        const [gradInput, gradWeight, gradBias] = [x, w, b].map((values) => new Float32Array(values.length));
        kernels.conv2dBackwardInput(gradInput, g, w, dims);
        kernels.conv2dBackwardWeight(gradWeight, gradBias, g, x, dims);
        const loss = (x: Values, w: Values, b: Values) => dot(conv2d(x, w, b, dims), g);
        compareAll(t, loss, [x, w, b], [gradInput, gradWeight, gradBias]);
      });
    }

    t.test(`${engine}: gradients of a transposed convolution ${title}`, async (t) => {
      const [x, w, b, g] = tensors({ ...shape, kernel: 3 }, 4 * shape.height * shape.width);
      const [gradInput, gradWeight, gradBias] = [x, w, b].map((values) => new Float32Array(values.length));
      kernels.convTranspose2dBackwardInput(gradInput, g, w, shape);
      kernels.convTranspose2dBackwardWeight(gradWeight, gradBias, g, x, shape);
      const loss = (x: Values, w: Values, b: Values) => dot(convTranspose2d(x, w, b, shape), g);
      compareAll(t, loss, [x, w, b], [gradInput, gradWeight, gradBias]);
    });
  }

  t.test(`${engine}: gradient of average pooling`, async (t) => {
    const dims = { height: 4, width: 6, channels: 3 };
    const [x, g] = [normals('pool input', 72), normals('pool gradient', 18)];
    const gradInput = new Float32Array(72);
    kernels.avgPool2dBackward(gradInput, g, dims);
    requireClose(
      t,
      gradInput,
      differences((x) => dot(avgPool2d(x, dims), g), x),
      BOUND,
      'by the input',
    );
  });

  for (const classes of [2, 12]) {
    t.test(`${engine}: gradient of the cross-entropy of ${classes} classes`, async (t) => {
      const logits = normals('logits', 5 * classes);
      const labels = Uint8Array.from([0, classes - 1, 1, 0, 1]);
      const grad = new Float32Array(logits.length);
      kernels.softmaxCrossEntropy(grad, logits, labels, { pixels: 5, classes });
      const loss = (x: Values) => crossEntropy(x, labels, classes);
      requireClose(t, grad, differences(loss, logits), BOUND, 'by the logits');
    });
  }

  t.test(`${engine}: gradient of the mean absolute error`, async (t) => {
    const [prediction, target] = [normals('prediction', 7), normals('target', 7)];
    const grad = new Float32Array(7);
    kernels.l1Loss(grad, prediction, target);
    const loss = (x: Values) => x.reduce((sum, value, i) => sum + Math.abs(value - target[i]), 0) / 7;
    requireClose(t, grad, differences(loss, prediction), BOUND, 'by the prediction');
  });
}

/** Input, weight, bias and the gradient of the output. */
function tensors(dims: ConvDims, outputPixels: number): Float32Array[] {
  const { height, width, channelsIn, channelsOut, kernel } = dims;
  return [
    normals('input', height * width * channelsIn),
    normals('weight', kernel * kernel * channelsIn * channelsOut),
    normals('bias', channelsOut),
    normals('output', outputPixels * channelsOut),
  ];
}

/** Compares the gradients with respect to each of a loss's arguments. */
function compareAll(
  t: Parameters<typeof requireClose>[0],
  loss: (x: Values, w: Values, b: Values) => number,
  args: readonly Float32Array[],
  gradients: readonly Float32Array[],
): void {
  ['input', 'weight', 'bias'].forEach((name, k) => {
    const ofArgument = (changed: Values) => {
      const [x, w, b] = args.map((values, index) => (index === k ? changed : Array.from(values)));
      return loss(x, w, b);
    };
    requireClose(t, gradients[k], differences(ofArgument, args[k]), BOUND, `by the ${name}`);
  });
}
