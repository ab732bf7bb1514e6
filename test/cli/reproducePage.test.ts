/** `reproduce --report FILE.html`: tables and figures in one page, which says what is not measured yet. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { figures, jobsOfFigure } from '../../bin/reproduce/figures.js';
import { jobOf } from '../../bin/reproduce/resultJobs.js';
import { writeDone } from '../../bin/reproduce/store.js';
import { methodsOf } from '../../bin/reproduce/tables/oneStep.js';
import { writePng } from '../../lib/node/pictureFiles.js';
import { writeTinyDrive } from '../support/tinyDrive.js';
import { spikingUnetJson } from './command.js';

const root = t.testdir();
const at = (...parts: string[]) => join(root, ...parts);
const tiny = '--width 1 --epochs 1 --patches 8 --threads 1'.split(' ');
writeTinyDrive(at('data', 'DRIVE'));
const table1 = (...more: string[]) => [
  ...['reproduce', 'table1', '--runs', at('runs'), ...tiny, '--data', at('data')],
  ...more,
];

/** What the page keeps for other programs, and for its charts. */
function dataOf(page: string) {
  return JSON.parse(/<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page)![1]);
}

t.test('a page: figures beside those of the paper, commands, and what is not measured', async (t) => {
  spikingUnetJson(...table1('--cells', 'drive/unet'));
  const file = at('results.html');
  const result = spikingUnetJson(...table1('figure3', 'figure4', 'figure5', '--report', file));
  const text = readFileSync(file, 'utf8');
  const data = dataOf(text);
  const markup = text.replace(/(<script[^>]*>).*?(<\/script>)/gs, '$1$2');
  const [{ rows }] = result;
  const [{ ours, paper }] = rows[0].figures;
  t.equal(paper, 0.806);
  const cell = `<td class="number">${ours.toFixed(4)}<br><small>paper 0.806</small></td>`;
  t.ok(markup.includes(cell), cell);
  t.match(markup, /<td class="number"><i>not yet<\/i><br><small>paper 0\.948<\/small>/, 'EM');
  t.match(markup, /<pre><code>spiking-unet reproduce table1 --width 1 --seed 1 --epochs 1 --patches 8</);
  t.match(markup, /<code>spiking-unet evaluate --model drive-w1[^<]*<\/code><\/th><td>\d+ s</);
  t.match(markup, /<code>spiking-unet train --dataset synth-em[^<]*<\/code><\/th><td>not run yet</);
  t.match(markup, /<th scope="row">DRIVE<\/th><td>test images of drive</);
  t.match(markup, /<th scope="row">EM<\/th><td>not there: synth-em, a synthetic twin/);
  for (const name of ['figure3', 'figure4', 'figure5'])
    t.match(markup, new RegExp(`<section id="${name}"[^]*?<p>Not measured yet: [^<]*&quot;spiking-unet `));
  t.strictSame(data.measured, result);
  t.equal(data.charts.length, 0);
});

t.test('the page has the figures: Fig. 3, pictures, the metric over spikes', async (t) => {
  const settings = { width: 1, seed: 1, epochs: 1, patches: 8, folderOf: () => undefined };
  const [drive] = jobsOfFigure(figures.figure4, settings);
  const done = { command: 'x', version: 'x', seconds: 1, threads: 1, result: {} };
  writeDone(at('drawn'), drive, done);
  for (const name of ['10', '9', '2']) {
    const path = at('drawn', drive.folder, `${name}.png`);
    writePng(path, { height: 1, width: 1, channels: 1, data: new Uint8Array(1) });
  }
  const [first, second] = methodsOf('drive')[0].entries;
  for (const [entry, f1] of [
    [first, 0.75],
    [second, 0.8],
  ] as const) {
    const result = { metrics: { f1 }, spikes: 4e6, images: [{}, {}] };
    writeDone(at('drawn'), jobOf(entry, settings), { ...done, result });
  }
  const shown = ['figure3', 'figure4', 'one-step', '--runs', at('drawn'), ...tiny];
  spikingUnetJson('reproduce', 'figure3', ...shown.slice(3));
  spikingUnetJson('reproduce', ...shown, '--report', at('figures.html'));
  const text = readFileSync(at('figures.html'), 'utf8');
  const { charts } = dataOf(text);
  t.strictSame(
    charts.map(({ id }: { id: string }) => id),
    ['one-step-0', 'figure3-layer', 'figure3-connection'],
  );
  t.strictSame(charts[0].drawing.lines[0].points, [
    { x: 2, y: 0.75 },
    { x: 2, y: 0.8 },
  ]);
  for (const { drawing } of charts.slice(1)) t.ok(drawing.cells.length > 4, 'neurons in four layers');
  const pictures = [...text.matchAll(/<img src="data:image\/png;base64,[^"]+" alt="(\d+): /g)];
  t.strictSame(
    pictures.map(([, name]) => name),
    ['2', '9'],
  );
  t.match(text, /Not measured yet: a command is to be run, [^<]*synth-em/);
});
