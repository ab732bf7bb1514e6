/**
 * The worker: it reads files, runs networks and hashes results, so that the page never waits. It answers one
 * request after the other. Nothing in it asks for anything from anywhere.
 */

import { DataError, UsageError } from '../../../../lib/core/error.js';
import { chooseEngine, useHost } from '../../../../lib/engine/choose.js';
import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { unetRun } from '../../../../lib/engine/predict.js';
import { energyReport, layerCosts } from '../../../../lib/measure/energyModels.js';
import { testNoise } from '../../../../lib/measure/evaluateTask.js';
import { addNoise } from '../../../../lib/picture/noise.js';
import { inputOf } from '../../../../lib/picture/sample.js';
import { greyLevels, labelPicture } from '../../../../lib/picture/taskPicture.js';
import type { Answer, Choice, Request } from '../messages.js';
import { browserHost, threadsHere } from './browserHost.js';
import { checkHere } from './checkHere.js';
import { type Judged, judge, SEED, type Task } from './judge.js';
import { type Happened, runMoments } from './moments.js';
import { neuronTrace } from './neuronTrace.js';
import { type OpenModel, type OpenPicture, openModel, openPicture, sampleOf } from './opened.js';
import { pixelsOf } from './pixels.js';
import { requireRoom } from './room.js';
import { saved } from './saved.js';
import { stagesOf } from './stages.js';

useHost(browserHost);

interface Asked {
  readonly id: number;
  readonly request: Request;
}

/** What is open, and what happened last. */
const state: { model?: OpenModel; picture?: OpenPicture; engine?: Engine; happened?: Happened } = {};

const tell = (id: number, answer: Answer) => postMessage({ id, ...answer });

addEventListener('message', async ({ data: { id, request } }: MessageEvent<Asked>) => {
  try {
    await answer(request, (one) => tell(id, one));
    tell(id, { tell: 'done' });
  } catch (error) {
    const isKnown = error instanceof DataError || error instanceof UsageError;
    tell(id, { tell: 'failed', message: isKnown ? error.message : `this should not happen: ${error}` });
  }
});

async function answer(request: Request, tell: (answer: Answer) => void): Promise<void> {
  switch (request.ask) {
    case 'open': {
      const model = request.model && openModel(request.model);
      const picture = request.picture && openPicture(request.picture);
      Object.assign(state, model && { model }, picture && { picture });
      tell({
        tell: 'opened',
        ...(model && { model: model.card }),
        ...(picture && { pictureName: picture.file.name }),
      });
      break;
    }
    case 'run':
      state.happened = run(request.choice, tell);
      break;
    case 'neuron':
      tell({ tell: 'neuron', ...neuronTrace(ran(), request.place, request.moment) });
      break;
    case 'save':
      tell({
        tell: 'file',
        file: await saved(request.what, ran(), {
          ...{ model: state.model!, engine: engineHere() },
          remark: (text) => tell({ tell: 'remark', text }),
        }),
      });
      break;
    case 'verify':
      await checkHere(threadsHere(), (checked) => tell({ tell: 'checked', ...checked }));
  }
}

function engineHere(): Engine {
  state.engine ??= chooseEngine(undefined, threadsHere());
  return state.engine;
}

function ran(): Happened {
  if (!state.happened) throw new UsageError('no network has run yet');
  return state.happened;
}

function run(choice: Choice, tell: (answer: Answer) => void): Happened {
  const { model, picture } = state;
  if (!model || !picture) throw new UsageError('choose a picture and a model first');
  const engine = engineHere();
  const stages = stagesOf(model, choice);
  requireRoom(engine, { choice, stage: stages.at(-1)!, unet: model.unet, picture });
  const { network } = stages[0];
  const sample = sampleOf(picture, network);
  const { task: kind, classes } = network.configuration;
  const sigma = kind === 'denoise' ? choice.sigma : 0;
  const seen = addNoise(sample.input, sigma, testNoise(SEED, sigma, sample)).input;
  const task: Task = { model: network, sample, seen, sigma };
  const { height, width, label } = sample;
  const unet = model.unet && runUnet(engine, model, task);
  tell({
    tell: 'inputs',
    input: pixelsOf(kind === 'denoise' ? greyLevels(clamped(seen), height, width) : sample.picture),
    ...(label && { truth: pixelsOf(labelPicture(label, height, width, classes)) }),
    ...(kind === 'denoise' && sigma > 0 && { truth: pixelsOf(sample.picture) }),
    ...(unet && { unet: unet.shown }),
  });
  return runMoments(stages, { engine, choice, picture, task, unet: unet?.judged.prediction, tell });
}

/** Values beyond black and white are shown as those. */
const clamped = (values: Float32Array) => values.map((value) => Math.min(1, Math.max(0, value)));

/** The U-Net on the same input, twice: the second run is timed. */
function runUnet(engine: Engine, { unet }: OpenModel, task: Task) {
  const { sample, seen } = task;
  const image = inputOf(sample, seen);
  return withProgram(engine, unet!, (program) => {
    const run = unetRun(program);
    const judged: Judged = judge(task, run(image).output);
    const start = performance.now();
    run(image);
    const ms = performance.now() - start;
    const costs = layerCosts(unet!.layers, new Map(), image.height, image.width);
    const { operations, joules } = energyReport(unet!.layers, costs).unet.exact;
    const { scores } = judged;
    return { judged, shown: { answer: pixelsOf(judged.picture), scores, spikes: 0, operations, joules, ms } };
  });
}
