/** Tables without running anything: figures, summaries, jobs and their commands, the picture. */

import t from 'tap';
import { askedFor, graphOf } from '../../bin/reproduce/askedJobs.js';
import { type Cell, cellName, direct, oneStep, spiking } from '../../bin/reproduce/cell.js';
import { estimate, measuredFactor } from '../../bin/reproduce/estimate.js';
import { figures, jobsOfFigure } from '../../bin/reproduce/figures.js';
import { inOrder, type Settings } from '../../bin/reproduce/job.js';
import { F1, MILLISECONDS, SPIKES } from '../../bin/reproduce/metric.js';
import type { Entry, Row } from '../../bin/reproduce/paperTable.js';
import { markdownTable } from '../../bin/reproduce/render.js';
import { jobOf } from '../../bin/reproduce/resultJobs.js';
import { spikesPlot } from '../../bin/reproduce/spikesPlot.js';
import { commandLine } from '../../bin/reproduce/store.js';
import { tables } from '../../bin/reproduce/tables/index.js';

const settings: Settings = { width: 8, seed: 1, folderOf: () => undefined };
const cell = spiking('converted', 'drive', 1, oneStep(5, { draw: { images: 10, seed: 3 } }));
const markdown = (entries: Row['entries'], resultOf: (entry: Entry) => unknown) =>
  markdownTable(
    { title: '', columns: ['row', ...entries.map(String)], rows: [{ labels: ['x'], entries }] },
    resultOf,
  )
    .split('\n')
    .at(-1);

t.test('a one-step cell: its name, its jobs and their commands', async (t) => {
  t.equal(cellName(cell), 'drive/one-step-5-i10-s3/converted-T1');
  const [, convert, evaluate] = inOrder([jobOf({ cell, metric: F1 }, settings)]);
  t.match(
    commandLine(convert),
    /--preset one-step --thresholds 5 --images 10 --seed 3 --dataset synth-drive/,
  );
  t.equal(evaluate.folder, 'drive-synthetic-w8-s1/one-step-5-i10-s3/eval-T1');
  t.match(commandLine(evaluate), /--steps 1 --dataset/);
  t.match(
    commandLine(jobOf({ cell, metric: MILLISECONDS }, settings)),
    /^spiking-unet evaluate --time --threads 1 /,
  );
  const quantised = { experiment: 'drive', kind: 'quantised', conversion: oneStep(4) } as const;
  t.match(commandLine(jobOf({ cell: quantised, metric: F1 }, settings)), /--as-unet/);
});

t.test('conversions of denoisers are measured on a draw, others on everything', async (t) => {
  const convertOf = (experiment: string) =>
    commandLine(inOrder([jobOf({ cell: spiking('converted', experiment, 10), metric: F1 }, settings)])[1]);
  t.match(convertOf('bsd-grey'), '--images 40 --seed 1');
  t.notMatch(convertOf('drive'), '--images');
});

t.test(
  'networks that are trained directly, or fine-tuned through time: their names and commands',
  async (t) => {
    const ml = direct('drive', 'ml', 'tdbn', 10);
    t.equal(cellName(ml), 'drive/direct-ml-tdbn-T10');
    const [train, evaluate, ...more] = inOrder([jobOf({ cell: ml, metric: F1 }, settings)]);
    t.strictSame(more, [], 'no U-Net is needed');
    t.match(
      commandLine(train),
      /train --direct --poolings exact --neuron ml --steps 10 --normalise tdbn --dataset synth-drive/,
    );
    t.equal(evaluate.folder, 'drive-synthetic-w8-s1/direct-ml-tdbn-T10/eval');
    const tuned = { ...spiking('finetuned', 'drive', 2, oneStep(4)), method: 'bptt' } as Cell;
    t.equal(cellName(tuned), 'drive/one-step-4/finetuned-T2-bptt');
    const [, , finetune] = inOrder([jobOf({ cell: tuned, metric: F1 }, settings)]);
    t.match(commandLine(finetune), /finetune .* --steps 2 .*--method bptt/);
  },
);

t.test('figures need the networks that they show', async (t) => {
  const [picture] = jobsOfFigure(figures.figure5, settings);
  t.equal(picture.needs.length, 7);
  t.match(commandLine(picture), /^spiking-unet evaluate .*--beside .*--figures .*--sigma 25/);
  t.equal(jobsOfFigure(figures.figure3, settings).length, 3);
});

t.test('--cells also chooses parts of figures', async (t) => {
  const asked = askedFor(['table1', 'figure4', 'figure3']);
  const folders = graphOf(asked, settings, 'em/figure4').map(({ folder }) => folder);
  t.match(folders.at(-1), /^em-.*\/figure4$/);
  t.strictSame(
    folders.filter((folder) => !folder.startsWith('em-')),
    [],
  );
  const both = graphOf(asked, settings, 'drive/unet,camseq01/figure3').map(({ folder }) => folder);
  t.ok(both.some((folder) => /^drive-.*\/unet\/eval$/.test(folder)));
  t.notOk(both.some((folder) => folder.endsWith('figure4')));
  t.throws(() => graphOf(askedFor(['figure4']), settings, 'bsd'), /no cell .* such as drive\/figure4$/);
});

t.test('estimates learn from what was done', async (t) => {
  const pace = { width: 6, threads: 1, factor: 1 };
  t.equal(estimate(6e9 * 100, pace), 103, 'half of the speed of wide networks, and what is around');
  t.equal(measuredFactor([], 6), 1);
  const timed = (seconds: number) => ({ macs: 6e9 * 100, seconds, threads: 1 });
  t.equal(
    measuredFactor([timed(206), timed(309), timed(206), timed(1)], 6),
    2,
    'the median of the long ones',
  );
  t.equal(estimate(6e9 * 100, { ...pace, factor: 2, threads: 2 }), 103);
});

t.test('a figure with spikes beside it, the mean and the spread; nothing where one is missing', async (t) => {
  const entry = (seed: number): Entry => ({
    cell: spiking('converted', 'drive', 1, oneStep(5, { draw: { images: 10, seed } })),
    metric: F1,
  });
  const resultOf = ({ cell }: Entry) => {
    const seed = Number(cellName(cell).match(/-s(\d)/)![1]);
    return seed > 3 ? undefined : { metrics: { f1: seed / 10 }, spikes: 4e6 * seed, images: [{}, {}] };
  };
  t.equal(markdown([{ ...entry(1), beside: SPIKES }], resultOf), '| x | 0.1000 / 2.00 |');
  t.equal(markdown([{ ...entry(4), beside: SPIKES, paper: 0.2 }], resultOf), '| x | - (0.200) |');
  const [few, many] = [[1, 2, 3].map(entry), [1, 2, 3, 4].map(entry)];
  t.equal(
    markdown(
      [
        { summary: 'mean', of: few },
        { summary: 'spread', of: few },
      ],
      resultOf,
    ),
    '| x | 0.2000 | 0.2000 |',
  );
  t.equal(markdown([{ summary: 'mean', of: many }], resultOf), '| x | - |');
});

t.test('every cell of every table has a job, and the same job has the same command', async (t) => {
  const commands = new Map<string, string>();
  for (const { rows } of Object.values(tables)) {
    const entries = rows.flatMap((row) =>
      row.entries.flatMap((entry) => (entry && 'cell' in entry ? entry : [])),
    );
    for (const job of inOrder(entries.map((entry) => jobOf(entry, settings)))) {
      const line = commandLine(job);
      if (commands.get(job.folder) !== undefined && commands.get(job.folder) !== line)
        t.equal(line, commands.get(job.folder));
      commands.set(job.folder, line);
    }
  }
  t.equal(new Set(commands.values()).size, commands.size, 'no command twice');
});

t.test('the picture changes with what is done', async (t) => {
  const bytes = (metric: number | undefined) =>
    Buffer.from(
      spikesPlot(
        () => metric && { metrics: { f1: metric, miou: metric, psnr: metric }, spikes: 5e6, images: [{}] },
      ).data,
    );
  t.ok(bytes(0.5).equals(bytes(0.5)));
  t.notOk(bytes(0.5).equals(bytes(undefined)));
});
