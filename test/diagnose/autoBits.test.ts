/** The search for bits of weights: with losses that are known, and on a network in whole numbers. */

import t from 'tap';
import { withBits } from '../../lib/convert/spikingModel.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import { chooseBits } from '../../lib/diagnose/autoBits.js';
import { type ConvertedModel, convert } from '../../lib/index.js';
import { bitsOfLayer } from '../../lib/integer/bitWidths.js';
import { randomModel } from '../support/networks.js';

const unet = randomModel({ task: 'segment', width: 1, channels: 1, classes: 2 });
const samples = [1, 2].map((number) => drawSample(5, number, `eye${number}`, 1, 32));
const { spiking } = convert(unet, samples, { preset: 'one-step', thresholds: 3, lambdaFloor: 1 });
const chosenLayers = spiking.layers.filter(({ op, name }) => op.hasWeights && name !== 'conv19');

/** Loss 1 for every bit that a layer has less than `needed` says. */
const missing = (needed: (name: string) => number) => (whole: ConvertedModel) =>
  chosenLayers.reduce((sum, layer) => {
    const { bits, bitsOf } = whole.conversion;
    return sum + Math.max(0, needed(layer.name) - bitsOfLayer({ bits: bits!, bitsOf }, layer));
  }, 0);

t.test('all layers get as many bits as the neediest, then each as few as it needs', async (t) => {
  const done: number[] = [];
  const needed = (name: string) => (name === 'conv9' ? 9 : name === 'conv3' ? 10 : 8);
  const lossOf = missing(needed);
  const chosen = chooseBits({ converted: () => spiking, lossOf, tolerance: 0, onLayer: (n) => done.push(n) });
  t.match(chosen, { bits: 10, loss: 0, reached: true });
  for (const layer of chosenLayers) t.equal(bitsOfLayer(chosen, layer), needed(layer.name), layer.name);
  t.strictSame(chosen.spiking.parameters, withBits(spiking, chosen).parameters);
  t.equal(done.length, chosenLayers.length);
});

t.test('a tolerance that is not reached is said, with the most bits', async (t) => {
  const chosen = chooseBits({ converted: () => spiking, lossOf: () => 1, tolerance: 0.5 });
  t.match(chosen, { bits: 16, bitsOf: {}, loss: 1, reached: false });
});

t.test('each number of bits is tried on the network that was converted for it', async (t) => {
  const asked: number[] = [];
  const converted = (bits: number) => {
    asked.push(bits);
    return spiking;
  };
  chooseBits({ converted, lossOf: missing(() => 8), tolerance: 0 });
  t.strictSame(asked, [4, 5, 6, 7, 8, 8]);
});

t.test('bits auto: within the tolerance on the images, and no layer could have fewer', async (t) => {
  const { autoBits, spiking: whole } = convert(unet, samples, {
    preset: 'one-step',
    bits: 'auto',
    tolerance: 0.1,
  });
  t.ok(autoBits?.reached && autoBits.loss <= 0.1);
  t.equal(whole.bits, autoBits!.bits);
  t.strictSame(whole.bitsOf, autoBits!.bitsOf);
  t.match(autoBits, { tolerance: 0.1, images: 2 });
});
