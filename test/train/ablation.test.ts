/** The ablation: each variant changes what it is about, and nothing else. */

import t from 'tap';
import { measureLambdas } from '../../lib/convert/statistics.js';
import { drawSample } from '../../lib/data/twin/synthDrive.js';
import type { Kernels } from '../../lib/engine/kernels/contract.js';
import { reference } from '../../lib/engine/reference/index.js';
import { type AblationRow, ablate, variants } from '../../lib/train/ablation.js';
import { backends } from '../engine/kernel/backends.js';
import { engineOf, referenceEngine } from '../support/engine.js';
import { randomModel } from '../support/networks.js';

const unet = randomModel({ task: 'segment', width: 2, channels: 1, classes: 2 }, 4);
const sample = drawSample(1, 1, 'eye', 1);
const side = 48;
const cut = (values: Float32Array | Uint8Array) => {
  const row = (y: number) =>
    values.slice((y + 96) * sample.width + 96, (y + 96) * sample.width + 96 + side - 4);
  return Array.from({ length: side }, (_, y) => [...row(y)]).flat();
};
const small = {
  ...sample,
  height: side,
  width: side - 4,
  input: Float32Array.from(cut(sample.input)),
  label: Uint8Array.from(cut(sample.label!)),
  fov: new Uint8Array(side * (side - 4)).fill(1),
};
const lambdas = measureLambdas(referenceEngine, unet, [small], 99.9);
const task = { unet, lambdas, samples: [small], patchSize: 32, steps: 6, sigma: 25, seed: 1 };

t.test(
  'the table begins with the paper, and names each variant once, behind what it is against',
  async (t) => {
    const names = variants.map(({ name }) => name);
    t.equal(names[0], variants[0].against);
    t.equal(new Set(names).size, names.length);
    for (const [i, { against }] of variants.entries()) t.ok(names.indexOf(against) <= i, names[i]);
  },
);

t.test('a variant is done before the next one: what an engine keeps of its weights is gone', async (t) => {
  let [held, most] = [0, 0];
  const counting: Kernels = {
    ...reference,
    hold: () => {
      held += 1;
      most = Math.max(most, held);
      return () => {
        held -= 1;
      };
    },
  };
  const between = new Set<number>();
  ablate(engineOf(counting), { ...task, steps: 1 }, () => between.add(held));
  t.strictSame([...between], [0], 'held between two variants');
  t.equal(most, 1, 'but within them they are packed once');
});

for (const [engine, kernels] of backends) {
  t.test(`${engine}: a choice moves outputs, spikes or gradients as it should`, async (t) => {
    const rows = new Map(ablate(engineOf(kernels), task).map((row) => [row.name, row]));
    t.equal(rows.size, variants.length);
    const row = (name: string) => rows.get(name) as AblationRow;
    const paper = row('connection-wise');
    t.match(paper, { outputChange: 0, gradientChange: 0 });
    t.ok(paper.spikes > 0 && paper.loss > 0);
    for (const name of ['flow-bias once', 'flow gated', 'logits sum']) {
      t.match(
        row(name),
        { outputChange: 0, score: paper.score, spikes: paper.spikes },
        `${name} is training only`,
      );
      t.ok(row(name).gradientChange > 0, name);
    }
    for (const name of ['slices short', 'v-init half', 'layer-wise']) {
      t.ok(row(name).outputChange > 0 && row(name).gradientChange > 0, name);
    }
    t.ok(row('reading the step before').outputChange > 0);
    t.ok(row('norm layer, layer-input tensor').outputChange > 0);
    t.match(row('cut patches'), { gradientChange: 0, loss: paper.loss });
    t.ok(row('cut patches').outputChange > 0);
    t.ok(Number.isNaN(row('area padded').outputChange), 'another size');
    t.not(row('neuron if-hard').spikes, row('neuron if').spikes);
  });
}
