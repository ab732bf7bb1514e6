/** Single steps of neurons, forward and backward (assembly/stepKernels.ts). */

import type { SurrogateKernel } from '../../neuron/surrogate.js';
import type { StepKernels, SteppedNeuron } from '../kernels/stepContract.js';
import { ATAN, RECTANGLE, STRAIGHT, TRIANGLE } from './constants.js';
import { chunkOf } from './cut.js';
import type { Arguments, Machine } from './machine.js';
import { knowsNeurons, neuronKind } from './neuronKind.js';
import { wordsOf } from './words.js';

const SURROGATES: Readonly<Record<SurrogateKernel, number>> = {
  straight: STRAIGHT,
  rectangle: RECTANGLE,
  triangle: TRIANGLE,
  atan: ATAN,
};

export function steps(machine: Machine): StepKernels {
  const { threads } = machine;
  /** How `count` neurons are cut into tasks, and what they share. */
  const layerOf = (lend: Arguments, count: number, neuron: SteppedNeuron) => {
    const chunk = chunkOf(count, threads.count);
    const kind = lend.words(neuronKind(lend.floats, neuron, 4 * count));
    return { tasks: Math.ceil(count / chunk), sizes: { count, chunk, kind } };
  };
  return {
    supports: knowsNeurons,
    forward: (out, spikes, membrane, current, neuron) =>
      machine.call((lend) => {
        const { tasks, sizes } = layerOf(lend, current.length, neuron);
        const results = { out: lend.result(out), spikes: lend.result(spikes) };
        const tensors = { membrane: lend.result(membrane), current: lend.input(current) };
        threads.run('stepNeurons', tasks, { ...sizes, ...results, ...tensors });
      }),
    backward: (gradCurrent, carried, gradOut, before, neuron, { surrogate, reset }) =>
      machine.call((lend) => {
        const { tasks, sizes } = layerOf(lend, gradOut.length, neuron);
        const detached = reset === 'detached' ? 1 : 0;
        const of = wordsOf('Derivative', { surrogate: SURROGATES[surrogate], detached });
        const results = { gradCurrent: lend.result(gradCurrent), carried: lend.result(carried) };
        const inputs = { membrane: lend.input(before.membrane), current: lend.input(before.current) };
        const rest = { gradOut: lend.input(gradOut), derivative: lend.words(of) };
        threads.run('stepNeuronsBack', tasks, { ...sizes, ...results, ...inputs, ...rest });
      }),
  };
}
