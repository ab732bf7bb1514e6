/** Files of `torch.save`: every view that PyTorch writes, and nothing but tensors. */

import { readFileSync } from 'node:fs';
import t from 'tap';
import { DataError } from '../../lib/core/error.js';
import { stream } from '../../lib/core/rng.js';
import { readPickle } from '../../lib/format/torch/pickle.js';
import { openTorchFile, type TorchTensor } from '../../lib/format/torch/torchFile.js';
import { openZip } from '../../lib/format/torch/zip.js';
import { torchFiles } from '../fuzz/torchFiles.js';
import { zipOf } from '../support/zip.js';

const bytesOf = (name: string) => readFileSync(`fixtures/stateDict/${name}`);

t.test('views of every kind, in every format, have the values that PyTorch says', async (t) => {
  const { tensors } = JSON.parse(readFileSync('fixtures/stateDict/views.json', 'utf8'));
  const file = openTorchFile(bytesOf('views.pth'), 'views.pth');
  const content = file.content as Map<string, TorchTensor>;
  t.strictSame([...content.keys()], Object.keys(tensors));
  for (const [name, tensor] of content) {
    const { shape, data } = file.read(name, tensor);
    t.strictSame({ shape, data: [...data] }, tensors[name], name);
  }
});

t.test('other protocols, and what stands around a state dict', async (t) => {
  const weight = (name: string, ...path: string[]) => {
    const file = openTorchFile(bytesOf(name), name);
    let content = file.content as Map<string, unknown>;
    for (const key of path) content = content.get(key) as Map<string, unknown>;
    return file.read('weight', content.get('weight') as TorchTensor).data;
  };
  const plain = weight('protocol4.pth');
  t.equal(plain.length, 2);
  t.strictSame(weight('nested.pth', 'model', 'state_dict').length, 2);
  const checkpoint = openTorchFile(bytesOf('checkpoint.pth'), 'c').content as Map<string, unknown>;
  t.strictSame(
    ['epoch', 'loss', 'arguments'].map((key) => checkpoint.get(key)),
    [3, 0.25, ['--lr', '1e-3']],
  );
});

const refuses = (name: string, bytes: Uint8Array, message: RegExp) =>
  t.test(`refused: ${name}`, async (t) => {
    const error = t.throws(() => {
      const file = openTorchFile(bytes, 'f.pth');
      for (const [key, value] of file.content as Map<string, TorchTensor>) file.read(key, value);
    }, DataError);
    t.match((error as DataError).message, message);
  });

refuses('a whole model', bytesOf('whole-model.pth'), /f\.pth: .*names torch\.nn\.modules\.conv\.Conv2d/);
refuses('TorchScript', bytesOf('torchscript.pt'), /is a TorchScript module, expected torch\.save/);
refuses('the format before 1.6', bytesOf('legacy.pth'), /before 1\.6: load it in Python and save it again/);
refuses('whole numbers', bytesOf('whole-numbers.pth'), /conv1\.weight: is a LongStorage, expected floats/);
refuses('a zip file of something else', zipOf(new Map([['a.txt', Buffer.from('a')]])), /without data\.pkl/);
refuses('a file that is cut off', bytesOf('views.pth').subarray(0, 2000), /truncated: the directory/);

/** views.pth with one entry as `change` makes it. */
function changed(end: string, change: (content: Uint8Array) => Uint8Array | undefined): Uint8Array {
  const archive = openZip(bytesOf('views.pth'), 'views.pth');
  const entries = archive.names.flatMap((name) => {
    const content = name.endsWith(end) ? change(archive.read(name)!) : archive.read(name)!;
    return content ? [[name, content] as const] : [];
  });
  return zipOf(new Map(entries));
}
refuses(
  'a storage that is missing',
  changed('data/0', () => undefined),
  /whole: its storage data\/0 is missing/,
);
refuses(
  'a storage that is too short',
  changed('data/0', (content) => content.subarray(4)),
  /data\/0 has 92 bytes, expected 96 for 24 of a FloatStorage/,
);
const replaced = (from: Buffer, to: Buffer) =>
  changed('data.pkl', (content) => {
    const copy = Buffer.from(content);
    const at = copy.indexOf(from);
    if (at < 0) throw new Error('nothing to replace');
    to.copy(copy, at);
    return copy;
  });
refuses(
  'a view beyond its storage',
  replaced(Buffer.from([0x4b, 2, 0x4b, 3, 0x4b, 4, 0x87]), Buffer.from([0x4b, 2, 0x4b, 3, 0x4b, 5, 0x87])),
  /whole: reads element 24 of a storage of 24/,
);
refuses(
  'a call of anything else',
  replaced(Buffer.from('ccollections\nOrderedDict\n'), Buffer.from('cposix\nsystem\n(K\x01tR......')),
  /names posix\.system, which is not read/,
);
t.test('a flipped bit is noticed wherever it is in the bytes of a tensor', async (t) => {
  const bytes = bytesOf('views.pth');
  const at = bytes.indexOf(Buffer.from(new Float32Array([1 / 7, 2 / 7]).buffer));
  bytes[at] ^= 1;
  t.throws(
    () => {
      const file = openTorchFile(bytes, 'f.pth');
      for (const [key, value] of file.content as Map<string, TorchTensor>) file.read(key, value);
    },
    { message: /data\/0: damaged: its checksum is not the stored one/ },
  );
});

t.test('an expanded view cannot ask for more than the file has bytes', async (t) => {
  const expanded = replaced(Buffer.from([0x4b, 2, 0x4b, 3, 0x86]), Buffer.from([0x4b, 255, 0x4b, 255, 0x86]));
  const file = openTorchFile(expanded, 'f.pth');
  const tensor = [...(file.content as Map<string, TorchTensor>).values()].find(
    ({ shape }) => shape[0] === 255,
  )!;
  t.throws(() => file.read('w', tensor), {
    message: 'f.pth: tensor w: [255,255] is more than the file holds',
  });
});

t.test('a pickle can neither call nor build anything that is not on the list', async (t) => {
  const world = { globals: {}, persistent: () => null };
  const read = (...bytes: (number | string)[]) => {
    const parts = bytes.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from([part])));
    return readPickle(Buffer.concat(parts), world, 'f');
  };
  t.strictSame(read(0x80, 2, '(K\x01K\x02t.'), [1, 2]);
  t.equal(read('J', 0xfe, 0xff, 0xff, 0xff, '.'), -2);
  t.throws(() => read('cos\nsystem\n.'), { message: /byte 11: names os\.system/ });
  t.throws(() => read(0x8c, 2, 'os', 0x8c, 6, 'system', 0x93, '.'), { message: /names os\.system/ });
  for (const opcode of ['i', 'o', '\x81', '\x92', 'I', 'S', 'P', '\x82', 'B', 'C'])
    t.throws(() => read(opcode.charCodeAt(0), '.'), { message: /opcode 0x[0-9a-f]{2} is none/ }, opcode);
  t.throws(() => read('t.'), { message: /there is no mark/ });
  t.throws(() => read('.'), { message: /takes more than there is/ });
  t.throws(() => read('h\x05.'), { message: /asks for value 5/ });
  t.throws(() => read('NNs.'), DataError);
  t.throws(() => read('K'), { message: /ends too early/ });
});

t.test('2000 mutants are read or refused in one line', async (t) => {
  const random = stream(1, 'torch mutants');
  const counts = { fine: 0, refused: 0 };
  for (let i = 0; i < 2000; i++) {
    const mutant = torchFiles.mutate(random, torchFiles.seeds);
    try {
      torchFiles.run(mutant);
      counts.fine += 1;
    } catch (error) {
      if (!(error instanceof DataError) || error.message.includes('\n')) throw error;
      counts.refused += 1;
    }
  }
  t.ok(counts.fine > 20 && counts.refused > 200, JSON.stringify(counts));
});
