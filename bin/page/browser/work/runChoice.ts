/** Runs what a visitor chose: the U-Net first, to compare with, and then the spiking network. */

import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { padImage, unetRun } from '../../../../lib/engine/predict.js';
import { energyReport, layerCosts, unetJoulesInBytes } from '../../../../lib/measure/energyModels.js';
import { testNoise } from '../../../../lib/measure/imageResult.js';
import type { Model } from '../../../../lib/model/model.js';
import { addNoise } from '../../../../lib/picture/noise.js';
import { inputOf } from '../../../../lib/picture/sample.js';
import { greyLevels, labelPicture } from '../../../../lib/picture/taskPicture.js';
import { isOfBytes } from '../../../cli/energyTable.js';
import type { Answer, Choice } from '../messages.js';
import { judge, SEED, type Task } from './judge.js';
import { type Happened, runMoments } from './moments.js';
import { type OpenModel, type OpenPicture, sampleOf } from './opened.js';
import { pixelsOf } from './pixels.js';
import { requireRoom } from './room.js';
import { stagesOf } from './stages.js';

interface Open {
  readonly model: OpenModel;
  readonly picture: OpenPicture;
}

/** DataError for a picture that is too large. */
export function runChoice(
  engine: Engine,
  { model, picture }: Open,
  choice: Choice,
  tell: (answer: Answer) => void,
): Happened {
  const stages = stagesOf(model, choice);
  requireRoom(engine, { choice, stages, unet: model.unet, picture });
  const task = taskOf(picture, stages[0].network, choice);
  const unet = model.unet && runUnet(engine, model.unet, task, isOfBytes(stages[0].network));
  tell({ tell: 'inputs', ...shownInputs(task), ...(unet && { unet: unet.shown }) });
  return runMoments(engine, stages, { choice, model, picture, task, unet: unet?.prediction }, tell);
}

/** The picture as the networks read it; that of a denoiser with the noise that was chosen. */
function taskOf(picture: OpenPicture, model: Model, choice: Choice): Task {
  const sample = sampleOf(picture, model);
  const sigma = model.configuration.task === 'denoise' ? choice.sigma : 0;
  const seen = addNoise(sample.input, sigma, testNoise(SEED, sigma, sample)).input;
  return { model, sample, seen, sigma };
}

/** The picture, of a denoiser with its noise, and what should be found, where that is known. */
function shownInputs({ model, sample, seen, sigma }: Task) {
  const { height, width, label, picture } = sample;
  const { task, classes } = model.configuration;
  if (task === 'segment') {
    const truth = label && pixelsOf(labelPicture(label, height, width, classes));
    return { input: pixelsOf(picture), ...(truth && { truth }) };
  }
  const levels = seen.map((value) => Math.min(1, Math.max(0, value)));
  return {
    input: pixelsOf(greyLevels(levels, height, width)),
    ...(sigma > 0 && { truth: pixelsOf(greyLevels(sample.input, height, width)) }),
  };
}

/** The U-Net on the same input, twice: the second run is timed. `inBytes`: its energy is that of 8 bits. */
function runUnet(engine: Engine, unet: Model, task: Task, inBytes: boolean) {
  const { sample, seen } = task;
  return withProgram(engine, unet, (program) => {
    const image = inputOf(sample, seen);
    const run = unetRun(program);
    const { prediction, picture, scores } = judge(task, run(image).output);
    const start = performance.now();
    run(image);
    const ms = performance.now() - start;
    const { height, width } = padImage(image, program.multipleOf);
    const costs = layerCosts(unet.layers, new Map(), height, width);
    const { exact } = energyReport(unet.layers, costs).unet;
    const { operations } = exact;
    const joules = inBytes ? unetJoulesInBytes(operations) : exact.joules;
    return { prediction, shown: { answer: pixelsOf(picture), scores, spikes: 0, operations, joules, ms } };
  });
}
