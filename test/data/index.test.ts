import t from 'tap';
import { UsageError } from '../../lib/core/error.js';
import { datasets, findDataset } from '../../lib/data/index.js';

t.test('every data set is found by its own name', async (t) => {
  for (const [name, dataset] of Object.entries(datasets)) {
    t.equal(dataset.name, name);
    t.equal(findDataset(name), dataset);
  }
});

t.test('an unknown name is answered with the known ones', async (t) => {
  const message = `dataset drvie: expected one of ${Object.keys(datasets).join(', ')}`;
  t.throws(() => findDataset('drvie'), { constructor: UsageError, message });
  t.throws(() => findDataset('toString'), UsageError);
});
