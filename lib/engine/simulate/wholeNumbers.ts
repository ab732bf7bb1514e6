/**
 * A network in whole numbers (lib/integer) that an engine holds: simulated like any other, with results in
 * volts.
 */

import { UsageError } from '../../core/error.js';
import { pictureCodes } from '../../integer/codes.js';
import {
  checkBounds,
  type IntegerLayer,
  type IntegerNetwork,
  integerNetwork,
} from '../../integer/integerNetwork.js';
import { spikesOf } from '../../integer/spikes.js';
import { outputDims } from '../../net/architecture.js';
import type { SpikingNetwork } from '../../neuron/spikingNetwork.js';
import type { Kernels } from '../kernels/contract.js';
import type { IntegerRun } from '../kernels/integerContract.js';
import { hasKernels } from '../kernels/operations.js';
import { definitionRunner } from './integerDefinition.js';
import {
  ALL_SUMS,
  checkSteps,
  countedPart,
  countSpikes,
  type Simulation,
  type SimulationOptions,
  type Sums,
  type Watch,
} from './simulation.js';
import { integerBytes, integerDefinitionBytes, stepsAtOnce } from './simulationMemory.js';
import { watching } from './watching.js';

export interface HeldNetwork {
  /** T steps on the levels of an image [H,W,C]. UsageError for options that whole numbers do not know. */
  simulate(
    image: Float32Array,
    size: readonly [height: number, width: number],
    options: SimulationOptions,
  ): Simulation;
  /** Bytes that T steps take on an image of this size. */
  bytesOf(height: number, width: number, steps: number): number;
  dispose(): void;
}

/** A network whose parameters are whole numbers, in the engine that runs it. */
export function holdWhole(kernels: Kernels, network: SpikingNetwork): HeldNetwork {
  const whole = integerNetwork(network);
  const fast = hasAllKernels(whole) ? kernels.integers?.load(whole) : undefined;
  const runner = fast ?? definitionRunner(whole);
  const { layers } = network;
  const output = whole.find(({ codes }) => codes === undefined)!;
  return {
    simulate(image, [height, width], options) {
      const { steps, counted, keep = ALL_SUMS, watch } = options;
      refuseOptions(options);
      checkSteps(steps);
      checkBounds(whole, steps);
      const sums = new Map<IntegerLayer, LayerSums>();
      const show = watch && showing(layers, watch);
      const look = (own: IntegerLayer) => {
        const added = keep.length > 0 && own.codes !== undefined;
        const shown = show && watch.signals.includes(own.layer.output);
        if (!added && !shown) return undefined;
        return (run: IntegerRun) => {
          if (added) addRun(sums, run, keep.includes('spikeCounts'));
          if (shown) show(run);
        };
      };
      const { sum, spikesPerStep } = runner.run(pictureCodes(image), [height, width], {
        ...{ steps, look },
        atOnce: watch ? 1 : stepsAtOnce(layers, height, width, steps),
        counted: ({ layer }) => countedPart(counted, outputDims(layer, height, width), height),
      });
      return {
        ...{ steps, spikesPerStep, ...inVolts(sums, keep), eventCounts: new Map() },
        output: overDivisors(sum, output),
        spikes: countSpikes(spikesPerStep),
      };
    },
    bytesOf: (height, width, steps) =>
      (fast ? integerBytes : integerDefinitionBytes)(layers, { height, width, steps }),
    dispose: () => runner.dispose(),
  };
}

/** The summed current of the output in volts, each rounded once. */
function overDivisors(sum: Int32Array, { divisor }: IntegerLayer): Float32Array {
  return toFloats(sum, divisor.length, (n, c) => sum[n] / divisor[c]);
}

/** Values [h,w,C], each by its index and that of its channel; `Float32Array.from` is many times slower. */
function toFloats({ length }: ArrayLike<number>, channels: number, value: (n: number, c: number) => number) {
  const values = new Float32Array(length);
  for (let n = 0; n < length; n += channels)
    for (let c = 0; c < channels; c++) values[n + c] = value(n + c, c);
  return values;
}

/** Refuses what whole numbers do not have (UsageError). */
export function refuse(what: string): never {
  throw new UsageError(`a network in whole numbers ${what}: simulate it, or convert it without bits`);
}

/** Options that it does not know must not be ignored. */
function refuseOptions({ mode = 'auto', timing = 'same', order, trace }: SimulationOptions): void {
  if (mode === 'event') refuse('is computed densely');
  if (timing !== 'same') refuse('has no delayed timing');
  if (order) refuse('takes the steps of its layers in their order');
  if (trace) refuse('keeps no traces');
}

function hasAllKernels(network: IntegerNetwork): boolean {
  return network.every(({ layer }) => hasKernels(layer.op));
}

/** The sums of a layer over the steps so far, [h,w,C]. */
interface LayerSums {
  /** Codes. */
  readonly fired: Int32Array;
  /** Empty if they are not counted. */
  readonly spikes: Uint32Array;
  membrane: Int32Array;
}

/** Adds some steps of a layer, its spikes if they are counted. */
function addRun(
  sums: Map<IntegerLayer, LayerSums>,
  { own, codes, membrane }: IntegerRun,
  counted: boolean,
): void {
  const neurons = membrane.length;
  const known = sums.get(own);
  const spikes = () => new Uint32Array(counted ? neurons : 0);
  const mine = known ?? { fired: new Int32Array(neurons), spikes: spikes(), membrane };
  for (let first = 0; first < codes.length; first += neurons) {
    const step = codes.subarray(first, first + neurons);
    addBytes(mine.fired, step);
    if (counted) addBytes(mine.spikes, spikesOf(step));
  }
  mine.membrane = membrane;
  sums.set(own, mine);
}

function addBytes(sums: Int32Array | Uint32Array, bytes: Uint8Array): void {
  for (let n = 0; n < bytes.length; n++) sums[n] += bytes[n];
}

/** Shows a caller what it watches, in volts; layers come one step at a time. */
function showing(layers: SpikingNetwork['layers'], watch: Watch): (run: IntegerRun) => void {
  const { onStep, onOutput } = watching(layers, watch);
  const done = new Map<IntegerLayer, number>();
  return ({ own, codes, membrane }) => {
    const step = done.get(own) ?? 0;
    done.set(own, step + 1);
    if (!own.codes) return onOutput(step, overDivisors(membrane, own));
    const { layer, unit, divisor } = own;
    const C = divisor.length;
    const volts = toFloats(membrane, C, (n, c) => (membrane[n] * unit) / divisor[c]);
    const output = toFloats(codes, C, (n) => codes[n] * unit);
    onStep({ layer, step, output, spikes: spikesOf(codes), membrane: volts });
  };
}

/** The sums that are kept; I_in follows from what is left in the membrane: u(T) = u(0) + I_in - D I_out. */
function inVolts(
  sums: ReadonlyMap<IntegerLayer, LayerSums>,
  keep: readonly Sums[],
): Pick<Simulation, 'currents' | 'flows' | 'spikeCounts'> {
  const of = <T>(sum: Sums, value: (own: IntegerLayer, sums: LayerSums) => T): Map<string, T> =>
    new Map(keep.includes(sum) ? [...sums].map(([own, mine]) => [own.layer.output, value(own, mine)]) : []);
  return {
    currents: of('currents', ({ divisor: D, start, unit }, { fired, membrane }) =>
      toFloats(membrane, D.length, (n, c) => ((membrane[n] - start[c] + D[c] * fired[n]) * unit) / D[c]),
    ),
    flows: of('flows', ({ unit, divisor }, { fired }) =>
      toFloats(fired, divisor.length, (n) => fired[n] * unit),
    ),
    spikeCounts: of('spikeCounts', (_own, { spikes }) => spikes),
  };
}
