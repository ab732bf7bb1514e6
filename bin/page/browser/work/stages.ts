/** The networks that a choice of the page means: one of the two conversions, in float32 or whole numbers. */

import { mostThresholds, withFirstThresholds } from '../../../../lib/convert/firstThresholds.js';
import { type SpikingModel, withBits } from '../../../../lib/convert/spikingModel.js';
import { UsageError } from '../../../../lib/core/error.js';
import type { Choice } from '../messages.js';
import type { OpenModel } from './opened.js';

/** Of weights, where they are whole numbers. */
const BITS = 8;

/** A network to run for the T of the choice. */
export interface Stage {
  readonly network: SpikingModel;
  /** T */
  readonly steps: number;
  /** What it is called: "threshold 2 of 7". */
  readonly label: string;
}

/**
 * The networks of a choice, in the order in which their answers become better: in one step, where spikes have
 * different values, with 1, 2, .. of their thresholds, the whole network last; else the network alone.
 */
export function stagesOf(model: OpenModel, choice: Choice): readonly Stage[] {
  const { conversion, numbers, steps } = choice;
  const key = `${conversion} ${numbers} ${steps}`;
  const last = made.get(model);
  if (last?.key === key) return last.stages;
  const stages = newStages(model, choice);
  made.set(model, { key, stages });
  return stages;
}

/** The last stages of each model: another layer or another noise needs no other networks. */
const made = new WeakMap<OpenModel, { readonly key: string; readonly stages: readonly Stage[] }>();

function newStages(model: OpenModel, choice: Choice): Stage[] {
  const given = model.spiking[choice.conversion];
  if (!given) throw new UsageError(`${model.file.name}: ${model.card.noPaper}`);
  const { steps } = choice;
  const count = steps === 1 ? mostThresholds(given) : 1;
  if (count === 1) return [stage(`T = ${steps}`, steps, () => inNumbers(given, choice))];
  return Array.from({ length: count }, (_, k) =>
    stage(`thresholds 1 to ${k + 1} of ${count}`, steps, () =>
      inNumbers(withFirstThresholds(given, k + 1), choice),
    ),
  );
}

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
  return numbers === 'whole' && network.bits === undefined ? withBits(network, { bits: BITS }) : network;
}
