/** What the figures of Table 1 imply about the pixels that were counted. */

import t from 'tap';

/**
 * Errors, and vessels found, as fractions of all pixels: F1 = 2 TP / (2
 * TP + errors) and ACC = 1 - errors, where both are of the same totals.
 */
function found(f1: number, acc: number): { errors: number; hits: number } {
  const errors = 1 - acc;
  return { errors, hits: (errors * f1) / (2 * (1 - f1)) };
}

t.test('Table 1 leaves 7.2 % to 8.2 % of the pixels of DRIVE to the vessels', async (t) => {
  // Vessels are at least those that real spike finds, and at most those that multi-level finds and all of its
  // errors (direct training; each figure rounded the way that leaves most room).
  const least = found(0.3025, 0.6685).hits;
  const { hits, errors } = found(0.0485, 0.9205);
  t.equal(least.toFixed(3), '0.072');
  t.equal((hits + errors).toFixed(3), '0.082');
});
