/**
 * Networks in whole numbers (assembly/integerKernels.ts): layer by layer, each for as many steps at once as
 * fit the memory.
 */

import { IMAGE, lastReaders } from '../../net/architecture.js';
import type { IntegerKernels } from '../kernels/integerContract.js';
import { dotProducts } from './dotProducts.js';
import { IntegerRuns, type Train } from './integerRuns.js';
import { loadLayer } from './integerWeights.js';
import type { Machine } from './machine.js';

export function integers(machine: Machine): IntegerKernels {
  return {
    instruction: dotProducts[machine.dotProduct],
    load(network) {
      const layers = network.map(({ layer }) => layer);
      const readers = lastReaders(layers);
      const loaded = network.map((own) => loadLayer(machine, own));
      return {
        run: (picture, size, options) =>
          machine.heap.scope(() => {
            const runs = new IntegerRuns(machine, loaded, size, options);
            for (let first = 0; first < options.steps; first += options.atOnce) {
              const count = Math.min(options.atOnce, options.steps - first);
              const trains = new Map<string, Train>([[IMAGE, runs.picture(picture)]]);
              for (const one of loaded) {
                const { inputs, output } = one.own.layer;
                const read = inputs.map((name) => trains.get(name)!);
                const train = runs.advance(one, read, { first, count });
                if (train) trains.set(output, train);
                for (const name of inputs)
                  if (readers.get(name) === one.own.layer) machine.heap.release(trains.get(name)!.codes);
              }
            }
            return runs.result();
          }),
        dispose() {
          for (const layer of loaded) layer.dispose();
        },
      };
    },
  };
}
