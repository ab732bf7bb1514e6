/** Which dot product the engine takes: as flags of the processor and the version of V8 say. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { hasDotProductsOfBytes, usualDotProduct } from '../../lib/engine/wasm/dotProducts.js';

t.test('pairs without relaxed SIMD, fused with AVX-VNNI, else sums', async (t) => {
  if (!hasDotProductsOfBytes()) {
    t.equal(usualDotProduct(), 'pairs');
    return;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    t.match(usualDotProduct(), /^(sums|fused)$/);
    return;
  }
  const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))![1].trim().split(' ');
  const knows = Number(process.versions.v8.split('.')[0]) >= 13; // V8 12 has no AVX-VNNI
  t.equal(usualDotProduct(), knows && flags.includes('avx_vnni') ? 'fused' : 'sums', flags.join(' '));
});
