/** Networks in whole numbers against PyTorch and NumPy (fixtures/make/integers.py), to the last bit. */

import t from 'tap';
import { newIntegerProgram } from '../../lib/engine/integerProgram.js';
import { toChw } from '../../lib/format/layout.js';
import { pictureCodes } from '../../lib/integer/codes.js';
import { integerNetwork } from '../../lib/integer/integerNetwork.js';
import { type IntegerRecord, integerSimulation } from '../../lib/integer/integerSteps.js';
import { spikesOf } from '../../lib/integer/spikes.js';
import { outputDims, outputLayer } from '../../lib/net/architecture.js';
import { unpackParameters } from '../../lib/net/parameters.js';
import { backends } from '../engine/kernel/backends.js';
import { goldenTensor, imageOf } from '../engine/kernel/golden.js';
import { GOLDEN_NETWORKS, readGolden } from './goldenNetwork.js';

for (const file of GOLDEN_NETWORKS) {
  const { whole, tensors, picture, steps } = readGolden(file);
  const golden = (name: string) => [...goldenTensor(tensors, name).data];

  t.test(`${file}: weights, biases and divisors`, async (t) => {
    for (const [name, { data }] of unpackParameters(whole.layers, whole.parameters))
      t.same([...data], golden(`whole.${name}`), name);
  });

  t.test(`${file}: every membrane and every spike`, async (t) => {
    const fired = new Map<string, Float32Array>();
    const spikes = new Map<string, number[]>();
    const last = new Map<string, IntegerRecord>();
    const see = (record: IntegerRecord) => {
      if (!record.own.codes) return;
      const name = record.own.layer.output;
      const sums = fired.get(name) ?? new Float32Array(record.codes.length);
      fired.set(
        name,
        sums.map((sum, n) => sum + record.codes[n]),
      );
      const count = spikesOf(record.codes).reduce((sum, one) => sum + one, 0);
      spikes.set(name, [...(spikes.get(name) ?? []), count]);
      last.set(name, record);
    };
    const sum = integerSimulation(integerNetwork(whole), pictureCodes(picture), [16, 16], steps, see);
    const chw = (values: ArrayLike<number>, layer = outputLayer(whole.layers)) => {
      const { height, width, channels } = outputDims(layer, 16, 16);
      return [...toChw(Float32Array.from(values), height, width, channels)];
    };
    t.same(chw(sum), golden('sum'), 'output');
    for (const [name, { own, membrane }] of last) {
      t.same(chw(membrane, own.layer), golden(`membrane.${name}`), `membranes of ${name}`);
      t.same(chw(fired.get(name)!, own.layer), golden(`fired.${name}`), `codes of ${name}`);
      t.same(spikes.get(name), golden(`spikes.${name}`), `spikes of ${name}`);
    }
    t.equal(last.size, whole.layers.length - 1);
  });

  for (const [name, kernels] of backends)
    t.test(`${file}: output and flows on ${name}`, async (t) => {
      const channels = whole.layers[0].channelsIn[0];
      const image = { data: picture, height: 16, width: 16, channels };
      const program = newIntegerProgram(kernels, whole);
      const { output, flows } = program.simulate(image, { steps });
      const K = outputLayer(whole.layers).channelsOut;
      const D = whole.parameters.get('conv19.divisor')![0];
      const expected = imageOf(goldenTensor(tensors, 'sum')).map((sum) => sum / D);
      t.same([...output], [...expected], `${K} outputs in volts`);
      for (const own of integerNetwork(whole)) {
        if (!own.codes) continue;
        const codes = imageOf(goldenTensor(tensors, `fired.${own.layer.output}`));
        t.same(
          [...flows.get(own.layer.output)!],
          [...codes.map((code) => code * own.unit)],
          own.layer.output,
        );
      }
    });
}
