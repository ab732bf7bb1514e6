/**
 * Serves the site to this machine alone. Its headers isolate the page from all others, which is what browsers
 * ask for before they let threads share memory.
 */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DataError, UsageError } from '../../lib/core/error.js';
import { readBytes } from '../../lib/node/files.js';
import { siteFiles, typeOf } from './siteFiles.js';

const HOST = '127.0.0.1';
const ALWAYS = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' };
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export interface Serving {
  readonly url: string;
  readonly server: Server;
}

/**
 * Starts to serve on a port (0: any that is free). `isolated`: with the headers that threads need; default:
 * yes. UsageError for a port that is taken.
 */
export async function serve(port: number, isolated = true): Promise<Serving> {
  const files = siteFiles();
  const server = createServer(({ method, url = '/' }, response) => {
    const { status, headers, body } = answer(files, method, url.split('?', 1)[0].slice(1));
    response.writeHead(status, { ...ALWAYS, ...(isolated && ISOLATED), ...headers });
    response.end(method === 'HEAD' ? undefined : body);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(refusal(error, port)));
    server.listen(port, HOST, resolve);
  });
  return { url: `http://${HOST}:${(server.address() as AddressInfo).port}/`, server };
}

interface Response {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body: string | Uint8Array;
}

/** The file at an address, or why there is none. */
function answer(files: ReadonlyMap<string, string>, method: string | undefined, address: string): Response {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: { Allow: 'GET, HEAD' }, body: 'only GET\n' };
  const path = files.get(address || 'index.html');
  if (path === undefined) return { status: 404, body: `${address}: no such file\n` };
  try {
    const body = readBytes(path);
    const headers = { 'Content-Type': typeOf(path), 'Content-Length': body.length };
    return { status: 200, headers, body };
  } catch (error) {
    if (error instanceof DataError) return { status: 500, body: `${error.message}\n` };
    throw error;
  }
}

function refusal(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new UsageError(`--port ${port}: another program uses it: take another, or 0 for any that is free`);
  if (error.code === 'EACCES')
    return new UsageError(`--port ${port}: only the administrator may use it: take one from 1024 on`);
  return error;
}
