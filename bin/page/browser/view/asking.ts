/** Asks the worker; what it tells of a request comes to the one who asked, in order. */

import type { Answer, Request } from '../messages.js';

type Hear = (answer: Answer) => void;

const worker = new Worker(new URL('worker.js', document.baseURI), { type: 'module' });
const waiting = new Map<number, { hear: Hear; resolve: () => void; reject: (error: Error) => void }>();
let asked = 0;

worker.onmessage = ({ data: { id, ...answer } }: MessageEvent<Answer & { id: number }>) => {
  const one = waiting.get(id)!;
  if (answer.tell === 'done' || answer.tell === 'failed') waiting.delete(id);
  if (answer.tell === 'done') one.resolve();
  else if (answer.tell === 'failed') one.reject(new Error(answer.message));
  else one.hear(answer as Answer);
};

/** Why the worker does not answer any more. */
const dead: { why?: Error } = {};

worker.onerror = ({ message = 'its script cannot be loaded' }) => {
  dead.why = new Error(`the worker stopped: ${message}: load this page again`);
  for (const { reject } of waiting.values()) reject(dead.why);
  waiting.clear();
};

/** Sends a request; the promise ends with its last answer, or with what was wrong. */
export function ask(request: Request, hear: Hear = () => {}): Promise<void> {
  if (dead.why) return Promise.reject(dead.why);
  const id = ++asked;
  return new Promise((resolve, reject) => {
    waiting.set(id, { hear, resolve, reject });
    worker.postMessage({ id, request });
  });
}
