/** Compensated rounding: what layers read, and whole numbers that make up for the errors of those before. */

import t from 'tap';
import { compensated } from '../../lib/convert/compensated.js';
import { codeSums, inputReader } from '../../lib/convert/inputReader.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { chooseEngine } from '../../lib/engine/choose.js';
import { withProgram } from '../../lib/engine/door.js';
import { convert } from '../../lib/index.js';
import { codesOf, codesRead } from '../../lib/integer/codes.js';
import { quantiseParameters } from '../../lib/integer/quantise.js';
import type { Rounding } from '../../lib/integer/rounding.js';
import { parametersInVolts } from '../../lib/integer/volts.js';
import { outputDims } from '../../lib/net/architecture.js';
import { layerParameters, type Parameters } from '../../lib/net/parameters.js';
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

t.test('the same numbers on every engine; the output is rounded to the nearest', async (t) => {
  const seen: number[] = [];
  const onLayer = (done: number) => seen.push(done);
  const [one, two, slow] = [chooseEngine(), chooseEngine(undefined, 3), chooseEngine('reference')].map(
    (engine) =>
      quantiseParameters(
        spiking,
        { bits: 6 },
        compensated(engine, spiking, samples, { steps: 1, pixels: 2000, onLayer }),
      ),
  );
  t.same(
    seen.slice(0, 22),
    [...Array(22).keys()].map((layer) => layer + 1),
  );
  t.same(two, one);
  t.same(slow, one);
  const used = compensated(chooseEngine(), spiking, samples, { steps: 1, pixels: 200 });
  quantiseParameters(spiking, { bits: 6 }, used);
  t.throws(() => quantiseParameters(spiking, { bits: 6 }, used), { message: /^conv1: .* once$/ });
  const nearest = quantiseParameters(spiking, { bits: 6 });
  for (const part of ['weight', 'bias', 'divisor'])
    t.same(one.get(`conv19.${part}`), nearest.get(`conv19.${part}`), 'it has 16 bits');
});

t.test('rounding compensated: currents are nearer to those of the network in float32', async (t) => {
  const common = { preset: 'one-step', thresholds: 4, lambdaFloor: 1 };
  const networks = [
    convert(unet, samples, common),
    ...(['nearest', 'compensated'] as const).map((rounding) =>
      convert(unet, samples, { ...common, bits: 5, rounding }),
    ),
  ];
  const image = { data: samples[0].input, height: SIDE, width: SIDE, channels: 1 };
  const runs = networks.map(({ spiking }) =>
    withProgram(chooseEngine(), spiking, (program) => program.simulate(image, { steps: 1 }).currents),
  );
  for (const signal of ['relu4', 'relu11', 'relu18']) {
    const [exact, ...rounded] = runs.map((currents) => currents.get(signal)!);
    const [nearest, own] = rounded.map((values) =>
      exact.reduce((sum, value, n) => sum + (value - values[n]) ** 2, 0),
    );
    t.ok(own < nearest / 2, `${signal}: ${own} < ${nearest} / 2`);
  }
});

t.test('what it reads is rounded already: layer by layer leaves less than each layer alone', async (t) => {
  const engine = chooseEngine();
  const { spiking } = convert(unet, samples, { preset: 'one-step', thresholds: 4, lambdaFloor: 0.5 });
  const round = () => compensated(engine, spiking, samples, { steps: 1, pixels: 2000 });
  const rules: Rounding[] = [round(), (layer, exact) => round()(layer, exact)];
  const image = { data: samples[1].input, height: SIDE, width: SIDE, channels: 1 };
  const currentsWith = (parameters: Parameters) =>
    withProgram(engine, { ...spiking, parameters }, (program) =>
      program.simulate(image, { steps: 1 }),
    ).currents.get('relu18')!;
  const exact = currentsWith(spiking.parameters);
  const [inOrder, alone] = rules.map((rule) => {
    const parameters = quantiseParameters(spiking, { bits: 5 }, rule);
    const currents = currentsWith(parametersInVolts({ ...spiking, parameters }));
    return exact.reduce((sum, value, n) => sum + (value - currents[n]) ** 2, 0);
  });
  t.ok(inOrder < alone / 1.5, `${inOrder} < ${alone} / 1.5`);
});

t.test('rounding compensated: said in the notes, only with a number of bits', async (t) => {
  const whole = (rounding?: 'nearest' | 'compensated') =>
    convert(unet, samples, { preset: 'one-step', thresholds: 4, bits: 5, lambdaFloor: 1, rounding }).spiking;
  const [plain, own] = [whole(), whole('compensated')];
  t.equal(plain.notes.rounding, undefined);
  t.equal(own.notes.rounding, 'compensated');
  t.notSame(own.parameters.get('conv4.weight'), plain.parameters.get('conv4.weight'));
  t.same(own.parameters.get('conv19.weight'), plain.parameters.get('conv19.weight'), 'it has 16 bits');
  for (const bits of [undefined, 'auto'] as const)
    t.throws(() => convert(unet, samples, { bits, rounding: 'compensated' }), {
      message: /^rounding: is for a number of bits/,
    });
});
