/** `spiking-unet page`: what it serves, what it refuses, and the site as files. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import t from 'tap';
import { serve } from '../../bin/page/server.js';
import { siteFiles } from '../../bin/page/siteFiles.js';
import { spikingUnet } from './command.js';

t.test('it serves its own files and nothing else', async (t) => {
  const [isolated, plain] = [await serve(0), await serve(0, false)];
  t.teardown(() => {
    for (const { server } of [isolated, plain]) server.close();
  });
  for (const [address, path] of siteFiles()) {
    const response = await fetch(isolated.url + address);
    t.equal(response.status, 200, address);
    t.equal(response.headers.get('cross-origin-embedder-policy'), 'require-corp');
    t.ok(readFileSync(path).equals(Buffer.from(await response.arrayBuffer())), address);
  }
  const start = await fetch(isolated.url);
  t.match(start.headers.get('content-type'), /^text\/html/);
  t.match(await start.text(), /<h1>A U-Net in spikes<\/h1>/);
  t.equal((await fetch(plain.url)).headers.get('cross-origin-opener-policy'), null);
  for (const address of [
    'nothing',
    '../package.json',
    '%2e%2e/package.json',
    'constructor',
    'models/',
    '//x/y',
  ])
    t.equal((await fetch(`${isolated.url}${address}`)).status, 404, address);
  for (const target of ['//', '//[', 'http://a:99999/', '/index.html?x=1'])
    t.match(await statusOf(isolated.url, target), target.startsWith('/index') ? 200 : 404, target);
  const head = await fetch(isolated.url, { method: 'HEAD' });
  t.match([head.status, await head.text()], [200, '']);
  t.equal((await fetch(isolated.url, { method: 'POST', body: 'x' })).status, 405);
});

/** The status of a request whose target is sent as it is. */
function statusOf(url: string, target: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.end(`GET ${target} HTTP/1.0\r\n\r\n`));
    socket.once('data', (part: Buffer) => resolve(Number(part.toString().split(' ')[1])));
    socket.once('error', reject);
  });
}

t.test('a port that is taken is named; any that is free is found', async (t) => {
  const child = spawn(process.execPath, ['dist/bin/page.js', '--port', '0', '--json']);
  t.teardown(() => child.kill());
  const line = await new Promise<string>((resolve) => {
    child.stdout.once('data', (part: Buffer) => resolve(part.toString()));
  });
  const { url } = JSON.parse(line);
  t.equal((await fetch(url)).status, 200);
  const { port } = new URL(url);
  t.match(spikingUnet('page', '--port', '70000'), {
    status: 2,
    stderr: /--port 70000: expected at most 65535/,
  });
  t.match(spikingUnet('page', '--out', ''), { status: 2, stderr: /--out: expected the name of a folder/ });
  const { status, stderr } = spikingUnet('page', '--port', port);
  t.equal(status, 2);
  t.match(stderr, `--port ${port}: another program uses it: take another, or 0 for any that is free`);
  const ended = new Promise((resolve) => {
    child.once('exit', (_, signal) => resolve(signal));
  });
  child.kill('SIGINT');
  t.equal(await ended, 'SIGINT');
});

t.test('as files it is whole', async (t) => {
  const out = join(t.testdir(), 'site');
  const { status, json } = jsonOf(spikingUnet('page', '--out', out, '--json'));
  t.equal(status, 0);
  t.strictSame(json, {
    out,
    files: [...siteFiles().keys()],
    bytes: [...siteFiles().values()].reduce((sum, path) => sum + readFileSync(path).length, 0),
  });
  for (const [address, path] of siteFiles())
    t.ok(readFileSync(join(out, address)).equals(readFileSync(path)), address);
  t.ok(readdirSync(out).length > 5);
  t.match(spikingUnet('page', '--out', join(out, 'index.html')), { status: /[13]/, stderr: /index\.html/ });
});

const jsonOf = ({ status, stdout }: { status: number | null; stdout: string }) => ({
  status,
  json: JSON.parse(stdout),
});
