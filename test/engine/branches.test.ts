/**
 * Engines run an unknown architecture: sums, three inputs, stride, dilation, a layer that reads the image and
 * spikes. It is compared with the paper's text (loops over the same layers): the same bits, for the forward
 * pass, the simulation and ASF-BP.
 */

import t from 'tap';
import { stream } from '../../lib/core/rng.js';
import { asf } from '../../lib/engine/learn/asfMethod.js';
import { backprop } from '../../lib/engine/learn/backprop.js';
import { unetRun } from '../../lib/engine/predict.js';
import { spikingRun } from '../../lib/engine/readout.js';
import { patchwiseRun, receptiveMargin, tiledRun } from '../../lib/engine/tiles.js';
import { inputSize, type Layer, OUTPUT } from '../../lib/net/architecture.js';
import { hasRelu } from '../../lib/net/network.js';
import { findNeuron, neuronParameters } from '../../lib/neuron/index.js';
import { asfGradient } from '../../lib/paper/asf.js';
import { segmentationLoss } from '../../lib/paper/loss.js';
import { simulate, type Update, withThresholds } from '../../lib/paper/simulate.js';
import { branchesNetwork } from '../support/branches.js';
import { engineOf, floatImage } from '../support/engine.js';
import { randomImage } from '../support/networks.js';
import { backends } from './kernel/backends.js';
import { requireSameBits } from './kernel/bits.js';

const [HEIGHT, WIDTH, STEPS] = [12, 8, 3];
const thresholds = [1, 0.5, 0.25];
const unet = branchesNetwork({ task: 'segment', width: 3, channels: 2, classes: 3 }, 3);
const neuron = findNeuron('mt');
const spiking = { ...unet, neuron, neuronParameters: neuronParameters(neuron, { thresholds }) };
const random = stream(9, 'branches');
const data = randomImage(random, HEIGHT, WIDTH, 2);
const image = floatImage(data, HEIGHT, WIDTH);
const target = Uint8Array.from({ length: HEIGHT * WIDTH }, () => random.integer(3));
const loss = (prediction: Float32Array) => segmentationLoss(prediction, target);

/** A ReLU in place of the neurons: over one step the text is then the U-Net. */
const relu: Update = (_V, C, layer: Layer) => ({
  o: hasRelu(layer) ? C.map((c) => Math.max(0, c)) : C.slice(),
  s: new Uint8Array(C.length),
});

for (const [name, kernels] of backends) {
  const engine = engineOf(kernels);

  t.test(`${name}: the forward pass and back-propagation`, async (t) => {
    const { Iin } = simulate(unet, data, [HEIGHT, WIDTH], 1, relu);
    const output = unetRun(engine.prepare(unet))(image).output;
    t.doesNotThrow(() => requireSameBits(output, Iin.get(OUTPUT)!, 'output'));
    const text = asfGradient(unet, data, [HEIGHT, WIDTH], 1, relu, loss);
    const { loss: value, gradients } = engine.gradient(unet, backprop, [{ image, target }]);
    t.equal(value, text.loss);
    for (const [layer, { weight, bias }] of text.byLayer) {
      t.doesNotThrow(() => requireSameBits(gradients.get(`${layer}.weight`)!, weight, `${layer}.weight`));
      t.doesNotThrow(() => requireSameBits(gradients.get(`${layer}.bias`)!, bias, `${layer}.bias`));
    }
  });

  t.test(`${name}: the simulation, and ASF-BP`, async (t) => {
    const update = withThresholds(thresholds);
    const text = simulate(spiking, data, [HEIGHT, WIDTH], STEPS, update);
    for (const mode of ['dense', 'event', 'auto'] as const) {
      const fast = engine.prepare(spiking).simulate(image, { steps: STEPS, mode });
      t.equal(fast.spikes, text.spikes, mode);
      t.doesNotThrow(() => requireSameBits(fast.output, text.Iin.get(OUTPUT)!, 'output'));
      for (const [signal, flow] of fast.flows)
        t.doesNotThrow(() => requireSameBits(flow, text.Iout.get(signal)!, signal));
    }
    const gradients = asfGradient(spiking, data, [HEIGHT, WIDTH], STEPS, update, loss);
    const fast = engine.gradient(spiking, asf({ steps: STEPS }), [{ image, target }]);
    t.equal(fast.loss, gradients.loss);
    for (const [layer, { weight, bias }] of gradients.byLayer) {
      t.doesNotThrow(() => requireSameBits(fast.gradients.get(`${layer}.weight`)!, weight, layer));
      t.doesNotThrow(() => requireSameBits(fast.gradients.get(`${layer}.bias`)!, bias, layer));
    }
  });

  t.test(`${name}: at one step delayed timing is the other one`, async (t) => {
    const program = engine.prepare(spiking);
    const [same, delayed] = (['same', 'delayed'] as const).map((timing) =>
      program.simulate(image, { steps: 1, timing }),
    );
    t.equal(delayed.spikes, same.spikes);
    t.doesNotThrow(() => requireSameBits(delayed.output, same.output, 'output'));
  });

  t.test(`${name}: tiles with the margin of the network have the bits of the whole`, async (t) => {
    const [height, width] = [48, 64];
    const large = floatImage(randomImage(stream(2, 'large'), height, width, 2), height, width);
    const whole = unetRun(engine.prepare(unet));
    const bytesOf = (h: number, w: number) => 4 * h * w;
    const margin = receptiveMargin(unet.layers);
    t.ok(margin % 4 === 0 && margin >= 8 && margin < 32, `a margin of ${margin}`);
    const limit = { bytes: bytesOf(48, 60), bytesOf };
    const tiled = tiledRun(whole, unet.layers, limit)(large);
    t.doesNotThrow(() => requireSameBits(tiled.output, whole(large).output, 'in tiles'));
  });

  t.test(
    `${name}: a picture of odd size is that picture padded to multiples of 4, and so in tiles`,
    async (t) => {
      const [height, width, K] = [45, 57, 3];
      const pixels = randomImage(stream(4, 'odd'), height, width, 2);
      const mirrored = (i: number, extent: number) => (i < extent ? i : 2 * (extent - 1) - i);
      const padded = Float32Array.from({ length: 48 * 60 * 2 }, (_, i) => {
        const [y, x] = [Math.floor(i / 120), Math.floor(i / 2) % 60];
        return pixels[(mirrored(y, height) * width + mirrored(x, width)) * 2 + (i % 2)];
      });
      const cropped = (output: Float32Array) =>
        Float32Array.from({ length: height * width * K }, (_, i) => {
          const [y, x] = [Math.floor(i / (width * K)), Math.floor(i / K) % width];
          return output[(y * 60 + x) * K + (i % K)];
        });
      const program = engine.prepare(spiking);
      const whole = program.simulate(floatImage(padded, 48, 60), { steps: 2 });
      const run = spikingRun(program, 'segment', { steps: 2 });
      const bytesOf = (h: number, w: number) => 4 * h * w;
      const tiled = tiledRun(run, unet.layers, { bytes: bytesOf(48, 60), bytesOf });
      for (const { output, spikes } of [run, tiled].map((each) => each(floatImage(pixels, height, width)))) {
        t.doesNotThrow(() => requireSameBits(output, cropped(whole.output), 'output'));
        t.equal(spikes, whole.spikes);
      }
      t.throws(() => patchwiseRun(run, unet.layers, 30), /^patch 30: expected a multiple of 4/);
    },
  );

  t.test(`${name}: sides that the operations do not divide are refused`, async (t) => {
    const odd = floatImage(randomImage(random, 12, 6, 2), 12, 6);
    t.throws(() => engine.prepare(unet).run(odd), /is 12x6 \(height x width\), expected multiples of 4/);
  });
}

t.test('layers of other scales', async (t) => {
  const scales = unet.layers.map((layer) => inputSize(layer, 16, 8).height);
  t.strictSame(scales, [16, 16, 8, 8, 8, 4, 8, 8, 8, 8, 16, 16]);
});
