#!/usr/bin/env node
/** `spiking-unet page`: the page on which one watches spikes, served to a browser here, or as files. */

import { join } from 'node:path';
import { UsageError } from '../lib/core/error.js';
import { readBytes, writeFileAtomic } from '../lib/node/files.js';
import { naturalNumber } from './cli/parse.js';
import { type Result, runAsProgram, type Stage } from './cli/stage.js';
import { serve } from './page/server.js';
import { siteFiles } from './page/siteFiles.js';

const LAST_PORT = 65_535;

interface Options {
  readonly port: number;
  readonly out?: string;
}

const stage: Stage<Options> = {
  name: 'page',
  summary:
    'Serve a page to a browser on this machine: pictures and networks in, and one watches the spikes. Everything is ' +
    'computed in the browser. Ctrl-C stops it.',
  examples: [
    ['page', 'open the address that it prints'],
    ['page --port 0', 'on any port that is free'],
    ['page --out site', 'the page as files, for any web server'],
  ],
  configure(command) {
    command
      .option('--port <n>', 'port on 127.0.0.1; 0: any that is free', naturalNumber, 8737)
      .option('--out <dir>', 'write the files of the page into a folder, and do not serve them');
  },
  async run({ port, out }) {
    if (out === '') throw new UsageError('--out: expected the name of a folder');
    if (port > LAST_PORT) throw new UsageError(`--port ${port}: expected at most ${LAST_PORT}`);
    if (out !== undefined) return write(out);
    const { url } = await serve(port);
    return { json: { url }, text: `${url} (Ctrl-C stops it)` };
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

/** The whole site, which any web server can serve: without threads, unless it sends the headers for them. */
function write(folder: string): Result {
  const files = siteFiles();
  let bytes = 0;
  for (const [address, path] of files) {
    const content = readBytes(path);
    writeFileAtomic(join(folder, ...address.split('/')), content);
    bytes += content.length;
  }
  return {
    json: { out: folder, files: [...files.keys()], bytes },
    text: `${folder}: ${files.size} files, ${(bytes / 1e6).toFixed(1)} MB`,
  };
}
