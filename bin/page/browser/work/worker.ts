/**
 * The worker: it reads files, runs networks and hashes results, so that the page never waits. It answers one
 * request after the other, and asks for nothing but files of the site.
 */

import { DataError, UsageError } from '../../../../lib/core/error.js';
import { chooseEngine, useHost } from '../../../../lib/engine/choose.js';
import type { Engine } from '../../../../lib/engine/door.js';
import type { Answer, Request } from '../messages.js';
import { browserHost, threadsHere } from './browserHost.js';
import { checkHere } from './checkHere.js';
import type { Happened } from './moments.js';
import { neuronTrace } from './neuronTrace.js';
import { type OpenModel, type OpenPicture, openModel, openPicture } from './opened.js';
import { runChoice } from './runChoice.js';
import { saved } from './saved.js';

useHost(browserHost);

interface Asked {
  readonly id: number;
  readonly request: Request;
}

/** What is open, and what happened last. */
const state: { model?: OpenModel; picture?: OpenPicture; engine?: Engine; happened?: Happened } = {};

const tell = (id: number, answer: Answer) => postMessage({ id, ...answer });

/** Requests wait for those before them. */
const queue = { last: Promise.resolve() };

addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  queue.last = queue.last.then(() => handle(data));
});

async function handle({ id, request }: Asked): Promise<void> {
  try {
    await answer(request, (one) => tell(id, one));
    tell(id, { tell: 'done' });
  } catch (error) {
    const isKnown = error instanceof DataError || error instanceof UsageError;
    tell(id, { tell: 'failed', message: isKnown ? error.message : `this should not happen: ${error}` });
  }
}

async function answer(request: Request, tell: (answer: Answer) => void): Promise<void> {
  switch (request.ask) {
    case 'open': {
      const model = request.model && openModel(request.model);
      const picture = request.picture && openPicture(request.picture);
      Object.assign(state, model && { model }, picture && { picture });
      tell({ tell: 'opened', ...(model && { model: model.card }) });
      break;
    }
    case 'run':
      delete state.happened; // it takes memory, and is not what is open now
      state.happened = runChoice(engineHere(), opened(), request.choice, tell);
      break;
    case 'neuron':
      tell({ tell: 'neuron', ...neuronTrace(ran(), request.place, request.moment) });
      break;
    case 'save':
      tell({
        tell: 'file',
        file: await saved(request.what, ran(), engineHere(), (text) => tell({ tell: 'remark', text })),
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

function opened() {
  const { model, picture } = state;
  if (!model || !picture) throw new UsageError('choose a picture and a model first');
  return { model, picture };
}

function ran(): Happened {
  if (!state.happened) throw new UsageError('no network has run yet');
  return state.happened;
}
