/**
 * Node reserves 10 GiB of address space for any memory of WebAssembly, unless it is started with a flag.
 * Where address space is limited, the program starts itself again with that flag, once, so that the fast
 * engine can run (5 s without it are 0.4 s with it).
 */

import { engines } from '../../lib/engine/choose.js';
import { nodeHost } from '../../lib/node/nodeHost.js';
import { startChild } from './child.js';

const FLAG = '--disable-wasm-trap-handler';

/** The exit code of the second start of this program; undefined if it is not needed or would not help. */
export async function startedAgain(): Promise<number | undefined> {
  const limited = Number.isFinite(nodeHost.freeAddressSpace());
  if (!limited || engines.wasm.missing() === undefined || hasFlag()) return undefined;
  return (await startChild([FLAG, ...process.execArgv, ...process.argv.slice(1)], 'inherit').ended) ?? 1;
}

function hasFlag(): boolean {
  const isKnown = process.allowedNodeEnvironmentFlags.has(FLAG);
  return !isKnown || process.execArgv.includes(FLAG) || (process.env.NODE_OPTIONS ?? '').includes(FLAG);
}
