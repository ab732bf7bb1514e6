/** Runs stages of the built program one after the other, for a test that waits: what `command.ts` starts. */

import { workerData } from 'node:worker_threads';

const { port, done } = workerData;

/** Collects what is written to a stream; the function returned gives it back and stops collecting. */
function collect(stream) {
  const { write } = stream;
  let text = '';
  stream.write = (chunk) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    return true;
  };
  return () => {
    stream.write = write;
    return text;
  };
}

port.on('message', async ({ number, args: [name, ...args] }) => {
  const [out, err] = [collect(process.stdout), collect(process.stderr)];
  let status = null;
  try {
    const { runStage } = await import('../../dist/bin/cli/stage.js');
    const { default: stage } = await import(`../../dist/bin/${name}.js`);
    status = await runStage(stage, args);
  } finally {
    port.postMessage({ number, outcome: { status, stdout: out(), stderr: err() } });
    Atomics.store(done, 0, 1);
    Atomics.notify(done, 0);
  }
});
