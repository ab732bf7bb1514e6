/** What is verified: a table of named computations, each of which returns named tensors. */

import { compensated } from '../../lib/convert/compensated.js';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { type SpikingModel, toTrainableModel, withBits } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { type Engine, withProgram } from '../../lib/engine/door.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import type { Example, LossGradient, Method } from '../../lib/engine/learn/method.js';
import { findOptimiser } from '../../lib/engine/learn/optimiser.js';
import { asfThroughRounding } from '../../lib/engine/learn/throughRounding.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { padImage, unetRun } from '../../lib/engine/predict.js';
import { sumsOf } from '../../lib/engine/simulate/recording.js';
import type { Mode, SimulationOptions } from '../../lib/engine/simulate/simulation.js';
import { toChw } from '../../lib/format/layout.js';
import type { Model } from '../../lib/model/model.js';
import { multipleOf } from '../../lib/net/graph.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import { type Tensor, type Tensors, vector } from './hashedTensors.js';
import { HEIGHT, PERCENTILE, type Population, type Subject, spikingSubject, WIDTH } from './networks.js';

/** One computation. The tensors are copies. */
export interface Item {
  readonly name: string;
  /** Whether the mode of the simulation matters; if not, it is computed once per engine. */
  readonly spiking: boolean;
  compute(engine: Engine, mode: Mode): Tensors;
}

/** Neurons and T of a simulation. */
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
/** In whole numbers, with weights of 8 bits. */
const wholeNumbers: Simulated = {
  neuron: 'mt',
  thresholds: optimalThresholds(4),
  initialPotential: 1 / 32,
  steps: 3,
};
/** Neurons of networks that are trained; the last also learns amplitudes. */
const learners = [multiThreshold, integrateAndFire, { ...integrateAndFire, neuron: 'rs' }];

/** Updates of a network, each with two examples. */
const UPDATES = 3;

export function itemsOf(subjects: readonly Subject[]): Item[] {
  return subjects.flatMap((subject) => [
    ...unetItems(subject),
    ...spikingItems(subject),
    ...wholeItems(subject),
    throughTimeItem(subject),
  ]);
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
  const lambdasBy = (engine: Engine) => measureLambdas(engine, model, images, PERCENTILE);
  const { classes } = model.configuration;
  return [
    item('U-Net output', (engine) => {
      const { output } = withProgram(engine, model, (program) => unetRun(program)(pictureOf(subject)));
      return new Map([
        ['output', { shape: [classes, HEIGHT, WIDTH], data: toChw(output, HEIGHT, WIDTH, classes) }],
      ]);
    }),
    item('lambdas', (engine) => {
      const values = [...lambdasBy(engine)].map(([key, value]) => [key, vector([value])] as const);
      return new Map(values);
    }),
    ...(['connection', 'layer'] as const).map((normalisation) =>
      item(`weights, ${normalisation}-wise`, (engine) =>
        unpackParameters(model.layers, normaliseModel(model, lambdasBy(engine), normalisation).parameters),
      ),
    ),
    item('loss and gradients', (engine) =>
      gradientTensors(model, engine.gradient(model, backprop, [examples[0]])),
    ),
    ...['adam', 'rmsprop'].map((optimizer) =>
      item(`weights after ${UPDATES} updates, ${optimizer}`, (engine) =>
        trained(engine, model, { method: backprop, examples, optimizer }),
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
      item(`${what}: output, flows, spike counts`, (engine, mode) =>
        simulationTensors(engine, spiking, subject, { steps, mode }),
      ),
      item(`${what}: every step`, (engine, mode) => stepTensors(engine, spiking, subject, { steps, mode })),
    ];
  });
  const learning = learners.flatMap(({ steps, ...population }) => {
    const { neuron } = population;
    const spiking = toTrainableModel(spikingSubject(subject, population, 'layer'), name);
    return [
      item(`${neuron}, T = ${steps}: ASF-BP loss and gradients`, (engine, mode) =>
        gradientTensors(spiking, engine.gradient(spiking, asf({ steps, mode }), [examples[0]])),
      ),
      item(`${neuron}, T = ${steps}: weights after ${UPDATES} updates of ASF-BP, adam`, (engine, mode) =>
        trained<SpikingModel>(engine, spiking, { method: asf({ steps, mode }), examples, optimizer: 'adam' }),
      ),
    ];
  });
  return [...simulations, ...learning];
}

function wholeItems(subject: Subject): Item[] {
  const { steps, ...population } = wholeNumbers;
  const { name, examples } = subject;
  const item = maker(name, false);
  const spiking = spikingSubject(subject, population);
  const bits = { bits: 8 };
  return [
    item(`whole numbers, T = ${steps}: output, flows, spike counts`, (engine) =>
      simulationTensors(engine, withBits(spiking, bits), subject, { steps }),
    ),
    item(`whole numbers, T = ${steps}: loss and gradients through the rounding`, (engine) =>
      gradientTensors(spiking, engine.gradient(spiking, asfThroughRounding({ steps }, bits), [examples[0]])),
    ),
    item(`whole numbers, T = ${steps}: weights by compensated rounding`, (engine) => {
      const images = subject.pictures.map((input, n) => ({
        name: `${n}`,
        input,
        height: HEIGHT,
        width: WIDTH,
      }));
      const round = compensated(engine, spiking, images, { steps, pixels: 500 });
      return unpackParameters(spiking.layers, withBits(spiking, bits, round).parameters);
    }),
  ];
}

/** Training through time runs step by step, whatever the mode. */
function throughTimeItem(subject: Subject): Item {
  const { name, examples } = subject;
  const { steps, ...population } = multiThreshold;
  const spiking = toTrainableModel(spikingSubject(subject, population, 'layer'), name);
  return maker(name, false)(`mt, T = ${steps}: loss and gradients through time`, (engine) =>
    gradientTensors(spiking, engine.gradient(spiking, throughTime({ steps }), [examples[0]])),
  );
}

const pictureOf = ({ pictures, model }: Subject) => ({
  data: pictures[0],
  height: HEIGHT,
  width: WIDTH,
  channels: model.configuration.channels,
});

/** The tensors of a simulation without a trace, which the engine runs layer by layer where it can. */
function simulationTensors(
  engine: Engine,
  spiking: SpikingModel,
  subject: Subject,
  options: SimulationOptions,
): Tensors {
  const image = padImage(pictureOf(subject), multipleOf(spiking.layers));
  const { height, width } = image;
  const { classes } = spiking.configuration;
  const simulation = withProgram(engine, spiking, (program) => program.simulate(image, options));
  const output = { shape: [classes, height, width], data: toChw(simulation.output, height, width, classes) };
  return new Map([['output', output], ...sumsOf(spiking.layers, simulation, height, width)]);
}

/** The tensors of a simulation step by step. */
function stepTensors(
  engine: Engine,
  spiking: SpikingModel,
  subject: Subject,
  options: SimulationOptions,
): Tensors {
  const traced = { ...options, keep: [], trace: true };
  return withProgram(
    engine,
    spiking,
    (program) => program.simulate(padImage(pictureOf(subject), program.multipleOf), traced).trace!,
  );
}

/** `loss` and `grad.NAME` of each parameter. */
function gradientTensors({ layers }: Model, { loss, gradients }: LossGradient): Tensors {
  const named = [...unpackParameters(layers, gradients)].map(
    ([name, tensor]) => [`grad.${name}`, tensor] as const,
  );
  return new Map<string, Tensor>([['loss', vector([loss])], ...named]);
}

interface Course<N extends Model> {
  readonly method: Method<N>;
  readonly examples: readonly Example[];
  readonly optimizer: string;
}

/** The weights of a copy of the model after some updates. */
function trained<N extends Model>(
  engine: Engine,
  model: N,
  { method, examples, optimizer }: Course<N>,
): Tensors {
  const trainer = engine.trainer(model, method, { optimiser: findOptimiser(optimizer) });
  for (let update = 1; update <= UPDATES; update++)
    trainer.step([examples[update - 1], examples[update]], 1e-3);
  const parameters = trainer.parameters();
  trainer.dispose();
  return unpackParameters(model.layers, parameters);
}
