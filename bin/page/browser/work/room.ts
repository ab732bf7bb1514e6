/** Refuses pictures that do not fit the memory of this browser before anything is computed. */

import { DataError } from '../../../../lib/core/error.js';
import { type Engine, withProgram } from '../../../../lib/engine/door.js';
import { paddedSize } from '../../../../lib/engine/predict.js';
import type { Model } from '../../../../lib/model/model.js';
import { outputDims } from '../../../../lib/net/architecture.js';
import { membranesOf } from '../../../../lib/neuron/spikingNetwork.js';
import { valuesIn } from '../../../../lib/op/op.js';
import type { Choice } from '../messages.js';
import type { OpenPicture } from './opened.js';
import type { Stage } from './stages.js';

const GIB = 2 ** 30;
/** A part of what the machine has, where the browser says that; else of 4 GiB. */
const PART = 1 / 4;
/** WebAssembly has 4 GiB at most, and the page keeps pictures as well. */
const MOST = 2 * GIB;

function roomHere(): number {
  const { deviceMemory = 4 } = navigator as { readonly deviceMemory?: number };
  return Math.min(MOST, PART * deviceMemory * GIB);
}

/** Bytes that are kept of a neuron in each moment: what it fired, its potentials, and its spikes. */
const keptOf = (potentials: number) => 4 + 4 * potentials + 1;
/** Bytes of a pixel of the pictures of a moment: the answer and the difference here and on the page. */
const SHOWN = 16;

interface Wanted {
  readonly choice: Choice;
  readonly stages: readonly Stage[];
  readonly unet?: Model | undefined;
  readonly picture: OpenPicture;
}

/** DataError that says what would fit. */
export function requireRoom(engine: Engine, wanted: Wanted): void {
  const { steps } = wanted.choice;
  const { image, file } = wanted.picture;
  const needed = bytesOf(engine, wanted);
  const room = roomHere();
  if (needed <= room) return;
  const scale = Math.sqrt(room / needed);
  const [rows, columns] = [image.height, image.width].map((side) => Math.floor(side * scale));
  const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;
  throw new DataError(
    `${file.name}: ${image.width} x ${image.height} pixels with T = ${steps} need ${gib(needed)}, this page takes ` +
      `${gib(room)}: about ${columns} x ${rows} pixels fit (the command line runs larger pictures in tiles)`,
  );
}

/** What the larger of the two networks takes, and what is kept of the watched layer. */
function bytesOf(engine: Engine, { choice, stages, unet, picture: { image } }: Wanted): number {
  const { network, steps } = stages.at(-1)!;
  const moments = Math.max(stages.length, steps);
  const watched = network.layers.find(({ output }) => output === choice.signal)!;
  return withProgram(engine, network, (program) => {
    const { paddedHeight, paddedWidth } = paddedSize(image.height, image.width, program.multipleOf);
    const watch = { signals: [choice.signal], onStep: () => {} };
    const spiking = program.bytesOf(paddedHeight, paddedWidth, { steps, watch });
    const ofUnet = unet ? withProgram(engine, unet, (one) => one.bytesOf(paddedHeight, paddedWidth)) : 0;
    const neurons = valuesIn(outputDims(watched, paddedHeight, paddedWidth));
    const kept = keptOf(membranesOf(network, watched)) * neurons;
    return Math.max(spiking, ofUnet) + moments * (kept + SHOWN * image.height * image.width);
  });
}
