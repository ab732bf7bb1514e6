import t from 'tap';
import { convertModel } from '../../lib/convert/conversion.js';
import { toSpikingModel } from '../../lib/convert/spikingModel.js';
import { measureActivations } from '../../lib/convert/statistics.js';
import { UsageError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { convertAutomatically } from '../../lib/diagnose/autoThresholds.js';
import { checkConversion } from '../../lib/diagnose/checkConversion.js';
import { measureLayers } from '../../lib/diagnose/layerTable.js';
import { chooseKernels, engines, useHost } from '../../lib/engine/choose.js';
import { argmax } from '../../lib/engine/predict.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { decodeModel, encodeModel } from '../../lib/model/model.js';
import { OUTPUT } from '../../lib/net/architecture.js';
import { hasNeuron, signalOf } from '../../lib/net/network.js';
import { exact } from '../../lib/neuron/exact.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { optimalThresholds } from '../../lib/paper/thresholds.js';
import type { Sample } from '../../lib/picture/sample.js';
import { engineOf } from '../support/engine.js';
import { randomImage, randomModel } from '../support/networks.js';

// The fastest: what is decided here does not depend on the engine, as one of the tests shows.
useHost(nodeHost);
const kernels = chooseKernels();
const engine = engineOf(kernels);
const [height, width] = [16, 48];
// Its output has all classes.
const unet = randomModel({ task: 'segment', width: 2, channels: 1, classes: 3 }, 24);
const images = [0, 1].map((i) => ({
  name: `image ${i}`,
  input: randomImage(stream(2, 'image', i), height, width, 1),
  height,
  width,
}));
const measured = measureActivations(engine, unet, images, { lowest: 99.9, channels: true });
const plan = {
  neuron: findNeuron('mt'),
  initialPotential: 'half',
  normalisation: 'channel',
  percentile: 99.9,
} as const;
const kindOf = (count: number) => {
  const thresholds = optimalThresholds(count);
  const initialPotential = findNeuron('mt').half(thresholds);
  return {
    neuron: findNeuron('mt'),
    parameters: neuronParameters(findNeuron('mt'), { thresholds, initialPotential }),
  };
};
const lambdas = (signal: string) => measured.channelLambdas(signal, 99.9);

t.test(
  'one layer alone: the table has the error of a spiking network whose other layers are exact',
  async (t) => {
    const table = measureLayers(engine, unet, images.slice(0, 1), { kindOf, steps: 1, lambdas });
    const [{ input }] = images;
    const truth = signalOf(forward({ kernels, network: unet, height, width }, input), OUTPUT);
    const spiking = convertModel(unet, measured, { ...plan, thresholds: optimalThresholds(3) });
    for (const layer of unet.layers.filter(hasNeuron)) {
      const otherNeurons = new Map(
        unet.layers.flatMap(({ output }) => (output === layer.output ? [] : [[output, exact] as const])),
      );
      const network = { ...spiking, otherNeurons };
      const { output, spikes } = simulate({ kernels, network, height, width }, input, {
        steps: 1,
        mode: 'dense',
      });
      const error = output.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0);
      const { costs } = table.find(({ signal }) => signal === layer.output)!;
      t.equal(costs[1].thresholds, 3);
      t.ok(
        Math.abs(costs[1].error - error) <= 1e-3 * error + 1e-9,
        `${layer.output}: ${costs[1].error}, ${error}`,
      );
      t.equal(costs[1].spikes, spikes, layer.output);
    }
  },
);

t.test('auto: keeps to the tolerance on real runs, and is the same on every engine', async (t) => {
  const share = (spiking: ReturnType<typeof convertModel>) => {
    let differing = 0;
    for (const { input } of images) {
      const truth = argmax(signalOf(forward({ kernels, network: unet, height, width }, input), OUTPUT), 3);
      const { output } = simulate({ kernels, network: spiking, height, width }, input, {
        steps: 1,
        mode: 'dense',
      });
      argmax(output, 3).forEach((id, p) => {
        if (id !== truth[p]) differing++;
      });
    }
    return differing / (images.length * height * width);
  };
  const options = { tolerance: 0.03, steps: 1, fixed: new Map([['relu3', 5]]) };
  const chosen = Object.keys(engines).map((name) =>
    convertAutomatically(engineOf(chooseKernels(name, 2)), unet, measured, images, plan, options),
  );
  const [{ spiking, loss, reached, layers, assignment }] = chosen;
  t.ok(reached);
  t.ok(loss > 0 && loss <= 0.03 && share(spiking) === loss, `${loss} of the pixels differ`);
  t.equal(assignment.get('relu3'), 5);
  t.ok(new Set(assignment.values()).size > 1, 'layers differ');
  t.equal(layers.length, 26);
  for (const other of chosen) t.strictSame([...other.assignment], [...assignment]);
  const all = convertAutomatically(engine, unet, measured, images, plan, {
    ...options,
    tolerance: 0,
  });
  t.equal(all.reached, false);
  t.throws(
    () =>
      convertAutomatically(engine, unet, measured, images, { ...plan, neuron: findNeuron('if') }, options),
    UsageError,
  );
});

const samples: Sample[] = images.map((image) => ({
  ...image,
  channels: 1,
  picture: { height, width, channels: 1, data: new Uint8Array(height * width) },
}));
const options = { steps: 1, sigma: 25, seed: 1 };

t.test('check: a network from a file of its own has the scores that it has in memory', async (t) => {
  const spiking = convertModel(unet, measured, { ...plan, thresholds: optimalThresholds(4) });
  const { model } = decodeModel(encodeModel(spiking), 'x');
  const fromFile = checkConversion(engine, { unet, spiking: toSpikingModel(model, 'x') }, samples, options);
  t.strictSame(fromFile, checkConversion(engine, { unet, spiking }, samples, options));
  t.ok(new Set(fromFile.layers.map(({ exactUpTo }) => exactUpTo)).size > 5);
});

t.test('check: silent channels of a network whose layers have one lambda each', async (t) => {
  const lambda = { ...plan, normalisation: 'layer', thresholds: [0.5] } as const;
  const spiking = convertModel(unet, measured, lambda);
  const { layers } = checkConversion(engine, { unet, spiking }, samples, options);
  const fired = new Map(layers.map(({ signal, channels }) => [signal, new Uint8Array(channels)]));
  for (const { input } of images) {
    const { spikeCounts } = simulate({ kernels, network: spiking, height, width }, input, {
      ...{ steps: 1, mode: 'dense', keep: ['spikeCounts'] },
    });
    for (const [signal, channels] of fired)
      spikeCounts.get(signal)!.forEach((count, n) => {
        if (count > 0) channels[n % channels.length] = 1;
      });
  }
  for (const { output, channelsOut } of unet.layers.filter(hasNeuron)) {
    const { channels, silent } = layers.find(({ signal }) => signal === output)!;
    t.equal(channels, channelsOut, output);
    t.equal(silent, channelsOut - fired.get(output)!.reduce((sum, once) => sum + once, 0), output);
  }
  t.ok(layers.some(({ silent, channels }) => silent > 0 && silent < channels));
});

t.test('check: names the layer that clips, and where the loss begins', async (t) => {
  const good = convertModel(unet, measured, { ...plan, thresholds: optimalThresholds(8) });
  const fine = checkConversion(engine, { unet, spiking: good }, samples, options);
  t.equal(fine.against, "the U-Net's answer");
  t.equal(fine.unet, 1);
  t.equal(fine.layers.length, 26);
  t.ok(fine.spiking > 0.98 && fine.layers.every(({ alone }) => alone > 0.98));
  t.equal(fine.layers.at(-1)!.exactUpTo, 1, 'everything is exact');
  t.ok(fine.layers.every(({ error }) => error > 0 && error < 0.1));
  // lambda of relu17 ten times too small, as on clean pictures: it clips, and all that is lost is lost there
  const small = {
    ...measured,
    channelLambdas: (signal: string, percent: number) =>
      measured.channelLambdas(signal, percent).map((lambda) => (signal === 'relu17' ? lambda / 10 : lambda)),
  };
  const bad = convertModel(unet, small, { ...plan, thresholds: optimalThresholds(8) });
  const { layers, spiking } = checkConversion(engine, { unet, spiking: bad }, samples, options);
  const worst = layers.reduce((a, b) => (b.alone < a.alone ? b : a));
  t.equal(worst.signal, 'relu17');
  t.ok(spiking < 0.9 && worst.clipped > 0.2, `score ${spiking}, clipped ${worst.clipped}`);
  const at = layers.indexOf(worst);
  t.ok(layers[at - 1].exactUpTo < 0.9 && layers[at].exactUpTo > 0.98);
});
