/**
 * Golden vectors: every number of a network in whole numbers and of its run on a picture, for circuits and
 * programs that compute the same. All tensors are row-major, the last axis fastest.
 */

import type { Shape } from '../core/shape.js';
import { IMAGE, imageChannels, outputDims, totalChannelsIn } from '../net/architecture.js';
import { type BitWidths, bitsOfLayer } from './bitWidths.js';
import { PICTURE } from './codes.js';
import { checkBounds, type IntegerLayer, type IntegerNetwork } from './integerNetwork.js';
import { integerSimulation } from './integerSteps.js';

/** What a tensor holds, without its values. */
export interface VectorForm {
  /** Of its file: conv1.weight, relu1.codes, .. */
  readonly name: string;
  readonly shape: Shape;
  /** Names of the axes: ky, kx, in, out; t, y, x, channel. */
  readonly axes: readonly string[];
  /** Of a value, the sign included if there is one. */
  readonly bits: number;
  readonly signed: boolean;
}

export interface Vector extends VectorForm {
  readonly values: Uint8Array | Int16Array | Int32Array;
}

/**
 * What there is of a layer. `weight` [ky,kx,I,O], which a pooling lacks; `bias`, `divisor`, `start` [O]; of
 * neurons what they fire and what is left in them in each step, `codes` and `membranes` [T,h,w,O]; of the
 * output its current after T steps, `sum` [h,w,K].
 */
export type VectorKind = 'weight' | 'bias' | 'divisor' | 'start' | 'codes' | 'membranes' | 'sum';

/** The tensors of a layer, by kind. */
export interface LayerVectors<Form extends VectorForm = Vector> {
  readonly own: IntegerLayer;
  readonly tensors: ReadonlyMap<VectorKind, Form>;
}

export interface NetworkVectors<Form extends VectorForm = Vector> {
  /** [H,W,C] */
  readonly picture: Form;
  /** In their order. */
  readonly layers: readonly LayerVectors<Form>[];
}

export interface VectorRun extends BitWidths {
  /** Of the picture; the network's operations divide it. */
  readonly height: number;
  readonly width: number;
  /** T */
  readonly steps: number;
}

/** Of biases, divisors and membranes. */
const WORD = 32;
const PIXELS = ['y', 'x', 'channel'];

/** The forms of all tensors, without a run. */
export function vectorForms(network: IntegerNetwork, run: VectorRun): NetworkVectors<VectorForm> {
  const { height, width } = run;
  const channels = imageChannels(network.map(({ layer }) => layer));
  return {
    picture: {
      ...{ name: `${IMAGE}.codes`, shape: [height, width, channels], axes: PIXELS },
      ...{ bits: bitsOfCode(PICTURE.most) + 1, signed: true },
    },
    layers: network.map((own) => ({ own, tensors: formsOf(own, run) })),
  };
}

/**
 * The tensors of a run on the codes of a picture [H,W,C] by the definition (integerSteps.ts). UsageError for
 * steps after which a membrane may not fit.
 */
export function goldenVectors(network: IntegerNetwork, codes: Int16Array, run: VectorRun): NetworkVectors {
  const { height, width, steps } = run;
  checkBounds(network, steps);
  const forms = vectorForms(network, run);
  const fired = new Map<IntegerLayer, { codes: Uint8Array; membranes: Int32Array }>();
  const sum = integerSimulation(network, codes, [height, width], steps, ({ own, step, ...record }) => {
    if (!own.codes) return;
    const { length } = record.codes;
    const total = steps * length;
    const all = fired.get(own) ?? { codes: new Uint8Array(total), membranes: new Int32Array(total) };
    all.codes.set(record.codes, step * length);
    all.membranes.set(record.membrane, step * length);
    fired.set(own, all);
  });
  const layers = forms.layers.map(({ own, tensors }) => {
    const { weight, bias, divisor, start } = own;
    const known = { weight, bias, divisor, start, sum, ...fired.get(own) };
    const values: Partial<Record<VectorKind, Vector['values']>> = known;
    const filled = [...tensors].map(([kind, form]) => [kind, { ...form, values: values[kind]! }] as const);
    return { own, tensors: new Map(filled) };
  });
  return { picture: { ...forms.picture, values: codes }, layers };
}

/** All tensors, the picture first. */
export function allVectors<Form extends VectorForm>({ picture, layers }: NetworkVectors<Form>): Form[] {
  return [picture, ...layers.flatMap(({ tensors }) => [...tensors.values()])];
}

/** Bits of codes 0 .. most. */
function bitsOfCode(most: number): number {
  return 32 - Math.clz32(most);
}

function formsOf(own: IntegerLayer, run: VectorRun): Map<VectorKind, VectorForm> {
  return new Map<VectorKind, VectorForm>([...parameterForms(own, run), ...runForms(own, run)]);
}

function parameterForms({ layer }: IntegerLayer, run: VectorRun): [VectorKind, VectorForm][] {
  const { name, op, channelsOut: O } = layer;
  const forms = (['bias', 'divisor', 'start'] as const).map((kind): [VectorKind, VectorForm] => [
    kind,
    { name: `${name}.${kind}`, shape: [O], axes: ['out'], bits: WORD, signed: true },
  ]);
  if (!op.hasWeights) return forms;
  const weight = {
    ...{ name: `${name}.weight`, shape: [op.kernel, op.kernel, totalChannelsIn(layer), O] },
    ...{ axes: ['ky', 'kx', 'in', 'out'], bits: bitsOfLayer(run, layer), signed: true },
  };
  return [['weight', weight], ...forms];
}

function runForms({ layer, codes }: IntegerLayer, run: VectorRun): [VectorKind, VectorForm][] {
  const { height, width, channels } = outputDims(layer, run.height, run.width);
  const image = { shape: [height, width, channels], axes: PIXELS, bits: WORD, signed: true };
  if (!codes) return [['sum', { ...image, name: `${layer.output}.sum` }]];
  const steps = { ...image, shape: [run.steps, ...image.shape], axes: ['t', ...PIXELS] };
  return [
    ['codes', { ...steps, name: `${layer.output}.codes`, bits: bitsOfCode(codes.most), signed: false }],
    ['membranes', { ...steps, name: `${layer.output}.membranes` }],
  ];
}
