/** The networks that a choice of the page means: one of the two conversions, in float32 or whole numbers. */

import { mostThresholds, withFirstThresholds } from '../../../../lib/convert/firstThresholds.js';
import type { SpikingModel } from '../../../../lib/convert/spikingModel.js';
import { UsageError } from '../../../../lib/core/error.js';
import type { Choice } from '../messages.js';
import type { OpenModel } from './opened.js';
import { wholeNetwork } from './wholeNetwork.js';

/** A network to run for the T of the choice. */
export interface Stage {
  readonly network: SpikingModel;
  /** T */
  readonly steps: number;
  /** What it is called: "only the largest 2 of 7 thresholds". */
  readonly label: string;
}

/**
 * The networks of a choice: in one step, where spikes have different values, one with each number of
 * thresholds, the largest ones, and the whole network last; else the network alone.
 */
export function stagesOf(model: OpenModel, choice: Choice): readonly Stage[] {
  const { conversion, numbers, steps } = choice;
  const key = `${conversion} ${numbers} ${steps}`;
  const last = known.get(model);
  if (last?.key === key) return last.stages;
  const stages = newStages(model, choice);
  known.set(model, { key, stages });
  return stages;
}

/** The last stages of each model: another layer or another noise needs no other networks. */
const known = new WeakMap<OpenModel, { readonly key: string; readonly stages: readonly Stage[] }>();

function newStages(model: OpenModel, choice: Choice): Stage[] {
  const given = model.spiking[choice.conversion];
  if (!given) throw new UsageError(model.card.noPaper!);
  const { steps } = choice;
  const count = steps === 1 && given.bits === undefined && isCascade(given) ? mostThresholds(given) : 1;
  if (count === 1) return [stage(`T = ${steps}`, steps, () => inNumbers(given, choice))];
  return Array.from({ length: count }, (_, k) =>
    stage(
      k + 1 === count ? `all ${count} thresholds` : `only the largest ${k + 1} of ${count} thresholds`,
      steps,
      () => inNumbers(withFirstThresholds(given, k + 1), choice),
    ),
  );
}

/** Whether its neurons pass thresholds from high to low, so that the larger ones alone are a network. */
const isCascade = ({ neuron }: SpikingModel) => neuron.dynamics === 'cascade';

/** The network is made when it is asked for: the first answer does not wait for all of them. */
function stage(label: string, steps: number, make: () => SpikingModel): Stage {
  let made: SpikingModel | undefined;
  return {
    ...{ label, steps },
    get network() {
      made ??= make();
      return made;
    },
  };
}

function inNumbers(network: SpikingModel, { numbers }: Choice): SpikingModel {
  return numbers === 'whole' ? wholeNetwork(network) : network;
}
