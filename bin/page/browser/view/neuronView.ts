/** The map of a layer, and the neuron that is chosen in it by a click or by its numbers. */

import type { DrawChart } from '../../../html/browser/charts.js';
import type { NeuronPlace, Tiles } from '../messages.js';
import { ask } from './asking.js';
import { byId, say } from './elements.js';
import { momentShown } from './timeline.js';

/** charts.js stands before this script in the page. */
export const { drawChart } = globalThis as unknown as { readonly drawChart: DrawChart };

/** Screen pixels of a neuron at most: a narrow picture is not drawn as high as a tower. */
const LARGEST = 24;
const NUMBERS = ['channel', 'row', 'column'] as const;
const input = (name: (typeof NUMBERS)[number]) => byId<HTMLInputElement>(name);
const state: { tiles?: Tiles; shown: boolean } = { shown: false };

/** A run of a layer that lies so in its picture begins. */
export function beginMap(tiles: Tiles): void {
  state.tiles = tiles;
  const { channels, rows, columns, shrink } = tiles;
  const most = { channel: channels, row: rows, column: columns };
  for (const name of NUMBERS) {
    input(name).max = String(most[name] - 1);
    input(name).value = String(Math.min(Number(input(name).value), most[name] - 1));
  }
  const each = shrink === 1 ? '' : `; a pixel shows the most active of ${shrink} x ${shrink} neurons`;
  say('map-says', `${channels} channels of ${columns} x ${rows} neurons${each}`);
  const { across } = tiles;
  const wide = across * Math.ceil(columns / shrink);
  byId('map').style.maxWidth = `min(60rem, ${LARGEST * wide}px)`;
}

/** Nothing is known of a neuron. */
export function clearNeuron(): void {
  say('neuron-says', '');
  byId('neuron-chart').replaceChildren();
}

/** Shows the neuron again after a run or at another moment, if one was chosen. */
export async function refreshNeuron(): Promise<void> {
  const form = byId<HTMLFormElement>('neuron');
  if (state.shown && form.checkValidity()) await showNeuron();
}

async function showNeuron(): Promise<void> {
  const [channel, row, column] = NUMBERS.map((name) => input(name).valueAsNumber);
  const place: NeuronPlace = { channel, row, column };
  state.shown = true;
  try {
    await ask({ ask: 'neuron', place, moment: momentShown() }, (answer) => {
      if (answer.tell !== 'neuron') return;
      say('neuron-says', answer.says);
      drawChart(byId('neuron-chart'), { draw: 'membrane', ...answer.chart });
    });
  } catch (error) {
    say('neuron-says', (error as Error).message);
  }
}

/** The neuron at a point of the map; undefined between the tiles. */
function neuronAt({ across, channels, rows, columns, shrink }: Tiles, x: number, y: number) {
  const [wide, high] = [Math.ceil(columns / shrink) + 1, Math.ceil(rows / shrink) + 1];
  const channel = Math.floor(y / high) * across + Math.floor(x / wide);
  const place = { channel, row: (y % high) * shrink, column: (x % wide) * shrink };
  return channel < channels && place.row < rows && place.column < columns ? place : undefined;
}

export function watchMap(): void {
  const map = byId<HTMLCanvasElement>('map');
  map.addEventListener('click', ({ offsetX, offsetY }) => {
    const scale = map.width / map.clientWidth;
    const place =
      state.tiles && neuronAt(state.tiles, Math.floor(offsetX * scale), Math.floor(offsetY * scale));
    if (!place) return;
    for (const name of NUMBERS) input(name).value = String(place[name]);
    showNeuron();
  });
  byId('neuron').addEventListener('submit', (event) => {
    event.preventDefault();
    showNeuron();
  });
}
