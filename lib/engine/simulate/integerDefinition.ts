/**
 * The definition of a network in whole numbers (lib/integer) as a runner, for engines without kernels. It
 * takes step by step, and shows every step, whatever `atOnce` says.
 */

import type { IntegerLayer, IntegerNetwork } from '../../integer/integerNetwork.js';
import { integerSimulation } from '../../integer/integerSteps.js';
import { spikesOf } from '../../integer/spikes.js';
import { outputDims } from '../../net/architecture.js';
import { countWithin } from '../../op/sums.js';
import type { IntegerRunner } from '../kernels/integerContract.js';

export function definitionRunner(network: IntegerNetwork): IntegerRunner {
  const neurons = network.filter(({ codes }) => codes !== undefined);
  return {
    run(picture, [height, width], { steps, counted, look }) {
      const dims = ({ layer }: IntegerLayer) => outputDims(layer, height, width);
      const spikesPerStep = new Map(neurons.map(({ layer }) => [layer.output, new Float64Array(steps)]));
      const sum = integerSimulation(network, picture, [height, width], steps, (record) => {
        const { own, step, codes, membrane } = record;
        const perStep = spikesPerStep.get(own.layer.output);
        if (perStep) perStep[step] = countWithin(spikesOf(codes), counted(own), dims(own));
        look?.(own)?.({ own, codes: codes.slice(), membrane: membrane.slice() });
      });
      return { sum, spikesPerStep };
    },
    dispose: () => {},
  };
}
