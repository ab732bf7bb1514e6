/**
 * Compiles assembly/ to WebAssembly, once for threads that share their memory and once for a single thread,
 * and beside each a small module of the kernels that relaxed SIMD makes faster. All are embedded as text in
 * generated/, so that the package has no file to find at run time. It also writes there the order of the
 * kernels' arguments and of the structs' fields, so that TypeScript uses names only. `npm run build` calls
 * this before the TypeScript compiler.
 */

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assemblyscript from 'assemblyscript';
import asc from 'assemblyscript/asc';

const folder = dirname(fileURLToPath(import.meta.url));
const common = ['-O3', '--runtime', 'stub', '--importMemory', '--initialMemory', '16', '--use', 'abort='];
const shared = ['--sharedMemory', '--maximumMemory', '65536'];
const builds = {
  forThreads: { options: ['--enable', 'simd,threads', ...shared] },
  forOneThread: { options: ['--enable', 'simd'] },
  relaxedForThreads: { entry: 'relaxed', options: ['--enable', 'simd,relaxed-simd,threads', ...shared] },
  relaxedForOneThread: { entry: 'relaxed', options: ['--enable', 'simd,relaxed-simd'] },
};

/** The module in base64. */
async function compile({ entry = 'index', options }) {
  const files = new Map();
  const { error, stderr } = await asc.main(
    [`assembly/${entry}.ts`, ...common, ...options, '--outFile', 'kernels.wasm'],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(join(folder, base, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => files.set(name, contents),
      listFiles: () => [],
    },
  );
  const messages = stderr.toString();
  if (error || messages) throw new Error(`assembly does not compile:\n${messages}\n${error ?? ''}`);
  return Buffer.from(files.get('kernels.wasm')).toString('base64');
}

/** Writes a file of generated/. */
function write(name, header, code) {
  mkdirSync(join(folder, 'generated'), { recursive: true });
  writeFileSync(join(folder, 'generated', name), `/** ${header}; written by build.mjs. */\n\n${code}\n`);
}

/** Types of fields: TypeScript writes structs as words of 32 bits. */
const WORDS = ['u32', 'usize'];

/**
 * Names of the fields of each struct, and of the arguments of each kernel, in their order, from the sources.
 */
function layout() {
  const { ClassDeclaration, FieldDeclaration, FunctionDeclaration } = assemblyscript.NodeKind;
  const structs = {};
  const kernelArguments = {};
  for (const file of readdirSync(join(folder, 'assembly'))) {
    const program = assemblyscript.newProgram(assemblyscript.newOptions());
    assemblyscript.parse(program, readFileSync(join(folder, 'assembly', file), 'utf8'), file, true);
    const { statements } = program.sources.find((source) => source.normalizedPath === file);
    for (const { kind, name, members, signature } of statements) {
      const fields = kind === ClassDeclaration ? members.filter((m) => m.kind === FieldDeclaration) : [];
      const odd = fields.find((field) => !WORDS.includes(field.type.name.identifier.text));
      if (odd) throw new Error(`${file}: ${name.text}.${odd.name.text} is no word of 32 bits (${WORDS})`);
      if (fields.length > 0) structs[name.text] = fields.map((field) => field.name.text);
      const parameters = kind === FunctionDeclaration ? signature.parameters.map((p) => p.name.text) : [];
      if (parameters[0] === 'tasks') kernelArguments[name.text] = parameters.slice(1);
    }
  }
  return { structs, kernelArguments };
}

const lists = Object.entries(layout()).map(([name, orders]) => {
  const lines = Object.entries(orders).map(([key, names]) => `  ${key}: [${names.map((n) => `'${n}'`)}],`);
  return `export const ${name} = {\n${lines.join('\n')}\n} as const;`;
});
write('orders.ts', 'The orders of fields and arguments in assembly/', lists.join('\n\n'));
for (const [name, options] of Object.entries(builds)) {
  const text = await compile(options);
  const lines = text.match(/.{1,150}/g).map((line) => `  '${line}',`);
  const code = `export const ${name} = [\n${lines.join('\n')}\n].join('');`;
  write(`${name}.ts`, 'The kernels of assembly/ as WebAssembly, in base64', code);
}
