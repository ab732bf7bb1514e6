/** What layers read: x . weights is the layer's current, and the moments are the same on every engine. */

import t from 'tap';
import { measureInputMoments } from '../../lib/convert/inputMoments.js';
import { codeSums, inputReader } from '../../lib/convert/inputReader.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { withProgram } from '../../lib/engine/door.js';
import { convert } from '../../lib/index.js';
import { codesOf, codesRead } from '../../lib/integer/codes.js';
import { rowStart } from '../../lib/integer/secondMoments.js';
import { outputDims } from '../../lib/net/architecture.js';
import { layerParameters } from '../../lib/net/parameters.js';
import { randomModel } from '../support/networks.js';

const SIDE = 32;
const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const samples = [1, 2].map((number) => drawSample(5, number, `eye${number}`, 1, SIDE));
const { spiking } = convert(unet, samples, { preset: 'one-step', thresholds: 4 });
const codes = codesOf(spiking);

for (const steps of [1, 3])
  t.test(`T=${steps}: x . weights is the summed current of every pixel`, async (t) => {
    const levels = samples[0].input.map((value) => Math.round(255 * value) / 255);
    const image = { data: levels, height: SIDE, width: SIDE, channels: 1 };
    const engine = chooseEngine();
    const simulation = withProgram(engine, spiking, (program) => program.simulate(image, { steps }));
    const sums = codeSums(simulation, levels, codes);
    for (const layer of spiking.layers.filter(({ op, output }) => op.hasWeights && output !== 'output')) {
      const { weight, bias } = layerParameters(spiking.parameters, layer);
      const units = codesRead(layer, codes).map(({ unit }) => unit);
      const read = inputReader(layer, sums, [SIDE, SIDE], steps);
      const { height, width, channels: O } = outputDims(layer, SIDE, SIDE);
      const currents = simulation.currents.get(layer.output)!;
      let worst = 0;
      for (let pixel = 0; pixel < height * width; pixel++) {
        const x = read(Math.floor(pixel / width), pixel % width);
        for (let o = 0; o < O; o++) {
          let sum = bias[o] * x[x.length - 1];
          for (let k = 0; k < x.length - 1; k++) sum += weight[k * O + o] * x[k] * units[k % units.length];
          worst = Math.max(worst, Math.abs(sum - currents[pixel * O + o]));
        }
      }
      t.ok(worst < 1e-4, `${layer.name}: ${worst}`);
    }
  });

t.test('moments: of all layers but the output, the same numbers on every engine', async (t) => {
  const [one, two, slow] = [chooseEngine(), chooseEngine(undefined, 3), chooseEngine('reference')].map(
    (engine) => measureInputMoments(engine, spiking, samples, { steps: 1 }),
  );
  t.equal(one.size, 22);
  t.same(two, one);
  t.same(slow, one);
  const { size, sums } = one.get('conv11')!;
  t.equal(size, 9 * 16 + 1, 'convtranspose1 and relu8 have 8 channels each');
  t.equal(sums[rowStart(size - 1) + size - 1], 16_384, 'the bias reads 1 at every pixel');
  t.ok(sums.every((sum) => Number.isInteger(sum)));
});

t.test('rounding compensated: currents are nearer to those of the network in float32', async (t) => {
  const common = { preset: 'one-step', thresholds: 4, lambdaFloor: 1 };
  const float = convert(unet, samples, common).spiking;
  const errors = (['nearest', 'compensated'] as const).map((rounding) => {
    const whole = convert(unet, samples, { ...common, bits: 5, rounding }).spiking;
    const [exact, rounded] = [float, whole].map((network) => {
      const image = { data: samples[0].input, height: SIDE, width: SIDE, channels: 1 };
      return withProgram(
        chooseEngine(),
        network,
        (program) => program.simulate(image, { steps: 1 }).currents.get('relu4')!,
      );
    });
    return exact.reduce((sum, value, n) => sum + (value - rounded[n]) ** 2, 0);
  });
  t.ok(errors[1] < errors[0] / 2, `${errors}`);
});

t.test('rounding compensated: said in the notes, only with a number of bits', async (t) => {
  const whole = (rounding?: 'nearest' | 'compensated') =>
    convert(unet, samples, { preset: 'one-step', thresholds: 4, bits: 5, lambdaFloor: 1, rounding }).spiking;
  const [plain, own] = [whole(), whole('compensated')];
  t.equal(plain.notes.rounding, undefined);
  t.equal(own.notes.rounding, 'compensated');
  t.same(own.parameters.get('conv4.divisor'), plain.parameters.get('conv4.divisor'));
  t.notSame(own.parameters.get('conv4.weight'), plain.parameters.get('conv4.weight'));
  t.same(own.parameters.get('conv19.weight'), plain.parameters.get('conv19.weight'), 'it has 16 bits');
  for (const bits of [undefined, 'auto'] as const)
    t.throws(() => convert(unet, samples, { bits, rounding: 'compensated' }), {
      message: /^rounding: is for a number of bits/,
    });
});
