/** What we and the peers do both: our work beside the name that peers know it by. */

import { macsOf, type Shape } from '../../bin/bench/convolutionRows.js';
import { tensorOf, zerosOf } from '../../bin/bench/engine.js';
import type { Work } from '../../bin/bench/measure.js';
import { type KindName, networkWork, PATCH, type Scene } from '../../bin/bench/networkTimes.js';
import type { Subject } from '../../bin/bench/subject.js';
import { packConv } from '../../lib/format/layout.js';
import { type PeerWork, ramp } from './peerJob.js';

export interface SharedWork {
  readonly ours: Work;
  readonly theirs: PeerWork;
  /** What theirs is, where it is not the same as ours. */
  readonly instead?: string;
  /** The networks it is about; none for a convolution. */
  readonly subject?: Subject;
  /**
   * Relative difference of the results that another order of sums explains; a spike that flips weighs more.
   */
  readonly tolerance: number;
}

const ROUNDING = 1e-4;
const FLIPPED_SPIKES = 1e-2;
/** Lambdas at 99.9 % clip the largest values, and codes have 7 bits: single values may be far apart. */
const WHOLE_NUMBERS = 0.5;

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
  const full = { height: size, width: size };
  const patch = { height: PATCH, width: PATCH };
  const pair = (kind: KindName, ours: Scene, theirs: PeerWork, tolerance: number): SharedWork => ({
    ours: networkWork(kind, ours),
    ...{ theirs, subject, tolerance },
  });
  /** In whole numbers, beside what a peer has in their place. */
  const whole = (ours: Scene, theirs: PeerWork, instead: string): SharedWork => ({
    ...pair('whole', ours, theirs, WHOLE_NUMBERS),
    instead,
  });
  const scene: Scene = { subject, size, steps };
  const oneStep: Scene = { subject, size, steps: 1 };
  const onPatch: Scene = { subject, size: PATCH, steps };
  return [
    pair('forward', scene, { work: 'forward', ...full }, ROUNDING),
    whole(oneStep, { work: 'forward', ...full }, 'U-Net in float32'),
    whole(oneStep, { work: 'bytes', ...full }, 'U-Net in 8 bits'),
    pair('simulate', scene, { work: 'simulate', ...full, steps }, FLIPPED_SPIKES),
    whole(scene, { work: 'simulate', ...full, steps }, 'in float32'),
    pair('trainStep', onPatch, { work: 'trainStep', ...patch }, ROUNDING),
    pair('asf', onPatch, { work: 'asf', ...patch, steps }, FLIPPED_SPIKES),
  ];
}
