/** Whole networks as works: U-Net forward, training, simulation and ASF-BP, each a line of a table. */

import { asf } from '../../lib/engine/learn/asfMethod.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import type { Example, Method } from '../../lib/engine/learn/method.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import type { Network } from '../../lib/net/network.js';
import { door, type Engine } from './engine.js';
import type { Prepared, Work } from './measure.js';
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
  call(engine: Engine, subject: Subject, example: Example, steps: number): Prepared;
}

export const kinds = {
  forward: { title: () => 'U-Net forward', frozen: true, call: forwardCall },
  gradient: { title: () => 'training step (forward, loss, backward)', frozen: true, call: gradientCall },
  trainStep: { title: () => 'training update (with Adam)', frozen: false, call: trainCall },
  simulate: { title: (steps: number) => `simulation T=${steps}`, frozen: true, call: simulateCall },
  whole: { title: wholeTitle, frozen: true, call: wholeCall },
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

/** What is timed for each width. */
export function networkWorks(subject: Subject, size: number, steps: number): Work[] {
  const oneOf = `one simulated step of T=${steps}`;
  return [
    networkWork('forward', { subject, size, steps }),
    networkWork('gradient', { subject, size: PATCH, steps }),
    networkWork('simulate', { subject, size, steps }, oneOf, steps),
    networkWork('whole', { subject, size, steps: 1 }),
    networkWork('whole', { subject, size, steps }, `${oneOf} in whole numbers`, steps),
    networkWork('asf', { subject, size: PATCH, steps }),
  ];
}

function forwardCall(engine: Engine, { unet }: Subject, { image }: Example): Prepared {
  const program = door(engine).prepare(unet);
  return { call: () => program.run(image), dispose: program.dispose };
}

function simulateCall(engine: Engine, { spiking }: Subject, { image }: Example, steps: number): Prepared {
  const program = door(engine).prepare(spiking);
  return { call: () => program.simulate(image, { steps, keep: [] }).output, dispose: program.dispose };
}

function wholeTitle(steps: number): string {
  return steps === 1 ? 'one step in whole numbers' : `simulation T=${steps} in whole numbers`;
}

function wholeCall(engine: Engine, subject: Subject, example: Example, steps: number): Prepared {
  return simulateCall(engine, { ...subject, spiking: subject.whole(steps) }, example, steps);
}

function gradientCall(engine: Engine, { unet }: Subject, example: Example): Prepared {
  return { call: () => door(engine).gradient(unet, backprop, [example]).loss };
}

/** A training update; its learning rate hardly changes the network over some dozens of updates. */
function trainCall(engine: Engine, { unet }: Subject, example: Example): Prepared {
  return updateCall(engine, unet, backprop, example, 1e-3);
}

function asfCall(engine: Engine, { spiking }: Subject, example: Example, steps: number): Prepared {
  return updateCall(engine, spiking, asf({ steps }), example, 1e-4);
}

/** The gradient on one example and an Adam update of a copy of the network, as training does it. */
function updateCall<N extends Network>(
  engine: Engine,
  network: N,
  method: Method<N>,
  example: Example,
  learningRate: number,
): Prepared {
  const trainer = door(engine).trainer(network, method, { optimiser: findOptimiser('adam') });
  return { call: () => trainer.step([example], learningRate), dispose: trainer.dispose };
}
