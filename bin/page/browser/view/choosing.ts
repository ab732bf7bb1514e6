/** The controls that say what runs: read as a choice, and kept in line with the model that is open. */

import type { Choice, ModelCard } from '../messages.js';
import { byId, fill, say } from './elements.js';

/** The controls that start a run when they change. */
const CONTROLS = ['conversion', 'numbers', 'steps', 'sigma', 'signal'] as const;

const chosen = (id: (typeof CONTROLS)[number]) => byId<HTMLSelectElement | HTMLInputElement>(id).value;

/** What the controls say. */
export function choice(): Choice {
  return {
    conversion: chosen('conversion') as Choice['conversion'],
    numbers: chosen('numbers') as Choice['numbers'],
    steps: Number(chosen('steps')),
    sigma: Number(chosen('sigma')),
    signal: chosen('signal'),
  };
}

/** Calls `changed` when a control is changed by hand. */
export function watchControls(changed: () => void): void {
  for (const id of CONTROLS)
    byId(id).addEventListener('change', () => {
      if (id === 'conversion') setSteps(chosen('conversion') === 'paper' ? usual.paper : usual.own);
      changed();
    });
  byId('steps').addEventListener('input', saySteps);
}

/** T of the two conversions. */
const usual = { own: 1, paper: 1 };

/**
 * Fits the controls to a model; the last layer at full size is watched at first, as it is close to the
 * answer.
 */
export function showModel(card: ModelCard): void {
  const { task, classes, signals, steps, paperSteps, noPaper, noWhole, onlyWhole } = card;
  fill(
    byId('signal'),
    signals.map(({ name, channels }) => [name, `${name}, ${channels} channels`]),
  );
  byId<HTMLSelectElement>('signal').value = signals.at(-1)!.name;
  const conversion = byId<HTMLSelectElement>('conversion');
  const [own, paper] = conversion.options;
  own.text = `its own, T = ${steps}`;
  paper.text = `the paper's, T = ${paperSteps}`;
  Object.assign(paper, { disabled: noPaper !== undefined, title: noPaper ?? '' });
  conversion.value = 'stored';
  byId('sigma-label').hidden = task !== 'denoise';
  Object.assign(usual, { own: steps, paper: paperSteps });
  setSteps(steps);
  const numbers = byId<HTMLSelectElement>('numbers');
  const [whole, float] = numbers.options;
  Object.assign(whole, { disabled: noWhole !== undefined, title: noWhole ?? '' });
  whole.text = onlyWhole ? 'whole, as in its file' : 'whole, weights of 8 bits';
  float.disabled = onlyWhole;
  if (noWhole !== undefined) numbers.value = 'float32';
  if (onlyWhole) numbers.value = 'whole';
  say('differences', card.differences);
  byId('classes').replaceChildren(
    ...classes.map(({ name, colour }) => {
      const [entry, swatch] = [document.createElement('li'), document.createElement('span')];
      swatch.className = 'swatch';
      swatch.style.background = colour;
      entry.append(swatch, name);
      return entry;
    }),
  );
}

function setSteps(steps: number): void {
  const slider = byId<HTMLInputElement>('steps');
  slider.max = String(Math.max(Number(slider.max), steps));
  slider.value = String(steps);
  saySteps();
}

function saySteps(): void {
  say('steps-said', chosen('steps'));
}
