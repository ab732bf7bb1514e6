/** A twin that is written to disk is a data set of the kind that it replaces. */

import t from 'tap';
import { datasets } from '../../lib/data/index.js';
import { problemsOf } from './problems.js';

const originals = {
  'synth-drive': 'drive',
  'synth-em': 'em',
  'synth-camseq01': 'camseq01',
  'synth-bsd': 'bsd300',
};

t.test('every twin has an original', async (t) => {
  const twins = Object.keys(datasets).filter((name) => datasets[name].write);
  t.strictSame(twins, Object.keys(originals));
});

const { 'synth-drive': _, ...others } = originals; // synthDrive.test.ts reads that one
for (const [name, original] of Object.entries(others)) {
  t.test(`${name} is read as ${original}`, async (t) => {
    const directory = t.testdir();
    const [twin, real] = [datasets[name], datasets[original]];
    twin.write!(directory, 5);
    t.strictSame(problemsOf(real, directory), []); // reads every sample
    const drawn = twin.load({ split: 'test', seed: 5 });
    const [{ channels }] = drawn;
    const list = (split: 'train' | 'test') =>
      real.list!(directory, { split, channels, classes: {}, labels: real.task === 'segment' });
    t.ok(list('train').length > drawn.length);
    t.equal(list('test').length, drawn.length);
    if (original !== 'camseq01') {
      // which becomes 256x256
      const tests = real.load({ directory, split: 'test', seed: 0, channels });
      for (const [i, sample] of tests.entries()) {
        const same = (a: Float32Array | Uint8Array, b: Float32Array | Uint8Array) =>
          Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
        t.ok(same(sample.input, drawn[i].input), `input of ${sample.name}`);
        if (sample.label) t.ok(same(sample.label, drawn[i].label!), `label of ${sample.name}`);
      }
    }
    t.strictSame(real.classNamesIn?.(directory) ?? real.classNames, twin.classNames);
  });
}
