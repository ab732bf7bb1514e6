/** Computations that are verified once, since they use no engine. */

import { cosTurns, exp, log, pow, sinTurns } from '../../lib/core/elementary.js';
import { stream } from '../../lib/core/rng.js';
import { accuracy, countBinary, f1Score, jaccard } from '../../lib/measure/binaryCounts.js';
import { confusionMatrix, ioUs, meanIoU } from '../../lib/measure/miou.js';
import { psnr } from '../../lib/measure/psnr.js';
import { ssim } from '../../lib/measure/ssim.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { adjustGamma } from '../../lib/picture/gamma.js';
import { makeImage } from '../../lib/picture/image.js';
import { preprocess } from '../../lib/picture/preprocess.js';
import { type Tensor, type Tensors, vector } from './hashedTensors.js';
import { drawUniform, HEIGHT, type Subject, WIDTH } from './networks.js';

const POINTS = 2000;

/** The tensors of each item, by name. */
export function commonItems(subjects: readonly Subject[]): Record<string, () => Tensors> {
  return {
    'random numbers': randomNumbers,
    'elementary functions': elementaryFunctions,
    'CLAHE and gamma': preprocessing,
    metrics,
    ...Object.fromEntries(
      subjects.map(({ name, model, pictures, examples }) => [
        `${name}: drawn weights and images`,
        () =>
          new Map<string, Tensor>([
            ...unpackParameters(model.layers, model.parameters),
            ...pictures.map((picture, k) => [`picture ${k}`, vector([...picture])] as const),
            ...examples.map(({ image }, k) => [`example ${k}`, vector([...image.data])] as const),
            ...examples.map(({ target }, k) => [`target ${k}`, vector([...target])] as const),
          ]),
      ]),
    ),
  };
}

const drawn = (draw: (i: number) => number) => vector(Array.from({ length: POINTS }, (_, i) => draw(i)));

function randomNumbers(): Tensors {
  const random = stream(1, 'verify');
  return new Map([
    ['uint32', drawn(random.uint32)],
    ['uniform', drawn(random.uniform)],
    ['integer', drawn((i) => random.integer(i + 1))],
    ['normal', drawn(random.normal)],
  ]);
}

/** Values at points over the range in which each function is used, and beyond. */
function elementaryFunctions(): Tensors {
  const random = stream(2, 'verify');
  const within = (low: number, high: number) => low + (high - low) * random.uniform();
  return new Map([
    ['exp', drawn(() => exp(within(-750, 710)))],
    ['exp near 0', drawn(() => exp(within(-20, 5)))],
    ['log', drawn(() => log(exp(within(-740, 700))))],
    ['log near 1', drawn(() => log(within(0, 2)))],
    ['pow', drawn(() => pow(within(0, 1), within(0, 3)))],
    ['sinTurns', drawn(() => sinTurns(within(-2, 2)))],
    ['cosTurns', drawn(() => cosTurns(within(-2, 2)))],
  ]);
}

const picture = (name: string, channels: 1 | 3) =>
  makeImage(
    HEIGHT,
    WIDTH,
    channels,
    Uint8Array.from(drawUniform(HEIGHT * WIDTH * channels, name), (value) => Math.floor(256 * value)),
  );

function preprocessing(): Tensors {
  const levels = Uint8Array.from({ length: 256 }, (_, level) => level);
  return new Map([
    ['drive, grey', vector([...preprocess('drive', picture('grey', 1), 1)])],
    ['drive, colour', vector([...preprocess('drive', picture('colour', 3), 1)])],
    ['plain, colour', vector([...preprocess('plain', picture('colour', 3), 3)])],
    ['gamma 1.2', vector([...adjustGamma(levels, 1.2)])],
  ]);
}

function metrics(): Tensors {
  const [image, truth] = ['image', 'truth'].map((name) => picture(name, 3).data);
  const classes = (values: Uint8Array, count: number) => values.map((value) => value % count);
  const counts = countBinary(classes(image, 2), classes(truth, 2));
  const ious = ioUs(confusionMatrix(classes(image, 5), classes(truth, 5), 5), 5);
  return new Map([
    ['psnr', vector([psnr(image, truth)])],
    ['ssim', vector([ssim(image, truth, { height: HEIGHT, width: WIDTH, channels: 3 })])],
    ['f1, js, acc', vector([f1Score, jaccard, accuracy].map((metric) => metric(counts)!))],
    ['miou', vector([meanIoU(ious)])],
  ]);
}
