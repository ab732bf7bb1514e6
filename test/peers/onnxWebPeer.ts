/** The peer ONNX Runtime Web: its WebAssembly provider. */

import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { runJsPeer } from './jsPeer.js';
import { type OnnxRuntime, onnxPeer } from './onnxPeer.js';

/** What only this package has. */
interface OnnxRuntimeWeb extends OnnxRuntime {
  readonly env: OnnxRuntime['env'] & { readonly wasm: { numThreads?: number; wasmPaths?: string } };
}

await runJsPeer(async (modules, threads) => {
  const require = createRequire(join(modules, 'peer.js'));
  const ort: OnnxRuntimeWeb = require('onnxruntime-web');
  ort.env.wasm.wasmPaths = dirname(require.resolve('onnxruntime-web')) + sep;
  ort.env.wasm.numThreads = threads;
  return onnxPeer(ort, threads, ort.env.versions.web, { executionProviders: ['wasm'] });
});
