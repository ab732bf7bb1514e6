/** The peer ONNX Runtime for Node: native code, on the processor. */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runJsPeer } from './jsPeer.js';
import { type OnnxRuntime, onnxPeer } from './onnxPeer.js';

await runJsPeer(async (modules, threads) => {
  const ort: OnnxRuntime = createRequire(join(modules, 'peer.js'))('onnxruntime-node');
  const options = { executionProviders: ['cpu'], intraOpNumThreads: threads, interOpNumThreads: 1 };
  return onnxPeer(ort, threads, ort.env.versions.node, options);
});
