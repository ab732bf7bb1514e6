/**
 * The definition of a network in whole numbers (lib/integer) as a runner, for engines without kernels. It
 * takes step by step, whatever `atOnce` says.
 */

import type { IntegerLayer, IntegerNetwork } from '../../integer/integerNetwork.js';
import { integerSimulation } from '../../integer/integerSteps.js';
import { spikesOf } from '../../integer/spikes.js';
import { outputDims } from '../../net/architecture.js';
import { countWithin } from '../../op/sums.js';
import type { IntegerRun, IntegerRunner } from '../kernels/integerContract.js';

export function definitionRunner(network: IntegerNetwork): IntegerRunner {
  const neurons = network.filter(({ codes }) => codes !== undefined);
  return {
    run(picture, [height, width], { steps, counted, look }) {
      const dims = ({ layer }: IntegerLayer) => outputDims(layer, height, width);
      const spikesPerStep = new Map(neurons.map(({ layer }) => [layer.output, new Float64Array(steps)]));
      const runs = new Map<IntegerLayer, IntegerRun>();
      const sum = integerSimulation(network, picture, [height, width], steps, (record) => {
        const { own, step, codes, membrane } = record;
        const size = dims(own);
        spikesPerStep.get(own.layer.output)![step] = countWithin(spikesOf(codes), counted(own), size);
        if (!look) return;
        const run = runs.get(own) ?? { own, codes: new Uint8Array(steps * codes.length), membrane };
        run.codes.set(codes, step * codes.length);
        runs.set(own, run);
      });
      if (look) for (const run of runs.values()) look(run);
      return { sum, spikesPerStep };
    },
    dispose: () => {},
  };
}
