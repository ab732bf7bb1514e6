/** The tables of `energy`, and the sentence on what they mean. */

import type { EnergyReport, LayerCost } from '../../lib/spike/energy.js';
import { table, thousands } from './table.js';

/** The parts of a report that are known: without a simulation there are no synaptic operations. */
export type KnownEnergy = Pick<EnergyReport, 'unet' | 'firstLayer'> & Partial<EnergyReport>;

export function formatEnergy(costs: readonly LayerCost[], report: KnownEnergy): string {
  const { unet, firstLayer, paper, synops } = report;
  const layers = table(
    ['layer', 'MACs (paper)', 'MACs (exact)', ...(synops ? ['spikes', 'SynOps'] : [])],
    costs.map((cost) => [
      cost.name,
      thousands(cost.paperMacs),
      thousands(cost.exactMacs),
      ...(synops ? [thousands(cost.spikes), thousands(cost.synops)] : []),
    ]),
  );
  const row = (name: string, energy: { operations: number; joules: number }) => [
    name,
    energy.operations.toExponential(3),
    energy.joules.toExponential(3),
  ];
  const totals = table(
    ['model', 'operations', 'joules'],
    [
      row('U-Net, MACs as the paper counts', unet.paper),
      row('U-Net, MACs exactly', unet.exact),
      row('first layer, as the paper counts', firstLayer.paper),
      ...(paper ? [row('Spiking-UNet, paper (Eq. 13)', paper)] : []),
      ...(synops ? [row('Spiking-UNet, synops', synops)] : []),
    ],
  );
  return [layers, '', totals, ...remark(report)].join('\n');
}

/** Spikes without fan-out flatter the spiking network: says by how much. */
function remark({ unet, paper, synops }: KnownEnergy): string[] {
  if (!paper || !synops) return [];
  const fanOut = synops.synops / paper.spikes;
  const claimed = unet.paper.joules / paper.joules;
  const real = unet.exact.joules / synops.joules;
  return [
    '',
    `A spike reaches ${fanOut.toFixed(0)} synapses on average: Eq. 13 counts it once and makes the U-Net ` +
      `${claimed.toFixed(1)} times as costly, counting each synapse makes it ${real.toFixed(1)} times as costly.`,
  ];
}
