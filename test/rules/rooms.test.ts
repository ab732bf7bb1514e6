/** The rules of the house: which room may import which, what no file may use, how long a file may be. */

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import t from 'tap';

/** A file imports from its own room or from rooms to the left. */
const ROOMS =
  'core format op net neuron paper official integer engine picture model convert measure diagnose train node data bin'.split(
    ' ',
  );
/** What the package exports; they import from every room. */
const ENTRIES = ['lib/index.ts', 'lib/node.ts'];
/** What other rooms may import of an engine. */
const DOOR = new Set(
  (
    'choose door predict probability program readout tiles kernels/finite kernels/memory ' +
    'learn/asfMethod learn/backprop learn/method learn/optimiser learn/throughRounding learn/throughTime ' +
    'learn/trainer learn/trainingMemory ' +
    'simulate/delayed simulate/recording simulate/simulation'
  )
    .split(' ')
    .map((name) => `lib/engine/${name}.ts`),
);
const LONGEST_FILE = 300;

const files = ['lib', 'bin', 'test'].flatMap(sourcesIn);
const library = files.filter((file) => !file.startsWith('test'));

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => file.endsWith('.ts') && statSync(file).isFile());
}

const textOf = (file: string) => readFileSync(file, 'utf8');

/** Relative imports as paths of source files. */
function importsOf(file: string): string[] {
  const specifiers = textOf(file).matchAll(/(?:from|import\()\s*'(\.[^']+)'/g);
  return [...specifiers].map(([, target]) => {
    const path = normalize(join(dirname(file), target));
    return path.endsWith('.js') ? path.replace(/\.js$/, '.ts') : `${path}.ts`; // AssemblyScript
  });
}

const roomOf = (file: string) => (file.startsWith('bin') ? 'bin' : file.split('/')[1]);

t.test('imports go to the left only', async (t) => {
  for (const file of library.filter((file) => !ENTRIES.includes(file))) {
    const room = ROOMS.indexOf(roomOf(file));
    t.not(room, -1, `${file} is in a room`);
    for (const target of importsOf(file)) {
      const there = ROOMS.indexOf(roomOf(target));
      if (there > room) t.fail(`${file} imports ${target}`);
    }
  }
});

/** All other rooms run in a browser: what they need of Node is passed to them. */
const WITH_NODE = ['node', 'data', 'bin'];
/** But for files of pictures, which are read and written with Node's zlib and with pngjs. */
const CODECS = /^lib\/picture\/(format\/|encode\.ts)/;

t.test('what computes imports nothing of Node', async (t) => {
  const computing = library.filter((file) => !WITH_NODE.includes(roomOf(file)) && file !== 'lib/node.ts');
  for (const file of computing.filter((file) => !CODECS.test(file)))
    t.notMatch(textOf(file), /from 'node:|from 'pngjs'|\bBuffer\.|\bprocess\./, file);
  t.ok(computing.length > 50);
});

t.test('only the command line knows its options: no flag is named in lib', async (t) => {
  const written = library.filter((file) => file.startsWith('lib') && !file.includes('/wasm/'));
  for (const file of [...written, 'lib/engine/wasm/webassembly.ts']) {
    const found = /['"` (]--[a-z][\w-]*/.exec(textOf(file));
    if (found) t.fail(`${file}: ${found[0]}`);
  }
  t.ok(written.length > 100);
});

/**
 * The order within lib/engine: the contract of kernels, kernels, simulation, learning, and the door to them
 * all.
 */
const IN_ENGINE = [['kernels'], ['reference', 'wasm'], ['simulate'], ['learn'], []];

t.test('imports within the engine go to the left only', async (t) => {
  const orderOf = (file: string) => {
    const [, , folder, inner] = file.split('/');
    return IN_ENGINE.findIndex((folders) => (inner ? folders.includes(folder) : folders.length === 0));
  };
  const inside = library.filter((file) => roomOf(file) === 'engine');
  for (const file of inside) {
    t.not(orderOf(file), -1, `${file} is in a part of the engine`);
    for (const target of importsOf(file).filter((target) => roomOf(target) === 'engine'))
      if (orderOf(target) > orderOf(file)) t.fail(`${file} imports ${target}`);
  }
});

t.test('imports have no cycles', async (t) => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) t.fail([...path, file].join(' -> '));
    if (done.has(file) || path.includes(file)) return;
    for (const target of importsOf(file)) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of library) visit(file, []);
  t.equal(done.size, library.length);
});

t.test(
  'kernels and the memory of engines are seen in lib/engine only, and by what times kernels',
  async (t) => {
    const inside = /^(lib\/engine|bin\/bench)\//;
    for (const file of library.filter((file) => !inside.test(file))) {
      const used = importsOf(file).find((target) => target.startsWith('lib/engine/') && !DOOR.has(target));
      // the entries export the types of kernels, for callers who write a training method
      if (used && !ENTRIES.includes(file)) t.fail(`${file} imports ${used}`);
      const found = /\bchooseKernels\b|\b(scope|keep|frozen|hold|resident)\(/.exec(textOf(file));
      if (found) t.fail(`${file}: ${found[0]}`);
    }
    for (const target of DOOR) t.ok(library.includes(target), target);
  },
);

t.test('only lib/node imports ndarray', async (t) => {
  for (const file of library.filter((file) => /from 'ndarray/.test(textOf(file))))
    t.match(file, /^lib\/node\//);
});

/** Events of TensorBoard have a date, and nothing reads it. */
const DATED = 'lib/node/run/eventFile.ts';

t.test('nothing depends on chance, on the clock, or on what Math may round differently', async (t) => {
  const forbidden =
    /Math\.(random|exp|log|log2|log10|sin|cos|tan|pow|tanh|atan2|hypot|cbrt)\(|Date\.now|new Date|timeOrigin/;
  for (const file of library.filter((file) => file !== DATED)) {
    const found = forbidden.exec(textOf(file));
    if (found) t.fail(`${file}: ${found[0]}`);
  }
  t.ok(library.length > 50);
});

t.test('a stage runs while its file is read: no value that it may need is defined after that', async (t) => {
  const stages = library.filter((file) => /^await runAsProgram\(/m.test(textOf(file)));
  for (const file of stages) {
    const late = /^(?:export )?(?:const|let|class) .*/m.exec(textOf(file).split(/^await runAsProgram\(/m)[1]);
    if (late) t.fail(`${file}: ${late[0]}`);
  }
  t.ok(stages.length > 15);
});

t.test('a file name says where one is: none occurs twice', async (t) => {
  const names = library.map((file) => basename(file)).filter((name) => name !== 'index.ts');
  t.strictSame(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

t.test('every file starts with what it is, and is short enough to read', async (t) => {
  for (const file of files) {
    const text = textOf(file).replace(/^#!.*\n/, '');
    if (!file.startsWith('test')) t.ok(text.startsWith('/**'), `${file} has a header`);
    const lines = text.split('\n').length;
    t.ok(lines <= LONGEST_FILE, `${file}: ${lines} lines`);
  }
});
