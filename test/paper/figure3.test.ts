/** Fig. 3: after skip connections, activations of the U-Net against spike rates with either normalisation. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { toUnet, withNeurons } from '../../lib/convert/spikingModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { chooseKernels, useHost } from '../../lib/engine/choose.js';
import { forward } from '../../lib/engine/simulate/forward.js';
import { simulate } from '../../lib/engine/simulate/simulateNetwork.js';
import { decodeModel } from '../../lib/model/model.js';
import { signalOf } from '../../lib/net/network.js';
import { findNeuron } from '../../lib/neuron/index.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { readImage } from '../../lib/node/pictureFiles.js';
import { preprocess } from '../../lib/picture/preprocess.js';
import { engineOf } from '../support/engine.js';

/** The 11th, 13th, 15th and 17th convolution: each reads a skip connection and the decoder stage below. */
const BEHIND_SKIPS = [11, 13, 15, 17];
const SIDE = 64;
const STEPS = 100;

const path = 'fixtures/models/drive.safetensors';
useHost(nodeHost);
const kernels = chooseKernels();
const model = toUnet(decodeModel(readFileSync(path), path).model, path);
const input = vesselsOf('fixtures/samples/fundus.png');
const lambdas = measureLambdas(engineOf(kernels), model, [{ input, height: SIDE, width: SIDE }], 99.9);
const activations = forward({ kernels, network: model, height: SIDE, width: SIDE }, input);

/** [S,S] around the optic disc, where there is most to see. */
function vesselsOf(file: string): Float32Array {
  const picture = readImage(file);
  const whole = preprocess('drive', picture, 1);
  const [top, left] = [96, 152];
  return Float32Array.from(
    { length: SIDE * SIDE },
    (_, p) => whole[(top + Math.floor(p / SIDE)) * picture.width + left + (p % SIDE)],
  );
}

/** Pearson's r: 1 where one is a linear function of the other. */
function correlation(a: Float32Array, b: Float32Array): number {
  const centred = (values: Float32Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return Float64Array.from(values, (value) => value - mean);
  };
  const [x, y] = [centred(a), centred(b)];
  return x.reduce((sum, value, i) => sum + value * y[i], 0) / (Math.hypot(...x) * Math.hypot(...y));
}

/** r of activations and flows after each skip connection. */
function linearity(normalisation: string): number[] {
  const choice = { neuron: findNeuron('mt'), normalisation, percentile: 99.9, initialPotential: 0 };
  const network = withNeurons(model, normaliseModel(model, lambdas, normalisation), choice);
  const { flows } = simulate({ kernels, network, height: SIDE, width: SIDE }, input, {
    steps: STEPS,
    mode: 'auto',
  });
  return BEHIND_SKIPS.map((n) => correlation(signalOf(activations, `relu${n}`), flows.get(`relu${n}`)!));
}

t.test('Fig. 3: spike rates are linear in activations connection-wise, and less so layer-wise', async (t) => {
  const [connection, layer] = ['connection', 'layer'].map(linearity);
  for (const [i, n] of BEHIND_SKIPS.entries()) {
    t.ok(connection[i] > 0.995, `conv${n}, connection-wise: r = ${connection[i]}`);
    t.ok(layer[i] < 0.96, `conv${n}, layer-wise: r = ${layer[i]}`);
  }
});
