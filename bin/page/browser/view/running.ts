/** Runs what the controls say, and shows what comes back. While one run lasts, only the last choice waits. */

import type { Answer, Counted } from '../messages.js';
import { ask } from './asking.js';
import { choice } from './choosing.js';
import { byId, say, show, whole } from './elements.js';
import { beginMap, drawChart, refreshNeuron } from './neuronView.js';
import { addMoment, addSpikes, beginMoments } from './timeline.js';

const state = { running: false, again: false, ended: 0 };

export async function run(): Promise<void> {
  state.again = true;
  if (state.running) return;
  state.running = true;
  while (state.again) {
    state.again = false;
    await runOnce();
  }
  state.running = false;
}

async function runOnce(): Promise<void> {
  say('status', 'Running.');
  document.body.setAttribute('aria-busy', 'true');
  await attempt(async () => {
    await ask({ ask: 'run', choice: choice() }, hear);
    await refreshNeuron();
  });
  document.body.removeAttribute('aria-busy');
  document.body.dataset.runs = String(++state.ended); // for who waits for it
}

/** Does something, and says what went wrong with it; whether it went well. */
export async function attempt(work: () => Promise<void>): Promise<boolean> {
  const problem = byId('problem');
  try {
    problem.hidden = true;
    await work();
    return true;
  } catch (error) {
    problem.textContent = (error as Error).message;
    problem.hidden = false;
    say('status', 'It did not work: see below.');
    return false;
  }
}

function hear(answer: Answer): void {
  switch (answer.tell) {
    case 'inputs':
      show('input', answer.input);
      show('truth', answer.truth);
      show('unet', answer.unet?.answer);
      byId('unet-row').hidden = !answer.unet;
      if (answer.unet) {
        say('unet-scores', answer.unet.scores.join(', '));
        sayCounted('unet', answer.unet);
      }
      break;
    case 'begins':
      for (const what of ['operations', 'joules', 'ms', 'spikes']) say(`${what}-all`, '');
      beginMoments(answer.moments);
      beginMap(answer.tiles);
      break;
    case 'moment':
      addMoment(answer.moment);
      say('status', `Running: ${answer.moment.label}.`);
      break;
    case 'fired':
      addSpikes(answer.first, answer.spikes);
      break;
    case 'ends':
      sayCounted('all', answer.counted);
      say('spikes-all', whole(answer.counted.spikes));
      drawChart(byId('layers-chart'), { draw: 'layers', ...answer.layers });
      say('status', `Ready: ${whole(answer.counted.spikes)} spikes.`);
  }
}

function sayCounted(which: 'all' | 'unet', { operations, joules, ms }: Counted): void {
  say(`operations-${which}`, whole(operations));
  say(`joules-${which}`, joules.toExponential(2));
  say(`ms-${which}`, whole(ms));
}
