/**
 * The conversion against PyTorch and numpy in float64 (fixtures/make/conversion.py): lambdas, and the weights
 * that the paper's two normalisations and those of the authors' code make of them. A file of other rules has
 * only the tensors that come out differently.
 */

import t from 'tap';
import { normaliseModel } from '../../lib/convert/normaliseModel.js';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { PAPER_SCALES, type ScaleChoices } from '../../lib/official/scaleChoices.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenFile, goldenTensor, imageOf, requireGolden } from '../engine/kernel/golden.js';
import { goldenModel, withoutPrefix } from '../engine/kernel/network.js';
import { engineOf } from '../support/engine.js';

const FILE = 'unet/conversion_w1';
const OFFICIAL = `${FILE}_official`;
const percent = Number(goldenFile(FILE).metadata.percentile);
const { model, tensors } = goldenModel(FILE);
const goldens = new Map([
  [FILE, tensors],
  [OFFICIAL, goldenFile(OFFICIAL).tensors],
]);
const images = [...withoutPrefix(tensors, 'image.').values()].map((image) => {
  const [, height, width] = image.shape;
  return { input: imageOf(image), height, width };
});

/** The golden tensors of each normalisation: those of the first prefix that has a parameter. */
const normalisations: {
  title: string;
  norm: string;
  choices: ScaleChoices;
  from: [file: string, prefix: string][];
  different: string[];
}[] = [
  {
    title: 'connection-wise (Eq. 8)',
    norm: 'connection',
    choices: PAPER_SCALES,
    from: [[FILE, 'connection.']],
    different: model.layers.flatMap(({ name, op }) =>
      !op.hasWeights ? [] : [`${name}.weight`, `${name}.bias`],
    ),
  },
  {
    title: 'layer-wise (Eq. 7)',
    norm: 'layer',
    choices: PAPER_SCALES,
    from: [
      [FILE, 'layer.'],
      [FILE, 'connection.'],
    ],
    different: ['conv11.weight', 'conv13.weight', 'conv15.weight', 'conv17.weight'],
  },
  {
    title: "connection-wise with the short slices of the authors' code",
    norm: 'connection',
    choices: { ...PAPER_SCALES, slices: 'short' },
    from: [
      [OFFICIAL, 'connection.'],
      [FILE, 'connection.'],
    ],
    different: ['conv11.weight', 'conv13.weight', 'conv15.weight', 'conv17.weight'],
  },
  {
    title: "layer-wise with the lambdas of the authors' code, of what a layer reads",
    norm: 'layer',
    choices: { ...PAPER_SCALES, layerInput: 'tensor' },
    from: [
      [OFFICIAL, 'layer.'],
      [FILE, 'layer.'],
      [FILE, 'connection.'],
    ],
    different: ['conv3.weight', 'conv5.weight', 'conv7.weight', 'conv9.weight'],
  },
];

for (const [engine, kernels] of backends) {
  const lambdas = measureLambdas(engineOf(kernels), model, images, percent);

  t.test(`${engine}: every lambda is numpy's percentile`, async (t) => {
    const names = [];
    for (const [file, tensors] of goldens) {
      for (const [name, { data }] of withoutPrefix(tensors, 'lambda.')) {
        requireGolden(t, [lambdas.get(name)!], data, `${file}:lambda.${name}`);
        names.push(name);
      }
    }
    t.strictSame([...lambdas.keys()].sort(), names.sort());
    t.equal(lambdas.get('relu9'), 1, 'a layer that never fires');
  });

  for (const { title, norm, choices, from, different } of normalisations) {
    t.test(`${engine}: parameters are PyTorch's, ${title}`, async (t) => {
      const { parameters } = normaliseModel(model, lambdas, norm, choices);
      const own = [];
      for (const [name, { data }] of unpackParameters(model.layers, parameters)) {
        const [file, prefix] = from.find(([file, prefix]) => goldens.get(file)!.has(prefix + name))!;
        const tensor = goldenTensor(goldens.get(file)!, prefix + name);
        requireGolden(t, data, tensor.data, `${file}:${prefix}${name}`);
        if (file === from[0][0] && prefix === from[0][1]) own.push(name);
      }
      t.strictSame(own, different, 'what comes out differently');
    });
  }
}
