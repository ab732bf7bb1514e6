/** The moments of a run: a slider over them, and a button that plays them. */

import type { Moment } from '../messages.js';
import { blank, byId, say, show, whole } from './elements.js';

/** Milliseconds between two moments. */
const PACE = 350;

const slider = byId<HTMLInputElement>('moment');
const play = byId('play');

const state: { moments: Moment[]; spikes: number[]; timer?: ReturnType<typeof setInterval> | undefined } = {
  moments: [],
  spikes: [],
};

/** The moment that is shown. */
export const momentShown = () => Number(slider.value);

/** Empties the timeline for a run of so many moments. */
export function beginMoments(count: number): void {
  stop();
  Object.assign(state, { moments: [], spikes: [] });
  Object.assign(slider, { max: String(count - 1), value: '0' });
  play.hidden = count < 2;
  for (const id of ['moment-said', 'answer-scores', 'spikes-now']) say(id, '');
  for (const id of ['answer', 'difference', 'map']) blank(id);
}

/** Shows a moment that has just come. */
export function addMoment(moment: Moment): void {
  const follows = momentShown() >= state.moments.length - 1; // a visitor who went back stays there
  state.moments[moment.index] = moment;
  if (follows) slider.value = String(moment.index);
  showMoment();
}

/** Spikes so far, of each moment from `first` on. */
export function addSpikes(first: number, spikes: readonly number[]): void {
  spikes.forEach((count, k) => {
    state.spikes[first + k] = count;
  });
  saySpikes();
}

function showMoment(): void {
  const moment = state.moments[momentShown()];
  if (!moment) return;
  say('moment-said', moment.label);
  slider.setAttribute('aria-valuetext', moment.label);
  say('answer-scores', moment.scores.join(', '));
  show('answer', moment.answer);
  show('difference', moment.difference);
  show('map', moment.map);
  saySpikes();
}

function saySpikes(): void {
  const spikes = state.spikes[momentShown()];
  say('spikes-now', spikes === undefined ? '' : whole(spikes));
}

/** Calls `moved` when another moment is chosen. */
export function watchTimeline(moved: () => void): void {
  slider.addEventListener('input', () => {
    stop();
    showMoment();
    moved();
  });
  play.addEventListener('click', () => {
    if (state.timer !== undefined) return stop();
    if (momentShown() >= state.moments.length - 1) slider.value = '0';
    showMoment();
    play.textContent = 'Pause';
    state.timer = setInterval(() => {
      if (momentShown() >= state.moments.length - 1) return stop();
      slider.value = String(momentShown() + 1);
      showMoment();
      moved();
    }, PACE);
  });
}

function stop(): void {
  clearInterval(state.timer);
  state.timer = undefined;
  play.textContent = 'Play';
}
