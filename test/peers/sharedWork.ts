/** What we and the peers do both: our work beside the name that peers know it by. */

import { macsOf, type Shape } from '../../bin/bench/convolutionRows.js';
import { tensorOf, zerosOf } from '../../bin/bench/engine.js';
import type { Work } from '../../bin/bench/measure.js';
import { networkWork, PATCH } from '../../bin/bench/networkTimes.js';
import type { Subject } from '../../bin/bench/subject.js';
import { packConv } from '../../lib/format/layout.js';
import { type PeerWork, ramp } from './peerJob.js';

export interface SharedWork {
  readonly ours: Work;
  readonly theirs: PeerWork;
  /** The networks it is about; none for a convolution. */
  readonly subject?: Subject;
  /**
   * Relative difference of the results that another order of sums explains; a spike that flips weighs more.
   */
  readonly tolerance: number;
}

const ROUNDING = 1e-4;
const FLIPPED_SPIKES = 1e-2;

/**
 * The 3x3 convolution of 64 channels in the middle of a U-Net, on values that every peer can make for itself.
 */
export function sharedConvolution(imageSize: number): SharedWork {
  const [channels, size] = [64, imageSize / 4];
  const shape: Shape = { size, channelsIn: channels, channelsOut: channels, kernel: 3 };
  const dims = { ...shape, height: size, width: size };
  const ours: Work = {
    name: `conv 3x3 ${channels}->${channels} ${size}x${size}`,
    unit: 'GMAC/s',
    amount: macsOf(shape),
    frozen: true,
    prepare: (engine) => {
      const values = ramp(channels * channels * 9).map((value) => value - 0.5);
      const input = tensorOf(engine, ramp(size * size * channels));
      const weight = tensorOf(engine, packConv(values, [channels, channels, 3, 3]));
      const bias = zerosOf(engine, channels);
      const out = zerosOf(engine, size * size * channels);
      const call = () => {
        engine.kernels.conv2dForward(out, input, weight, bias, dims);
        return out;
      };
      return { call };
    },
  };
  return { ours, theirs: { work: 'conv', channels, size }, tolerance: ROUNDING };
}

/** Whole networks of one width; training on patches, with an update of the weights. */
export function sharedNetworkWorks(subject: Subject, size: number, steps: number): SharedWork[] {
  const whole = { height: size, width: size };
  const patch = { height: PATCH, width: PATCH };
  const ours = (kind: 'forward' | 'simulate' | 'trainStep' | 'asf', side: number) =>
    networkWork(kind, { subject, size: side, steps });
  return [
    { ours: ours('forward', size), theirs: { work: 'forward', ...whole }, subject, tolerance: ROUNDING },
    {
      ours: ours('simulate', size),
      theirs: { work: 'simulate', ...whole, steps },
      subject,
      tolerance: FLIPPED_SPIKES,
    },
    { ours: ours('trainStep', PATCH), theirs: { work: 'trainStep', ...patch }, subject, tolerance: ROUNDING },
    {
      ours: ours('asf', PATCH),
      theirs: { work: 'asf', ...patch, steps },
      subject,
      tolerance: FLIPPED_SPIKES,
    },
  ];
}
