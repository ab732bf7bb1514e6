/**
 * How many thresholds each layer needs. With a price for a spike every layer takes the number with the least
 * error + price x spikes; as the price falls, single layers get more thresholds one after the other. The
 * result is the first network on this path that keeps the tolerance, found by bisection with real runs,
 * without a search over combinations. All sums are in float64 in a fixed order: the choice is the same on
 * every machine.
 */

import type { LayerCosts } from './layerTable.js';

/** How many thresholds each layer has, by the name of its signal. */
export type Assignment = ReadonlyMap<string, number>;

/** One change on the path: a layer gets more thresholds. */
interface Step {
  readonly signal: string;
  readonly thresholds: number;
  /** Decrease of the squared error per additional spike. */
  readonly price: number;
}

/** The networks from the cheapest to the best; `fixed` layers keep their thresholds. */
export function thresholdPath(table: readonly LayerCosts[], fixed: Assignment = new Map()): Assignment[] {
  const free = table.filter(({ signal }) => !fixed.has(signal));
  const steps = free.flatMap(improvements);
  steps.sort((a, b) => b.price - a.price); // stable: equal prices keep the order of the layers
  const current = new Map(
    table.map(({ signal, costs }) => [signal, fixed.get(signal) ?? costs[0].thresholds]),
  );
  const path: Assignment[] = [new Map(current)];
  for (const { signal, thresholds } of steps) {
    current.set(signal, thresholds);
    path.push(new Map(current));
  }
  return path;
}

/** The steps of one layer: the corners of the lower convex hull of error over spikes, prices falling. */
function improvements({ signal, costs }: LayerCosts): Step[] {
  const steps: Step[] = [];
  let at = 0;
  for (;;) {
    let [next, best] = [at, 0];
    for (let k = at + 1; k < costs.length; k++) {
      const gain = costs[at].error - costs[k].error;
      const price = gain / Math.max(1, costs[k].spikes - costs[at].spikes);
      if (gain > 0 && price >= best) [next, best] = [k, price];
    }
    if (next === at) return steps;
    steps.push({ signal, thresholds: costs[next].thresholds, price: best });
    at = next;
  }
}

export interface Choice {
  readonly assignment: Assignment;
  /** The loss against the U-Net, in the unit of the tolerance. */
  readonly loss: number;
  /** Whether the loss is within the tolerance; if not, this is the best network. */
  readonly reached: boolean;
}

/** The first network of a path whose `loss` is at most the tolerance; about log2 of its length are run. */
export function firstWithin(
  path: readonly Assignment[],
  tolerance: number,
  lossOf: (assignment: Assignment) => number,
): Choice {
  const choice = (assignment: Assignment): Choice => {
    const loss = lossOf(assignment);
    return { assignment, loss, reached: loss <= tolerance };
  };
  let [low, high] = [0, path.length - 1];
  let chosen = choice(path[high]);
  if (!chosen.reached) return chosen;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const tried = choice(path[middle]);
    if (tried.reached) [high, chosen] = [middle, tried];
    else low = middle + 1;
  }
  return chosen;
}
