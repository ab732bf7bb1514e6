import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { type Bounds, judge, type Target, type Verdict } from './target.js';
import { targets } from './targets.js';

const INPUTS = 500;

/** What each input of a target came to, in their order. */
function judgedBy(target: Target, inputs: number, bounds?: Bounds) {
  return [...judge(target, 1, [0, inputs], () => {}, bounds)].flat();
}

for (const target of targets) {
  t.test(
    `damaged input for ${target.name} is read the same twice or refused, in bounded time and memory`,
    async (t) => {
      const judged = judgedBy(target, INPUTS);
      const bad = judged.filter(({ verdict }) => !['fine', 'refused'].includes(verdict));
      t.same(bad, [], `npm run fuzz -- --target ${target.name} --only NUMBER shows one of them`);
      const count = (wanted: Verdict) => judged.filter(({ verdict }) => verdict === wanted).length;
      t.equal(count('fine') + count('refused'), INPUTS);
      t.ok(count('fine') > INPUTS / 20, 'some are not damaged where it matters');
      t.ok(count('refused') > INPUTS / 4);
    },
  );
}

t.test('what should not be is noticed', async (t) => {
  const verdicts = (run: Target['run'], bounds?: Bounds) =>
    judgedBy({ name: 'made up', seeds: [Uint8Array.of(1)], mutate: (_, [seed]) => seed, run }, 2, bounds).map(
      ({ verdict }) => verdict,
    );
  let times = 0;
  t.same(
    verdicts(() => String(times++)),
    ['wrong', 'wrong'],
    'another answer each time',
  );
  let last = '';
  const afterAnother = () => {
    const answer = last;
    last = 'read';
    return answer;
  };
  t.same(verdicts(afterAnother), ['wrong', 'fine'], 'an answer that depends on what was read before');
  const broken = () => {
    throw new TypeError("Cannot read properties of undefined (reading 'x')");
  };
  t.same(verdicts(broken), ['wrong', 'wrong'], 'an error that is no sentence');
  const refusing = () => {
    throw new DataError('x: is damaged');
  };
  t.same(verdicts(refusing), ['refused', 'refused']);
  const greedy = () => String(Buffer.alloc(2 ** 28, 1).length);
  t.equal(verdicts(greedy, { seconds: 60, bytes: 2 ** 26 })[0], 'large');
  t.same(
    verdicts(() => '', { seconds: -1, bytes: 2 ** 26 }),
    ['slow', 'slow'],
  );
});
