/** One neuron of the watched layer: its membrane potential, step by step, or threshold by threshold. */

import { UsageError } from '../../../../lib/core/error.js';
import type { LayerNeuron } from '../../../../lib/neuron/spikingNetwork.js';
import type { Drawings } from '../../../html/chart.js';
import type { NeuronPlace } from '../messages.js';
import type { Happened, LayerMoment } from './moments.js';

export interface Trace {
  readonly says: string;
  readonly chart: Drawings['membrane'];
}

/** `moment` counts where each moment is a network of its own: in one step. UsageError for no such neuron. */
export function neuronTrace(happened: Happened, place: NeuronPlace, moment: number): Trace {
  const { choice, layer, size } = happened;
  const { channel, row, column } = place;
  const isIn = (index: number, length: number) => Number.isInteger(index) && index >= 0 && index < length;
  if (!isIn(channel, size.channels) || !isIn(row, size.height) || !isIn(column, size.width))
    throw new UsageError(
      `${choice.signal} has channels 0 to ${size.channels - 1}, rows 0 to ${size.height - 1} and columns 0 to ` +
        `${size.width - 1}: there is no neuron at ${channel}, ${row}, ${column}`,
    );
  if (choice.steps === 1 && !layer[moment]) throw new UsageError('this moment is of another run: ask again');
  const n = (row * size.width + column) * size.channels + channel;
  const name = `${choice.signal}, channel ${channel}, row ${row}, column ${column}`;
  if (choice.steps > 1) return overSteps(name, layer, n);
  return passesThresholds(layer[moment].kind)
    ? withinAStep(name, layer[moment], n)
    : afterAStep(name, layer[moment], n);
}

/** Whether a neuron takes away exactly what its spikes are worth, threshold by threshold (Eqs. 4, 5). */
function passesThresholds({ neuron, parameters }: LayerNeuron): boolean {
  const { thresholds, spikeValues } = parameters;
  return neuron.dynamics === 'cascade' && thresholds.every((volts, k) => volts === spikeValues[k]);
}

/** Before it fired, the potential of such a neuron was higher by what it fired. */
const beforeFiring = ({ membrane, output }: LayerMoment, n: number) => membrane[n] + output[n];

/** Of neurons with a potential for each threshold, that of the highest. */
function overSteps(name: string, layer: readonly LayerMoment[], n: number): Trace {
  const { kind } = layer[0];
  const points = layer.flatMap((moment, t) => [
    ...(passesThresholds(kind)
      ? [{ x: t + 1, volts: beforeFiring(moment, n), when: `before firing in step ${t + 1}` }]
      : []),
    { x: t + 1, volts: moment.membrane[n], when: `after step ${t + 1}` },
  ]);
  const spikes = layer.reduce((sum, moment) => sum + moment.spikes[n], 0);
  const volts = layer.reduce((sum, moment) => sum + moment.output[n], 0);
  return {
    says: `${name}: ${counted(spikes)} in ${layer.length} steps, worth ${short(volts)} V`,
    chart: { points, thresholds: kind.parameters.thresholds, xLabel: 'step t' },
  };
}

/** The neuron passes its thresholds from high to low, and takes away each that it exceeds (Eqs. 4, 5). */
function withinAStep(name: string, moment: LayerMoment, n: number): Trace {
  const { thresholds, initialPotential } = moment.kind.parameters;
  let volts = beforeFiring(moment, n);
  const fired: string[] = [];
  const points = [{ x: 0, volts, when: `${volt(initialPotential)} V at the start, and the current` }];
  thresholds.forEach((threshold, k) => {
    const fires = volts > threshold;
    if (fires) {
      volts -= threshold;
      fired.push(`${threshold} V`);
    }
    points.push({ x: k + 1, volts, when: fires ? `a spike of ${threshold} V` : `below ${threshold} V` });
  });
  const worth =
    fired.length === 0 ? 'no spike' : `spikes of ${fired.join(', ')}, worth ${short(moment.output[n])} V`;
  return {
    says: `${name}: ${worth}`,
    chart: { points, thresholds, xLabel: 'thresholds, from high to low' },
  };
}

/** Of other neurons only what is left is known. */
function afterAStep(name: string, { kind, membrane, spikes, output }: LayerMoment, n: number): Trace {
  return {
    says: `${name}: ${counted(spikes[n])}, worth ${short(output[n])} V`,
    chart: {
      points: [{ x: 1, volts: membrane[n], when: 'after the step' }],
      thresholds: kind.parameters.thresholds,
      xLabel: 'step t',
    },
  };
}

/** Levels may start at different potentials; neurons that pass thresholds in one step start at one. */
const volt = (start: number | readonly number[]) =>
  typeof start === 'number' ? short(start) : start.join(', ');
const short = (volts: number) => String(Number(volts.toFixed(4)));
const counted = (spikes: number) => (spikes === 1 ? '1 spike' : `${spikes} spikes`);
