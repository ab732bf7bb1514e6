/**
 * Who owns something that several processes could take: a host, and a process that can be told from others of
 * the same number. Only a process of this host can be asked whether it lives.
 */

import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { processLives, textOf } from './files.js';

export const ownerSchema = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  /** Only on Linux: process numbers have a meaning only within one namespace, and are reused. */
  namespace: z.string().optional(),
  born: z.string().optional(),
});
export type Owner = z.infer<typeof ownerSchema>;

/** This process. */
export function self(): Owner {
  const namespace = linkOf('/proc/self/ns/pid');
  const born = bornOf(process.pid);
  return { host: hostname(), pid: process.pid, ...(namespace && { namespace }), ...(born && { born }) };
}

/** Whether the owner's process would be seen here if it lived: the same host, the same numbers. */
export function isHere({ host, namespace }: Owner): boolean {
  const me = self();
  return host === me.host && namespace === me.namespace;
}

/** Why a process of this host is gone; undefined if it lives. */
export function goneBecause({ pid, born }: Owner): string | undefined {
  if (!processLives(pid)) return 'there is no such process any more';
  return born === undefined || born === bornOf(pid) ? undefined : 'another process has its number now';
}

export function ownerName(owner: Owner | undefined): string {
  return owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
}

/** Boot and clock tick in which a process started; undefined if the system does not say. */
function bornOf(pid: number): string | undefined {
  const boot = textOf('/proc/sys/kernel/random/boot_id')?.trim();
  const stat = textOf(`/proc/${pid}/stat`);
  // The 22nd field; the 2nd is the program's name in brackets and may hold anything.
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return boot && ticks && `${boot} ${ticks}`;
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
