/** One neuron of the watched layer: its membrane potential, step by step, or threshold by threshold. */

import { UsageError } from '../../../../lib/core/error.js';
import type { Drawings } from '../../../html/chart.js';
import type { NeuronPlace } from '../messages.js';
import type { Happened, LayerMoment } from './moments.js';

export interface Trace {
  readonly says: string;
  readonly chart: Drawings['membrane'];
}

/** `moment` counts where each moment is a network of its own: in one step. */
export function neuronTrace(happened: Happened, place: NeuronPlace, moment: number): Trace {
  const { choice, layer, size } = happened;
  const { channel, row, column } = place;
  if (channel >= size.channels || row >= size.height || column >= size.width)
    throw new UsageError(
      `${choice.signal} has channels 0 to ${size.channels - 1}, rows 0 to ${size.height - 1} and columns 0 to ` +
        `${size.width - 1}: there is no neuron at ${channel}, ${row}, ${column}`,
    );
  const n = (row * size.width + column) * size.channels + channel;
  const name = `${choice.signal}, channel ${channel}, row ${row}, column ${column}`;
  return choice.steps === 1 ? withinAStep(name, layer[moment], n) : overSteps(name, layer, n);
}

/** A soft reset takes away what is fired: before it fired, the potential was higher by that. */
const beforeFiring = ({ membrane, output }: LayerMoment, n: number) => membrane[n] + output[n];

function overSteps(name: string, layer: readonly LayerMoment[], n: number): Trace {
  const { parameters } = layer[0].kind;
  const isSoft = parameters.reset === 'soft';
  const points = layer.flatMap((moment, t) => [
    ...(isSoft ? [{ x: t + 1, volts: beforeFiring(moment, n), when: `before firing in step ${t + 1}` }] : []),
    { x: t + 1, volts: moment.membrane[n], when: `after step ${t + 1}` },
  ]);
  const spikes = layer.reduce((sum, moment) => sum + moment.spikes[n], 0);
  const volts = layer.reduce((sum, moment) => sum + moment.output[n], 0);
  return {
    says: `${name}: ${counted(spikes)} in ${layer.length} steps, worth ${short(volts)} V`,
    chart: { points, thresholds: parameters.thresholds, xLabel: 'step t' },
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
  return { says: `${name}: ${worth}`, chart: { points, thresholds, xLabel: 'thresholds, from high to low' } };
}

const counted = (spikes: number) => (spikes === 1 ? '1 spike' : `${spikes} spikes`);
/** Levels may start at different potentials; neurons that pass thresholds in one step start at one. */
const volt = (start: number | readonly number[]) =>
  typeof start === 'number' ? short(start) : start.join(', ');
const short = (volts: number) => String(Number(volts.toFixed(4)));
