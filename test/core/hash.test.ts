/** SHA-256 and CRCs: the examples of the standards, and Node's own on random bytes in random parts. */

import { createHash } from 'node:crypto';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import t from 'tap';
import { crc32, crc32c } from '../../lib/core/crc32.js';
import { sha256, sha256ByDefinition, useSha256 } from '../../lib/core/sha256.js';
import { nodeHost } from '../../lib/node/nodeHost.js';

t.test('SHA-256: the examples of FIPS 180-4 (NIST), and a million letters', async (t) => {
  const twoBlocks = 'abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq';
  t.equal(sha256ByDefinition('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  t.equal(sha256ByDefinition(twoBlocks), '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1');
  t.equal(sha256ByDefinition(''), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  t.equal(
    sha256ByDefinition('a'.repeat(1_000_000)),
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
});

t.test('SHA-256 is that of Node, whatever the parts', async (t) => {
  const parts = fc.array(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'grapheme' })), {
    maxLength: 5,
  });
  fc.assert(
    fc.property(parts, (parts) => {
      const theirs = createHash('sha256');
      for (const part of parts) theirs.update(part);
      const expected = theirs.digest('hex');
      return sha256ByDefinition(...parts) === expected && nodeHost.sha256!(...parts) === expected;
    }),
    { numRuns: 500, seed: 1 },
  );
  for (const length of [55, 56, 63, 64, 65, 119, 120]) {
    const bytes = new Uint8Array(length).fill(7);
    t.equal(sha256ByDefinition(bytes), nodeHost.sha256!(bytes), `${length} bytes`);
  }
});

t.test('hashes are computed by definition, until another function is given', async (t) => {
  t.equal(sha256('abc', 'd'), sha256ByDefinition('abcd'));
  useSha256((...parts) => parts.join('+'));
  t.equal(sha256('abc', 'd'), 'abc+d');
});

t.test('CRC-32: the check value of its definition, and node:zlib', async (t) => {
  t.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => crc32(bytes) === zlib.crc32(bytes)),
    { seed: 1 },
  );
});

t.test('CRC-32C: the examples of RFC 3720, B.4', async (t) => {
  const counting = Uint8Array.from({ length: 32 }, (_, i) => i);
  t.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  t.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  t.equal(crc32c(counting), 0x46dd794e);
  t.equal(crc32c(counting.toReversed()), 0x113fdb5c);
});
