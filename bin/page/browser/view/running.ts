/** Runs what the controls say, and shows what comes back. While one run lasts, only the last choice waits. */

import type { Answer, Counted } from '../messages.js';
import { ask } from './asking.js';
import { choice } from './choosing.js';
import { byId, say, show, whole } from './elements.js';
import { beginMap, clearNeuron, drawChart, refreshNeuron } from './neuronView.js';
import { addMoment, addSpikes, beginMoments } from './timeline.js';

const state = { running: false, again: false, ended: 0, opening: 0 };

/** Does not run while something is being opened: a run follows that. */
export async function run(): Promise<void> {
  state.again = true;
  if (state.running || state.opening > 0) return;
  state.running = true;
  while (state.again && state.opening === 0) {
    state.again = false;
    await runOnce();
  }
  state.running = false;
}

/** Runs if somebody wanted that while something was being opened. */
export async function runIfWanted(): Promise<void> {
  if (state.again) await run();
}

/** Opens something; runs wait for it. */
export async function whileOpening<T>(work: () => Promise<T>): Promise<T> {
  state.opening += 1;
  try {
    return await work();
  } finally {
    state.opening -= 1;
  }
}

/** Empties all that a run shows, so that nothing old stands under a new name. */
function clear(): void {
  for (const id of ['input', 'truth', 'unet', 'difference']) show(id, undefined);
  beginMoments(0);
  clearNeuron();
  byId('layers-chart').replaceChildren();
  for (const id of ['unet-scores', 'map-says']) say(id, '');
  for (const which of ['all', 'unet'])
    for (const what of ['operations', 'joules', 'ms']) say(`${what}-${which}`, '');
  say('spikes-all', '');
  setSaving(false);
}

async function runOnce(): Promise<void> {
  say('status', 'Running.');
  clear();
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
      setSaving(true);
  }
}

function sayCounted(which: 'all' | 'unet', { operations, joules, ms }: Counted): void {
  say(`operations-${which}`, whole(operations));
  say(`joules-${which}`, joules?.toExponential(2) ?? 'unknown');
  say(`ms-${which}`, whole(ms));
}

/** Only what has ended well can be saved. */
function setSaving(on: boolean): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('[data-save]')) button.disabled = !on;
}
