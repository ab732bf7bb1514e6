/**
 * Rounding that makes up for its errors. Layer by layer, in their order, whole weights are chosen with which
 * a layer has the currents of the network in float32 as nearly as possible, although what it reads comes
 * from layers that are rounded already (integer/nearestPlane.ts). Both networks run on calibration images,
 * and are compared at pixels that are drawn at random. Nothing is trained, no label is read.
 */

import { DataError, UsageError } from '../core/error.js';
import type { FloatImage } from '../core/floatImage.js';
import { stream, USUAL_SEED } from '../core/rng.js';
import { type Engine, withProgram } from '../engine/door.js';
import { padImage } from '../engine/predict.js';
import type { Program } from '../engine/program.js';
import { layersToChoose } from '../integer/bitWidths.js';
import { codesOf } from '../integer/codes.js';
import { addPixel, newInputMoments } from '../integer/inputMoments.js';
import { nearestPlane } from '../integer/nearestPlane.js';
import { inUnits } from '../integer/quantise.js';
import { type Rounding, toNearest } from '../integer/rounding.js';
import { layerInVolts } from '../integer/volts.js';
import { type Layer, OUTPUT, outputDims } from '../net/architecture.js';
import { multipleOf } from '../net/graph.js';
import type { SpikingNetwork } from '../neuron/spikingNetwork.js';
import type { CalibrationInput } from './calibration.js';
import { codeSums, inputReader, sizeOfInput } from './inputReader.js';
import { floatImage } from './statistics.js';

/** Several for each weight of a channel at width 16. */
const PIXELS = 16_384;

export interface CompensationOptions {
  /** T */
  readonly steps: number;
  /** How many pixels of each layer's output are drawn, over all images; default: 16384. */
  readonly pixels?: number;
  /** Called after each layer. */
  readonly onLayer?: (done: number) => void;
}

/** The rule for the layers of this network, each once and in their order; the output: each to the nearest. */
export function compensated(
  engine: Engine,
  spiking: SpikingNetwork,
  images: readonly CalibrationInput[],
  { steps, pixels = PIXELS, onLayer }: CompensationOptions,
): Rounding {
  if (images.length === 0) throw new DataError('calibration: got no images to compare currents on');
  const codes = codesOf(spiking);
  const multiple = multipleOf(spiking.layers);
  const frames = images.map((image) => ({ ...padImage(floatImage(image), multiple), name: image.name }));
  const readings = { engine, frames, steps, ofImage: Math.ceil(pixels / images.length), codes };
  const wanted = currentsOf(spiking, readings);
  let parameters = spiking.parameters;
  let done = 0;
  return (layer, exact) => {
    if (layer.output === OUTPUT) return toNearest(layer, exact);
    const currents = wanted.get(layer.name);
    if (!currents)
      throw new UsageError(`${layer.name}: a compensated rule rounds each layer of its network once`);
    const O = layer.channelsOut;
    const moments = newInputMoments(sizeOfInput(layer), O);
    readPixels(upTo(layer, { ...spiking, parameters }), [layer], readings, (_, y, n) =>
      addPixel(moments, y, currents.subarray(n * O, (n + 1) * O)),
    );
    exact.divisor(); // refuses weights that do not fit: cutting would change them by far
    const whole = nearestPlane(moments, exact);
    parameters = new Map([...parameters, ...layerInVolts(layer, whole, codes)]);
    wanted.delete(layer.name);
    done += 1;
    onLayer?.(done);
    return whole;
  };
}

interface Readings {
  readonly engine: Engine;
  readonly frames: readonly (FloatImage & { readonly name: string })[];
  /** T */
  readonly steps: number;
  /** Pixels that are drawn in each image. */
  readonly ofImage: number;
  readonly codes: ReturnType<typeof codesOf>;
}

/** The currents [pixels,O] of each layer whose bits can be chosen, in units of code, by its name. */
function currentsOf(spiking: SpikingNetwork, readings: Readings): Map<string, Float32Array> {
  const layers = layersToChoose(spiking.layers);
  const exact = new Map(layers.map((layer) => [layer, inUnits(layer, spiking.parameters, readings.codes)]));
  const pixels = readings.ofImage * readings.frames.length;
  const currents = new Map(layers.map(({ name, channelsOut: O }) => [name, new Float32Array(pixels * O)]));
  readPixels(spiking, layers, readings, (layer, x, n) => {
    const { weight, bias } = exact.get(layer)!;
    const O = layer.channelsOut;
    const z = bias.map((value) => value * x[x.length - 1]);
    for (let k = 0; k < x.length - 1; k++) {
      if (x[k] === 0) continue;
      for (let o = 0; o < O; o++) z[o] += weight[k * O + o] * x[k];
    }
    currents.get(layer.name)!.set(z, n * O);
  });
  return currents;
}

/**
 * Calls back with what a pixel of each layer's output reads (inputReader.ts) and with its number, from 0. The
 * same pixels are drawn at each call.
 */
function readPixels(
  network: SpikingNetwork,
  layers: readonly Layer[],
  { engine, frames, steps, ofImage, codes }: Readings,
  see: (layer: Layer, x: Float64Array, n: number) => void,
): void {
  const readImage = (program: Program, frame: Readings['frames'][number], first: number) => {
    const { data, height, width, name } = frame;
    const sums = codeSums(program.simulate(frame, { steps, keep: ['flows'] }), data, codes);
    for (const layer of layers) {
      const random = stream(USUAL_SEED, 'pixels', layer.name, name);
      const read = inputReader(layer, sums, [height, width], steps);
      const output = outputDims(layer, height, width);
      for (let pixel = 0; pixel < ofImage; pixel++)
        see(layer, read(random.integer(output.height), random.integer(output.width)), first + pixel);
    }
  };
  withProgram(engine, network, (program) => {
    frames.forEach((frame, n) => {
      readImage(program, frame, n * ofImage);
    });
  });
}

/** The network up to a layer, whose current is its output: what that layer reads, in half of the time. */
function upTo(layer: Layer, network: SpikingNetwork): SpikingNetwork {
  const before = network.layers.slice(0, network.layers.indexOf(layer));
  return { ...network, layers: [...before, { ...layer, output: OUTPUT, follows: 'nothing' }] };
}
