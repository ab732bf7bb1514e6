/**
 * Compiles assembly/ to WebAssembly and embeds it in binary.ts as text, so that the package has no file to find at
 * run time. `npm run build` calls this before the TypeScript compiler.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const folder = dirname(fileURLToPath(import.meta.url));
const pages = ['--initialMemory', '16', '--maximumMemory', '65536'];
const options = ['-O3', '--enable', 'simd,threads', '--runtime', 'stub', '--importMemory', '--sharedMemory'];
const files = new Map();
const { error, stderr } = await asc.main(
  ['assembly/index.ts', ...options, ...pages, '--use', 'abort=', '--outFile', 'kernels.wasm'],
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
const text = Buffer.from(files.get('kernels.wasm')).toString('base64');
const lines = text.match(/.{1,100}/g).map((line) => `  '${line}',`);
const header = '/** The kernels of assembly/ as WebAssembly, in base64; written by build.mjs. */';
writeFileSync(
  join(folder, 'binary.ts'),
  `${header}\n\nexport const binary = [\n${lines.join('\n')}\n].join('');\n`,
);
