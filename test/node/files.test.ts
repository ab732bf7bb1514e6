import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { makeFolder, readBytes, writeFileAtomic } from '../../lib/node/files.js';

t.test('a file is replaced as a whole, and its folder is made', async (t) => {
  const folder = t.testdir();
  const path = join(folder, 'new', 'file');
  writeFileAtomic(path, 'first');
  writeFileAtomic(path, Uint8Array.of(1, 2));
  t.strictSame([...readBytes(path)], [1, 2]);
  t.strictSame(readdirSync(join(folder, 'new')), ['file'], 'nothing temporary is left');
});

t.test('what cannot be written says why, leaves nothing behind and keeps what was there', async (t) => {
  const folder = t.testdir({ file: 'old' });
  const target = join(folder, 'folder');
  mkdirSync(target);
  t.throws(() => writeFileAtomic(target, 'x'), {
    message: `${target}: cannot be written: is a folder, expected a file`,
  });
  const below = join(folder, 'file', 'below');
  t.throws(() => writeFileAtomic(below, 'x'), /cannot be made: (a part of the path is a file|is a file)/);
  t.throws(() => makeFolder(join(folder, 'file')), /file: cannot be made: is a file, expected a folder/);
  t.equal(readFileSync(join(folder, 'file'), 'utf8'), 'old');
  t.strictSame(readdirSync(folder).sort(), ['file', 'folder']);
});

t.test('a full disk', { skip: !existsSync('/dev/full') && 'there is no /dev/full here' }, async (t) => {
  // The temporary file itself lies on the full device: /dev cannot hold it, or it is full.
  t.throws(() => writeFileAtomic('/dev/full/file', 'x'), /\/dev\/full/);
});

t.test('what cannot be read says why', async (t) => {
  const folder = t.testdir();
  t.throws(() => readBytes(join(folder, 'none')), /none: cannot be read: there is no such file or folder/);
  t.throws(() => readBytes(folder), /cannot be read: is a folder, expected a file/);
  t.throws(() => readBytes(folder), DataError);
  writeFileSync(join(folder, 'empty'), '');
  t.equal(readBytes(join(folder, 'empty')).length, 0);
});
