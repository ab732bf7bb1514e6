/** The tables of `energy`, and a sentence on what they mean. */

import type { Energy, EnergyReport, LayerCost, LayerEnergy } from '../../lib/measure/energyModels.js';
import type { Model } from '../../lib/model/model.js';
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

/** Each way to count that is known, by its name in the tables. */
export function energyModels({ unet, firstLayer, paper, synops, whole }: KnownEnergy) {
  const model = (name: string, { operations, joules }: Energy) => ({ name, operations, joules });
  return [
    model('U-Net, MACs as the paper counts', unet.paper),
    model('U-Net, MACs exactly', unet.exact),
    model('first layer, as the paper counts', firstLayer.paper),
    ...(paper ? [model('Spiking-UNet, paper (Eq. 13)', paper)] : []),
    ...(synops ? [model('Spiking-UNet, synops', synops)] : []),
    ...(whole ? [model('Spiking-UNet, synops, 8 bits', whole)] : []),
  ];
}

function totals(report: KnownEnergy): string {
  return table(
    ['model', 'operations', 'joules'],
    energyModels(report).map(({ name, operations, joules }) => [
      name,
      operations.toExponential(3),
      joules.toExponential(3),
    ]),
  );
}

/** Whether a model is a spiking network in whole numbers of 8 bits at most. */
export function isOfBytes({ notes: { bits = '32', bitsOf = '{}' } }: Pick<Model, 'notes'>): boolean {
  return Math.max(Number(bits), ...Object.values<number>(JSON.parse(bitsOf))) <= 8;
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
