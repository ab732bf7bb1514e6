/**
 * What the layers of a spiking network read, for rounding that makes up for its errors
 * (integer/compensatedRounding.ts): second moments of the codes behind their weights, summed over T steps, at
 * pixels that are drawn at random from calibration images.
 */

import type { FloatImage } from '../core/floatImage.js';
import { stream, USUAL_SEED } from '../core/rng.js';
import type { Engine } from '../engine/door.js';
import type { Program } from '../engine/program.js';
import { layersToChoose } from '../integer/bitWidths.js';
import { codesOf } from '../integer/codes.js';
import { addOuterProduct, newSecondMoments, type SecondMoments } from '../integer/secondMoments.js';
import { outputDims } from '../net/architecture.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { CalibrationInput } from './calibration.js';
import { codeSums, inputReader, sizeOfInput } from './inputReader.js';
import { withEachImage } from './statistics.js';

/** Several for each weight of a channel at width 16. */
const PIXELS = 16_384;

export interface MomentsOptions {
  /** T */
  readonly steps: number;
  /** How many pixels of each layer's output are drawn, over all images; default: 16384. */
  readonly pixels?: number;
  /** Called after each image. */
  readonly onImage?: (done: number) => void;
}

/** The second moments of what each layer reads whose bits can be chosen, by its name. */
export function measureInputMoments(
  engine: Engine,
  spiking: SpikingNetwork,
  images: readonly CalibrationInput[],
  { steps, pixels = PIXELS, onImage }: MomentsOptions,
): ReadonlyMap<string, SecondMoments> {
  const codes = codesOf(spiking);
  const layers = layersToChoose(spiking.layers);
  const moments = new Map(layers.map((layer) => [layer.name, newSecondMoments(sizeOfInput(layer))]));
  const ofImage = Math.ceil(pixels / images.length);
  const measure = (program: Program, padded: FloatImage, { name }: CalibrationInput) => {
    const { data, height, width } = padded;
    const sums = codeSums(program.simulate(padded, { steps, keep: ['flows'] }), data, codes);
    const random = stream(USUAL_SEED, 'pixels', name);
    for (const layer of layers) {
      const read = inputReader(layer, sums, [height, width], steps);
      const output = outputDims(layer, height, width);
      const own = moments.get(layer.name)!;
      for (let pixel = 0; pixel < ofImage; pixel++)
        addOuterProduct(own, read(random.integer(output.height), random.integer(output.width)));
    }
  };
  withEachImage(engine, spiking, images, measure, onImage);
  return moments;
}
