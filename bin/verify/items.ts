/** What is verified: a table of named computations, each of which leaves named tensors behind. */

import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { type SpikingModel, toTrainableModel } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import type { Kernels } from '../../lib/engine/contract.js';
import { padInput, predict, unetRun } from '../../lib/engine/predict.js';
import { newTrace, sumsOf } from '../../lib/engine/recording.js';
import { simulate } from '../../lib/engine/simulateNetwork.js';
import type { Mode, SimulationOptions } from '../../lib/engine/simulation.js';
import { toChw } from '../../lib/format/layout.js';
import type { Model } from '../../lib/model/model.js';
import { mapParameters, unpackParameters, zerosLike } from '../../lib/net/parameters.js';
import { membranesOf } from '../../lib/neuron/spikingNetwork.js';
import { asfGradient } from '../../lib/train/asfGradient.js';
import { batchGradient, type LossGradient, unetGradient } from '../../lib/train/backprop.js';
import type { Example } from '../../lib/train/example.js';
import { throughAmplitudes } from '../../lib/train/learnedAmplitudes.js';
import { findOptimiser } from '../../lib/train/optimiser.js';
import { type Tensor, type Tensors, vector } from './hashedTensors.js';
import { HEIGHT, PERCENTILE, type Population, type Subject, spikingSubject, WIDTH } from './networks.js';

/** One computation. The tensors are copies. */
export interface Item {
  readonly name: string;
  /** Whether the mode of the simulation matters to it; where not, it is done once an engine. */
  readonly spiking: boolean;
  compute(kernels: Kernels, mode: Mode): Tensors;
}

/** Neurons, and T. */
type Simulated = Population & { readonly steps: number };

const multiThreshold: Simulated = {
  neuron: 'mt',
  thresholds: [2, 1, 0.5, 0.25],
  initialPotential: 0,
  steps: 4,
};
const integrateAndFire: Simulated = { neuron: 'if', thresholds: [0.5], initialPotential: 0, steps: 6 };
const populations: readonly Simulated[] = [
  multiThreshold,
  { ...multiThreshold, initialPotential: 0.125, steps: 3 },
  integrateAndFire,
  { neuron: 'if-hard', thresholds: [1], initialPotential: 0.5, steps: 5 },
  { neuron: 'lif', thresholds: [0.3], initialPotential: 0, steps: 5 },
  { neuron: 'ml', thresholds: [1.1, 0.7, 0.3], initialPotential: 0.3, leak: 0.95, reset: 'hard', steps: 5 },
];
/** Those that learn; the last of them amplitudes, too. */
const learners = [multiThreshold, integrateAndFire, { ...integrateAndFire, neuron: 'rs' }];

/** Updates that are made of a network, each with two examples. */
const UPDATES = 3;

export function itemsOf(subjects: readonly Subject[]): Item[] {
  return subjects.flatMap((subject) => [...unetItems(subject), ...spikingItems(subject)]);
}

/** Makes the items of a subject. */
function maker(subject: string, spiking: boolean) {
  return (what: string, compute: Item['compute']): Item => ({
    name: `${subject}: ${what}`,
    spiking,
    compute,
  });
}

function unetItems(subject: Subject): Item[] {
  const { name, model, examples, pictures } = subject;
  const item = maker(name, false);
  const images = pictures.map((input) => ({ input, height: HEIGHT, width: WIDTH }));
  const lambdasBy = (kernels: Kernels) => measureLambdas(kernels, model, images, PERCENTILE);
  const { classes } = model.configuration;
  return [
    item('U-Net output', (kernels) => {
      const { output } = predict(unetRun(kernels, model), pictures[0], HEIGHT, WIDTH);
      return new Map([
        ['output', { shape: [classes, HEIGHT, WIDTH], data: toChw(output, HEIGHT, WIDTH, classes) }],
      ]);
    }),
    item('lambdas', (kernels) => {
      const values = [...lambdasBy(kernels)].map(([key, value]) => [key, vector([value])] as const);
      return new Map(values);
    }),
    ...(['connection', 'layer'] as const).map((normalisation) =>
      item(`weights, ${normalisation}-wise`, (kernels) =>
        unpackParameters(model.layers, normaliseModel(model, lambdasBy(kernels), normalisation).parameters),
      ),
    ),
    item('loss and gradients', (kernels) =>
      gradientTensors(kernels, model, () => unetGradient(kernels, model, examples[0])),
    ),
    ...['adam', 'rmsprop'].map((optimizer) =>
      item(`weights after ${UPDATES} updates, ${optimizer}`, (kernels) =>
        trained(kernels, model, examples, optimizer, (fresh, e) => unetGradient(kernels, fresh, e)),
      ),
    ),
  ];
}

function spikingItems(subject: Subject): Item[] {
  const { name, examples } = subject;
  const item = maker(name, true);
  const simulations = populations.flatMap(({ steps, ...population }) => {
    const { neuron, initialPotential } = population;
    const spiking = spikingSubject(subject, population);
    const what = `${neuron}${initialPotential > 0 ? ` from ${initialPotential} V` : ''}, T = ${steps}`;
    return [
      item(`${what}: output, flows, spike counts`, (kernels, mode) =>
        simulationTensors(kernels, spiking, subject, { steps, mode }),
      ),
      item(`${what}: every step`, (kernels, mode) => stepTensors(kernels, spiking, subject, steps, mode)),
    ];
  });
  const learning = learners.flatMap(({ steps, ...population }) => {
    const { neuron } = population;
    const spiking = toTrainableModel(spikingSubject(subject, population, 'layer'), name);
    return [
      item(`${neuron}, T = ${steps}: ASF-BP loss and gradients`, (kernels, mode) =>
        gradientTensors(kernels, spiking, () =>
          throughAmplitudes(spiking, (parameters) =>
            asfGradient(kernels, { ...spiking, parameters }, examples[0], { steps, mode }),
          ),
        ),
      ),
      item(`${neuron}, T = ${steps}: weights after ${UPDATES} updates of ASF-BP, adam`, (kernels, mode) =>
        trained(kernels, spiking, examples, 'adam', (fresh, e) =>
          asfGradient(kernels, fresh, e, { steps, mode }),
        ),
      ),
    ];
  });
  return [...simulations, ...learning];
}

/** The simulation as the engine runs it when nobody watches: layer by layer where it can. */
function simulationTensors(
  kernels: Kernels,
  spiking: SpikingModel,
  { pictures }: Subject,
  options: SimulationOptions,
): Tensors {
  const { input, height, width } = padInput(pictures[0], HEIGHT, WIDTH);
  const { classes } = spiking.configuration;
  return kernels.scope(() => {
    const simulation = simulate(kernels, spiking, input, height, width, options);
    const output = {
      shape: [classes, height, width],
      data: toChw(simulation.output, height, width, classes),
    };
    return new Map([['output', output], ...sumsOf(spiking.layers, simulation, height, width)]);
  });
}

/** The simulation step by step. */
function stepTensors(
  kernels: Kernels,
  spiking: SpikingModel,
  { pictures }: Subject,
  steps: number,
  mode: Mode,
): Tensors {
  const { input, height, width } = padInput(pictures[0], HEIGHT, WIDTH);
  const trace = newTrace(spiking.layers, height, width, steps, (layer) => membranesOf(spiking, layer));
  kernels.scope(() => simulate(kernels, spiking, input, height, width, { steps, mode, onStep: trace.add }));
  return trace.tensors;
}

/** `loss` and `grad.NAME` of each parameter. */
function gradientTensors(kernels: Kernels, { layers }: Model, gradient: () => LossGradient): Tensors {
  return kernels.scope(() => {
    const { loss, gradients } = gradient();
    const copies = mapParameters(gradients, (values) => values.slice());
    const named = [...unpackParameters(layers, copies)].map(
      ([name, tensor]) => [`grad.${name}`, tensor] as const,
    );
    return new Map<string, Tensor>([['loss', vector([loss])], ...named]);
  });
}

/** The weights of a copy of the model after some updates. */
function trained<M extends Model>(
  kernels: Kernels,
  model: M,
  examples: readonly Example[],
  optimizer: string,
  gradient: (model: M, example: Example) => LossGradient,
): Tensors {
  const parameters = mapParameters(model.parameters, kernels.resident); // as a training run keeps them
  const fresh: M = { ...model, parameters };
  const optimiser = findOptimiser(optimizer);
  const zeros = zerosLike(model.parameters);
  const [first, second] = optimiser.slots.map(() => mapParameters(zeros, kernels.resident));
  for (let step = 1; step <= UPDATES; step++) {
    const batch = [examples[step - 1], examples[step]];
    kernels.scope(() => {
      const { gradients } = throughAmplitudes(fresh, (parameters) =>
        batchGradient(kernels, batch, (example) => gradient({ ...fresh, parameters }, example)),
      );
      for (const [name, weight] of parameters) {
        const averages = [first.get(name)!, second.get(name)!] as const;
        optimiser.update(kernels, weight, averages, gradients.get(name)!, 1e-3, step);
      }
    });
  }
  return unpackParameters(
    model.layers,
    mapParameters(parameters, (values) => values.slice()),
  );
}
