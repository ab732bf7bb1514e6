/** What a network took in all, and where its spikes are. */

import type { FloatImage } from '../../../../lib/core/floatImage.js';
import type { Program } from '../../../../lib/engine/program.js';
import type { Simulation } from '../../../../lib/engine/simulate/simulation.js';
import { energyReport, layerCosts } from '../../../../lib/measure/energyModels.js';
import { isOfBytes } from '../../../cli/energyTable.js';
import type { Drawings } from '../../../html/chart.js';
import type { Counted } from '../messages.js';
import type { Stage } from './stages.js';

/** Spikes of all layers up to each step. */
export function spikesUpTo({ spikesPerStep, steps }: Simulation): number[] {
  let spikes = 0;
  return Array.from({ length: steps }, (_, t) => {
    for (const perStep of spikesPerStep.values()) spikes += perStep[t];
    return spikes;
  });
}

/** Runs the whole network twice more: for its operations, and for its time. */
export function totals(
  program: Program,
  { network, steps }: Stage,
  padded: FloatImage,
): { readonly counted: Counted; readonly layers: Drawings['layers'] } {
  const { layers } = network;
  const simulation = program.simulate(padded, { steps, keep: ['spikeCounts'] });
  const start = performance.now();
  program.simulate(padded, { steps, keep: [] });
  const ms = performance.now() - start;
  const counts = new Map([...simulation.spikeCounts, ...simulation.eventCounts]);
  const report = energyReport(layers, layerCosts(layers, counts, padded.height, padded.width));
  const { operations } = report.synops;
  const joules = isOfBytes(network) ? report.whole.joules : network.bits ? undefined : report.synops.joules;
  const counted: Counted = { spikes: simulation.spikes, operations, joules, ms };
  return { counted, layers: layersChart(simulation) };
}

function layersChart({ spikesPerStep, steps }: Simulation): Drawings['layers'] {
  const spikes = [...spikesPerStep].flatMap(([layer, perStep]) =>
    Array.from(perStep, (count, t) => ({ layer, step: t + 1, spikes: count })),
  );
  return { spikes, order: [...spikesPerStep.keys()], steps };
}
