/** The tables of `energy`, and a sentence on what they mean. */

import type { EnergyReport, LayerCost, LayerEnergy } from '../../lib/measure/energyModels.js';
import { spikingEnergy } from '../../lib/paper/flops.js';
import { table, thousands } from './table.js';

/** The parts of a report that are known: without a simulation there are no synaptic operations. */
export type KnownEnergy = Pick<EnergyReport, 'unet' | 'firstLayer'> & Partial<EnergyReport>;

type Row = LayerCost & { readonly joules: LayerEnergy };

/** The text of a report; `fanOut` is the number of synapses that a spike reaches on average. */
export function formatEnergy(rows: readonly Row[], report: KnownEnergy, fanOut: number): string {
  return [layerTable(rows, report), '', totals(report), ...remark(report, fanOut)].join('\n');
}

function layerTable(rows: readonly Row[], { synops }: KnownEnergy): string {
  const joules = (value: number) => value.toExponential(2);
  const spiking = ['spikes', 'J (Eq. 13)', 'SynOps', 'J (synops)'];
  return table(
    ['layer', 'MACs (paper)', 'MACs (exact)', 'J (U-Net)', ...(synops ? spiking : [])],
    rows.map((row) => [
      row.name,
      thousands(row.paperMacs),
      thousands(row.exactMacs),
      joules(row.joules.unet),
      ...(synops
        ? [thousands(row.spikes), joules(row.joules.paper), thousands(row.synops), joules(row.joules.synops)]
        : []),
    ]),
  );
}

function totals({ unet, firstLayer, paper, synops, whole }: KnownEnergy): string {
  const row = (name: string, energy: { operations: number; joules: number }) => [
    name,
    energy.operations.toExponential(3),
    energy.joules.toExponential(3),
  ];
  return table(
    ['model', 'operations', 'joules'],
    [
      row('U-Net, MACs as the paper counts', unet.paper),
      row('U-Net, MACs exactly', unet.exact),
      row('first layer, as the paper counts', firstLayer.paper),
      ...(paper ? [row('Spiking-UNet, paper (Eq. 13)', paper)] : []),
      ...(synops ? [row('Spiking-UNet, synops', synops)] : []),
      ...(whole ? [row('Spiking-UNet, synops, 8 bits', whole)] : []),
    ],
  );
}

/** A sentence on how much counting spikes without their fan-out favours the spiking network. */
function remark({ unet, firstLayer, paper, synops }: KnownEnergy, fanOut: number): string[] {
  if (!paper) return [];
  const claimed = unet.paper.joules / paper.joules;
  const spiking = synops?.joules ?? spikingEnergy(fanOut * paper.spikes, firstLayer.exact.operations);
  const [who, times] = [synops ? '' : ' if all neurons fire alike', unet.exact.joules / spiking];
  return [
    '',
    `A spike reaches ${fanOut.toFixed(0)} synapses on average${who}: Eq. 13 counts it once and makes the U-Net ` +
      `${claimed.toFixed(1)} times as costly, counting each synapse makes it ${times.toFixed(1)} times as costly.`,
  ];
}
