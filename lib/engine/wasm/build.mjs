/**
 * Compiles assembly/ to WebAssembly, once for threads that share their memory and once for a single thread, and embeds
 * both as text in generated/, so that the package has no file to find at run time. `npm run build` calls this before the
 * TypeScript compiler.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = dirname(fileURLToPath(import.meta.url));
const common = ['-O3', '--runtime', 'stub', '--importMemory', '--initialMemory', '16', '--use', 'abort='];
const builds = {
  forThreads: ['--enable', 'simd,threads', '--sharedMemory', '--maximumMemory', '65536'],
  forOneThread: ['--enable', 'simd'],
};

/** The module in base64. */
async function compile(options) {
  const files = new Map();
  const { error, stderr } = await asc.main(
    ['assembly/index.ts', ...common, ...options, '--outFile', 'kernels.wasm'],
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

for (const [name, options] of Object.entries(builds)) {
  const text = await compile(options);
  const lines = text.match(/.{1,100}/g).map((line) => `  '${line}',`);
  const code = `export const ${name} = [\n${lines.join('\n')}\n].join('');`;
  write(`${name}.ts`, 'The kernels of assembly/ as WebAssembly, in base64', code);
}
