/** Threads for the engine in a browser: workers whose code is a text, as the engine gives it. */

import type { Host } from '../../../../lib/engine/choose.js';

export const browserHost: Host = {
  startThread(script, data) {
    const source = `onmessage = ({ data }) => {\n${script}\n};`;
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
    const worker = new Worker(url);
    worker.postMessage(data);
  },
  freeAddressSpace: () => Number.POSITIVE_INFINITY,
};

/** Threads that help: memory can be shared only where the page is isolated from others. */
export const threadsHere = () => (crossOriginIsolated ? Math.min(8, navigator.hardwareConcurrency) : 1);
