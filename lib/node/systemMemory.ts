/**
 * How much memory the system leaves to this process: what the machine has, what its control groups (Linux,
 * versions 1 and 2, with all that they are nested in) have not used yet, and what is left of `ulimit -v`. If
 * the system gives no limit, there is none.
 */

import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';

/** The text of a file; undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

/** The smallest of all limits, in bytes. */
export function availableMemory(): number {
  return Math.min(totalmem(), freeGroupMemory(readText), freeAddressSpace());
}

/** Bytes of address space that are still available; Infinity without `ulimit -v`. */
export function freeAddressSpace(read: ReadText = readText): number {
  const limit = /^Max address space\s+(\d+)/m.exec(read('/proc/self/limits') ?? '')?.[1];
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  const taken = /^VmSize:\s+(\d+) kB/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0';
  return Math.max(0, Number(limit) - 1024 * Number(taken));
}

/**
 * The files of a memory controller, and their names for the cache of files, read once or more often, which is
 * freed when memory is short.
 */
interface Controller {
  /** The line of /proc/self/cgroup that tells the group's path. */
  readonly line: RegExp;
  readonly mount: string;
  readonly limit: string;
  readonly used: string;
  readonly cache: RegExp;
}

const CONTROLLERS: readonly Controller[] = [
  {
    line: /^0::(\/.*)$/m,
    mount: '/sys/fs/cgroup',
    limit: 'memory.max',
    used: 'memory.current',
    cache: /^(?:in)?active_file (\d+)$/gm,
  },
  {
    line: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(\/.*)$/m,
    mount: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    used: 'memory.usage_in_bytes',
    cache: /^total_(?:in)?active_file (\d+)$/gm,
  },
];

/** Bytes that the control groups leave; Infinity without any. */
export function freeGroupMemory(read: ReadText): number {
  const groups = read('/proc/self/cgroup') ?? '';
  let least = Number.POSITIVE_INFINITY;
  for (const { line, mount, limit, used, cache } of CONTROLLERS) {
    const path = line.exec(groups)?.[1];
    if (path === undefined) continue;
    for (const group of withParents(path)) {
      const file = (name: string) => read(`${mount}${group}/${name}`)?.trim();
      const most = Number(file(limit)); // NaN for "max"
      if (!(most >= 0)) continue;
      const caches = (file('memory.stat') ?? '').matchAll(cache);
      const cached = [...caches].reduce((sum, [, bytes]) => sum + Number(bytes), 0);
      least = Math.min(least, Math.max(0, most - Number(file(used) ?? 0) + cached));
    }
  }
  return least;
}

/**
 * `/a/b`, `/a` and the root; in a container only the root
 * may be visible, which is then the container's group.
 */
function withParents(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, left) =>
    parts
      .slice(0, parts.length - left)
      .map((part) => `/${part}`)
      .join(''),
  );
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
