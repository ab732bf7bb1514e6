/**
 * The results of one picture as files, before they are written: masks, overlays, class ids, probabilities.
 */

import { argmax } from '../../lib/engine/predict.js';
import { probabilities } from '../../lib/engine/probability.js';
import { toChw } from '../../lib/format/layout.js';
import { encodeNpy } from '../../lib/format/npy.js';
import type { Model } from '../../lib/model/model.js';
import { overlay } from '../../lib/picture/colour.js';
import { encodePng, encodeShares } from '../../lib/picture/encode.js';
import type { Image } from '../../lib/picture/image.js';
import { removeNoise } from '../../lib/picture/noise.js';
import { greyLevels, levelPicture } from '../../lib/picture/taskPicture.js';

/** The results of one picture. */
export interface Answer {
  readonly picture: Image;
  /** [H,W,C] */
  readonly input: Float32Array;
  /** [H,W,K] */
  readonly output: Float32Array;
  /** T; 0 for a U-Net. */
  readonly steps: number;
}

/** The files of an answer by the endings of their names, in the order in which they are named. */
type Files = readonly (readonly [ending: string, bytes: Uint8Array])[];

/** The files of an answer; class ids with their probabilities if those are wanted. */
export function answerFiles(model: Model, answer: Answer, probability: boolean): Files {
  return model.configuration.task === 'denoise' ? cleaned(answer) : segmented(model, answer, probability);
}

function cleaned({ picture: { height, width }, input, output }: Answer): Files {
  return [['clean.png', encodePng(greyLevels(removeNoise(input, output), height, width))]];
}

function segmented({ configuration: { classes } }: Model, answer: Answer, probability: boolean): Files {
  const { picture, output, steps } = answer;
  const { height, width } = picture;
  const label = argmax(output, classes);
  return [
    ['mask.png', encodePng(levelPicture(label, height, width, classes))],
    ['overlay.png', encodePng(overlay(picture, label))],
    ['classes.png', encodePng({ height, width, channels: 1, data: label })],
    ...(probability ? shares(probabilities(output, classes, steps || 1), height, width, classes) : []),
  ];
}

/**
 * Probabilities as files: a picture of 16 bits with that of class 1 of two classes, or of the most probable
 * class; an array with all of them.
 */
function shares(all: Float32Array, height: number, width: number, classes: number): Files {
  const shown = Float32Array.from({ length: height * width }, (_, p) => {
    const pixel = all.subarray(p * classes, (p + 1) * classes);
    return classes === 2 ? pixel[1] : Math.max(...pixel);
  });
  return [
    ['probability.png', encodeShares(shown, height, width)],
    ['probability.npy', encodeNpy(toChw(all, height, width, classes), [classes, height, width])],
  ];
}
