/** Names of hosts as names of files and folders below --runs. */

import { sha256 } from '../../lib/core/sha256.js';

/** Letters, digits, and between them dots and lines, on any file system. */
const PLAIN = /^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$/i;

/** The name itself if it can be that of a file; if not, what can be kept of it and a part of its SHA-256. */
export function fileNameOf(host: string): string {
  if (PLAIN.test(host)) return host;
  const kept = host.replace(/[^a-z0-9]+/gi, '_').slice(0, 40);
  return `${kept}-${sha256(host).slice(0, 8)}`;
}
