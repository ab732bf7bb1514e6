/** Whole networks as works: U-Net forward, training, simulation and ASF-BP, each a line of a table. */

import { forward } from '../../lib/engine/forward.js';
import { simulate } from '../../lib/engine/simulateNetwork.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { type Network, signalOf } from '../../lib/net/network.js';
import { asfGradient } from '../../lib/train/asfGradient.js';
import { type LossGradient, unetGradient } from '../../lib/train/backprop.js';
import type { Example } from '../../lib/train/example.js';
import { findOptimiser } from '../../lib/train/optimiser.js';
import { type Engine, tensorOf, zerosOf } from './engine.js';
import type { Call, Work } from './measure.js';
import type { Subject } from './subject.js';

/** Side of the patches that networks are trained on. */
export const PATCH = 48;

export interface Scene {
  readonly subject: Subject;
  /** Side of the image. */
  readonly size: number;
  /** T */
  readonly steps: number;
}

interface Kind {
  readonly title: (steps: number) => string;
  readonly frozen: boolean;
  call(engine: Engine, subject: Subject, example: Example, steps: number): Call;
}

export const kinds = {
  forward: { title: () => 'U-Net forward', frozen: true, call: forwardCall },
  gradient: { title: () => 'training step (forward, loss, backward)', frozen: true, call: gradientCall },
  trainStep: { title: () => 'training update (with Adam)', frozen: false, call: trainCall },
  simulate: { title: (steps: number) => `simulation T=${steps}`, frozen: true, call: simulateCall },
  asf: { title: (steps: number) => `ASF-BP update T=${steps} (with Adam)`, frozen: false, call: asfCall },
} satisfies Record<string, Kind>;

export type KindName = keyof typeof kinds;

/** A whole network on a square of `size` pixels; `amount` is what the time is divided by. */
export function networkWork(
  name: KindName,
  { subject, size, steps }: Scene,
  title?: string,
  amount = 1,
): Work {
  const { frozen, call, title: titleOf }: Kind = kinds[name];
  return {
    name: `${title ?? titleOf(steps)}, width ${subject.width}, ${size}x${size}`,
    unit: 'ms',
    amount,
    frozen,
    prepare: (engine) => call(engine, subject, subject.example(size), steps),
  };
}

/** The four things that a width is judged by. */
export function networkWorks(subject: Subject, size: number, steps: number): Work[] {
  return [
    networkWork('forward', { subject, size, steps }),
    networkWork('gradient', { subject, size: PATCH, steps }),
    networkWork('simulate', { subject, size, steps }, `one simulated step of T=${steps}`, steps),
    networkWork('asf', { subject, size: PATCH, steps }),
  ];
}

function forwardCall(engine: Engine, { unet }: Subject, { input, height, width }: Example): Call {
  const { kernels } = engine;
  const image = tensorOf(engine, input);
  return () => kernels.scope(() => signalOf(forward(kernels, unet, image, height, width), OUTPUT).slice());
}

function simulateCall(
  engine: Engine,
  { spiking }: Subject,
  { input, height, width }: Example,
  steps: number,
): Call {
  const { kernels } = engine;
  const image = tensorOf(engine, input);
  return () =>
    kernels.scope(() =>
      simulate(kernels, spiking, image, height, width, { steps, mode: 'auto', keep: [] }).output.slice(),
    );
}

function gradientCall({ kernels }: Engine, { unet }: Subject, example: Example): Call {
  return () => kernels.scope(() => unetGradient(kernels, unet, example).loss);
}

/** Learning rates that leave the network what it is over some dozens of updates. */
function trainCall(engine: Engine, { unet }: Subject, example: Example): Call {
  return updateCall(engine, unet, 1e-3, (network) => unetGradient(engine.kernels, network, example));
}

function asfCall(engine: Engine, { spiking }: Subject, example: Example, steps: number): Call {
  const options = { steps, mode: 'auto', logits: 'mean' } as const;
  return updateCall(engine, spiking, 1e-4, (network) =>
    asfGradient(engine.kernels, { ...spiking, ...network }, example, options),
  );
}

/** The gradient on one example and an Adam update of a copy of the network, as training does it. */
function updateCall(
  engine: Engine,
  { layers, parameters }: Network,
  learningRate: number,
  gradientOf: (network: Network) => LossGradient,
): Call {
  const { kernels } = engine;
  const adam = findOptimiser('adam');
  const weights = new Map([...parameters].map(([name, values]) => [name, tensorOf(engine, values)]));
  const zeros = (length: number) => zerosOf(engine, length);
  const averages = new Map(
    [...parameters].map(([name, { length }]) => [name, [zeros(length), zeros(length)] as const]),
  );
  let step = 0;
  return () =>
    kernels.scope(() => {
      const { loss, gradients } = gradientOf({ layers, parameters: weights });
      step += 1;
      for (const [name, weight] of weights) {
        adam.update(kernels, weight, averages.get(name)!, gradients.get(name)!, learningRate, step);
      }
      return loss;
    });
}
