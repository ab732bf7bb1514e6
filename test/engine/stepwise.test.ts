/**
 * Networks that normalise each step on its own (BNTT) when they run: each step has folded parameters of its
 * own, engines and modes have the same bits, files keep what cannot be folded, and whatever takes the steps
 * together is refused.
 */

import t from 'tap';
import { directModel } from '../../lib/convert/directModel.js';
import { toSpikingModel, toTrainableModel } from '../../lib/convert/spikingModel.js';
import { DataError, UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { throughTime } from '../../lib/engine/learn/throughTime.js';
import { MODES } from '../../lib/engine/simulate/simulation.js';
import { bytesOfMoreWeights } from '../../lib/engine/simulate/stepwise.js';
import { decodeModel, encodeModel, type Model } from '../../lib/model/model.js';
import { initialParameters, isStatistic, type Parameters } from '../../lib/net/parameters.js';
import { foldNormalisation } from '../../lib/neuron/foldedNormalisation.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { finetuningStart } from '../../lib/train/finetuneSpiking.js';
import { changedParameters } from '../support/changed.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';

const T = 3;
const unet = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 9);
const image = { data: randomImage(stream(1, 'image'), 32, 32, 1), height: 32, width: 32, channels: 1 };
const example = { image, target: Uint8Array.from({ length: 32 * 32 }, (_, i) => i % 2) };

/** A network whose running averages are those of one example, and gammas differ from step to step. */
function measured() {
  const fresh: Model = { ...unet, parameters: initialParameters(unet.layers, 9) };
  const choice = {
    neuron: findNeuron('lif'),
    steps: T,
    poolings: 'exact',
    batchNormalisation: 'bntt',
  } as const;
  const start = directModel(fresh, choice);
  const { statistics } = referenceEngine.gradient(start, throughTime({ steps: T }), [example]);
  const entries = [...start.parameters].map(([name, values]) => {
    // Of the averages a tenth is the batch: nine tenths of 0 and of 1 go.
    const from = name.endsWith('.variance') ? 0.9 : 0;
    if (isStatistic(name)) return [name, statistics!.get(name)!.map((r) => 10 * (r - from) + 1e-3)] as const;
    const gamma = name.endsWith('.gamma');
    return [name, gamma ? values.map((_, i) => 2 - i / values.length) : values] as const;
  });
  return { ...start, parameters: new Map(entries) };
}

const network = measured();

/** The parameters of a network that has only those of step t. */
const ofStep = (t: number): Parameters =>
  new Map(
    [...network.parameters].map(([name, values]) => {
      if (!/[.](gamma|mean|variance)$/.test(name)) return [name, values];
      const O = values.length / T;
      return [name, values.slice(t * O, (t + 1) * O)];
    }),
  );

t.test('each step has the weights that its own statistics give', async (t) => {
  const { stepParameters, batchNormalisation } = foldNormalisation(network);
  t.equal(batchNormalisation, undefined);
  t.equal(stepParameters?.length, T);
  const shared = { ...network.batchNormalisation!, sharesSteps: true };
  for (const [step, parameters] of stepParameters!.entries())
    t.strictSame(
      parameters,
      foldNormalisation({ ...network, batchNormalisation: shared, parameters: ofStep(step) }).parameters,
    );
  t.not(String(stepParameters![0].get('conv1.weight')), String(stepParameters![1].get('conv1.weight')));
  t.notOk(network.parameters.has('conv1.beta'));
});

t.test('events, dense tensors and engines have the same bits; fewer steps are its first', async (t) => {
  const expected = referenceEngine.prepare(network).simulate(image, { steps: T, mode: 'dense', trace: true });
  t.ok(expected.spikes > 1000, `${expected.spikes} spikes`);
  t.ok([...expected.flows].every(([, flow]) => flow.some((value) => value > 0)));
  for (const [, kernels] of backends) {
    const program = engineOf(kernels).prepare(network);
    for (const mode of MODES) {
      const got = program.simulate(image, { steps: T, mode });
      t.equal(got.spikes, expected.spikes);
      t.doesNotThrow(() => requireSameBits(got.output, expected.output, 'output'));
      for (const [name, flow] of expected.flows)
        t.doesNotThrow(() => requireSameBits(got.flows.get(name)!, flow, name));
    }
    const [first] = program.simulate(image, { steps: 1 }).spikesPerStep.get('relu1')!;
    t.equal(first, expected.spikesPerStep.get('relu1')![0]);
    program.dispose();
  }
});

t.test('the first layer has another current in each step', async (t) => {
  const { currents } = referenceEngine.prepare(network).simulate(image, { steps: T });
  const ofSteps = foldNormalisation(network).stepParameters!.map((parameters) => {
    const plain = { ...network, parameters, batchNormalisation: undefined };
    return referenceEngine.prepare(plain).simulate(image, { steps: 1 }).currents.get('relu1')!;
  });
  const sum = new Float32Array(ofSteps[0].length);
  for (const current of ofSteps) for (const n of sum.keys()) sum[n] += current[n];
  t.doesNotThrow(() => requireSameBits(currents.get('relu1')!, sum, 'relu1'));
  t.not(String(ofSteps[0]), String(ofSteps[1]));
});

t.test('a file keeps it beside the weights, also when it is read to be run', async (t) => {
  const stored = encodeModel(network);
  const { model } = decodeModel(stored, 'file');
  for (const read of [toSpikingModel(model, 'file'), toTrainableModel(model, 'file')]) {
    t.strictSame(read.parameters, network.parameters);
    t.equal(read.batchNormalisation?.name, 'bntt');
    t.strictSame(encodeModel(read), stored);
  }
});

t.test('files that cannot be normalised step by step are refused', async (t) => {
  const read = (changes: Partial<Model>) => () =>
    toSpikingModel(decodeModel(encodeModel({ ...network, ...changes }), 'file').model, 'file');
  const changed = (name: string, values?: Float32Array) => ({
    parameters: changedParameters(network.parameters, name, values),
  });
  const { steps: _, ...notes } = network.notes;
  for (const [changes, message] of [
    [changed('conv2.gamma'), /file: .*tensor conv2.gamma is missing, expected \[6\]/],
    [changed('conv2.mean', new Float32Array(2)), /conv2.mean has shape \[2\], expected \[6\]/],
    [changed('conv2.variance', Float32Array.of(1, 1, 1, 1, 1, -1)), /-1 at 5, expected at least 0/],
    [changed('conv2.beta', new Float32Array(2)), /conv2.beta: batch normalisation bntt has none/],
    [{ notes }, /file: metadata: "steps": missing, expected how many bntt was trained for/],
    [{ notes: { ...notes, steps: '2' } }, /conv1.gamma has shape \[6\], expected \[4\]/],
    [{ notes: { ...notes, steps: '2.5' } }, /"steps": 2.5, expected how many bntt was trained for/],
  ] as const) {
    t.throws(read(changes), message);
    t.throws(read(changes), DataError);
  }
});

t.test('what takes the steps together, or more of them, is refused', async (t) => {
  const program = referenceEngine.prepare(network);
  const refused = (work: () => unknown, message: RegExp) => {
    t.throws(work, message);
    t.throws(work, UsageError);
  };
  refused(
    () => program.simulate(image, { steps: T + 1 }),
    /steps 4: .* was trained for 3: take at most that/,
  );
  refused(() => program.simulate(image, { steps: T, timing: 'delayed' }), /timing delayed: .*: take timing/);
  for (const work of [program.run, program.quantised, (i: typeof image) => program.examine(i, () => 0)])
    refused(() => work(image), /as a U-Net: the network normalises each step on its own/);
  const train = (method: ReturnType<typeof asf>) => () =>
    referenceEngine.gradient(network, method, [example]);
  refused(train(asf({ steps: T })), /ASF-BP: the network normalises .* train it through time$/);
  refused(
    train(throughTime({ steps: 2 })),
    /steps 2: .* bntt has statistics of 3 steps: train it with steps 3/,
  );
  refused(() => finetuningStart(network, 4, {}), /steps 4: .* statistics of 3 steps/);
  t.doesNotThrow(() => finetuningStart(network, T, {}));
});

t.test('the weights of all steps are part of the memory', async (t) => {
  const folded = foldNormalisation(network);
  t.equal(bytesOfMoreWeights({ ...network, batchNormalisation: undefined }), 0);
  const count = (select: (name: string) => boolean) =>
    [...folded.parameters].reduce((sum, [name, { length }]) => sum + (select(name) ? length : 0), 0);
  const output = (name: string) => name.startsWith('conv19.'); // the same in all steps
  const [own, same] = [count((name) => !output(name)), count(output)];
  t.equal(bytesOfMoreWeights(folded), 4 * (3 * (T * own + same) - 2 * (own + same)));
  const bytes = (of: typeof network) =>
    referenceEngine.prepare(of).bytesOf(32, 32, { steps: T, keep: [], mode: 'dense' });
  const plain = { ...network, parameters: folded.parameters, batchNormalisation: undefined };
  t.ok(bytes(network) >= bytes(plain) + bytesOfMoreWeights(folded), 'step by step takes no less');
});
