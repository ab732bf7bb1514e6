/** The elements of index.html by their ids, and what is done with them everywhere. */

import type { Pixels } from '../messages.js';

/** The element with an id, which index.html has. */
export function byId<E extends HTMLElement = HTMLElement>(id: string): E {
  const element = document.getElementById(id);
  if (!element) throw new Error(`index.html has no #${id}`);
  return element as E;
}

export const say = (id: string, text: string) => {
  byId(id).textContent = text;
};

/** Shows pixels in the canvas with this id; without pixels, hides its figure. */
export function show(id: string, pixels: Pixels | undefined): void {
  const canvas = byId<HTMLCanvasElement>(id);
  const figure = canvas.closest('figure');
  if (figure) figure.hidden = !pixels;
  if (!pixels) return;
  const { width, height, data } = pixels;
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
}

/** Empties the canvas with this id. */
export function blank(id: string): void {
  const canvas = byId<HTMLCanvasElement>(id);
  canvas.getContext('2d')!.clearRect(0, 0, canvas.width, canvas.height);
}

/** Options of a select: their values with what they say. */
export function fill(
  select: HTMLSelectElement,
  options: readonly (readonly [value: string, says: string])[],
): void {
  select.replaceChildren(...options.map(([value, says]) => new Option(says, value)));
}

const numbers = new Intl.NumberFormat('en');

export const whole = (value: number) => numbers.format(Math.round(value));
