import { join } from 'node:path';
import t from 'tap';
import { DataError, UsageError } from '../../lib/core/error.js';
import { bsd68, bsd300, cbsd68 } from '../../lib/data/bsd.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { makeImage } from '../../lib/picture/image.js';
import { problemsOf } from './problems.js';

t.test('BSDS300: training photographs in grey or colour; tests where they are there', async (t) => {
  const directory = t.testdir();
  const colour = makeImage(
    2,
    3,
    3,
    Uint8Array.from({ length: 18 }, (_, i) => 10 * i),
  );
  for (const name of ['b', 'a']) writePng(join(directory, 'images', 'train', `${name}.png`), colour);
  const load = (split: 'train' | 'test' | 'all', channels?: 1 | 3) =>
    bsd300.load({ directory, split, seed: 0, channels });
  t.strictSame(
    load('train').map(({ name }) => name),
    ['a.png', 'b.png'],
  );
  t.equal(load('train')[0].input.length, 6);
  t.equal(load('all', 3)[0].input.length, 18);
  t.throws(() => load('test'), { constructor: DataError, message: /images\/test: there is no such folder/ });
  writePng(join(directory, 'images', 'test', 'c.png'), colour);
  t.equal(load('all').length, 3);
  t.strictSame(problemsOf(bsd300, directory), []);
});

t.test('test sets are not trained on', async (t) => {
  const directory = t.testdir();
  writePng(join(directory, '1.png'), makeImage(2, 3, 1, new Uint8Array(6).fill(51)));
  const [grey] = bsd68.load({ directory, split: 'test', seed: 0 });
  t.equal(grey.input[0], Math.fround(0.2));
  t.equal(cbsd68.load({ directory, split: 'all', seed: 0 })[0].input.length, 18, 'grey is repeated');
  const train = () => bsd68.load({ directory, split: 'train', seed: 0 });
  t.throws(train, { constructor: UsageError, message: /^dataset bsd68: is a test set/ });
  t.strictSame(problemsOf(bsd68, directory), []);
  t.match(problemsOf(bsd68, join(directory, 'none')), [/there is no such folder/]);
});
