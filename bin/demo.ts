#!/usr/bin/env node
/** `spiking-unet demo`: bundled pictures through the bundled models, U-Net beside Spiking-UNet. */

import { join } from 'node:path';
import { writePng } from '../lib/node/pictureFiles.js';
import { figure } from '../lib/picture/figure.js';
import { cropImage, type Image } from '../lib/picture/image.js';
import { type Column, panel, stack } from '../lib/picture/panel.js';
import type { Sample } from '../lib/picture/sample.js';
import { resultColumns } from '../lib/picture/taskPicture.js';
import { type Context, type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table, thousands } from './cli/table.js';
import { measureScene, NETWORKS, type Row } from './demo/measureScene.js';
import { readScenes } from './demo/scenes.js';

interface Options extends SharedOptions {
  readonly out: string;
}

/**
 * The overview shows the middle of a denoised picture: this fraction (1 / ENLARGED) of its sides, enlarged as
 * many times.
 */
const ENLARGED = 3;

const stage: Stage<Options> = {
  name: 'demo',
  summary:
    'Find vessels, membranes and the parts of a street, and remove noise, in bundled pictures: the U-Net, the spiking ' +
    "network that takes one time step, and the paper's conversion side by side.",
  examples: [
    ['demo', 'writes pictures to out/demo and prints a table'],
    ['demo --out pictures --json', 'elsewhere, and for a script'],
  ],
  configure(command) {
    command.option('--out <dir>', 'folder for the pictures', join('out', 'demo'));
  },
  run: (options, context) => runDemo(options, context),
};

export default stage;
await runAsProgram(stage, import.meta.url);

function runDemo({ out, seed }: Options, { engine, progress }: Context): Result {
  const scenes = readScenes();
  const bar = progress('demo', scenes.length * NETWORKS);
  let done = 0;
  const panels: Image[] = [];
  const results = scenes.map((scene) => {
    const { sample, name, task } = scene;
    const { rows, predictions, seen, classes } = measureScene(engine, scene, seed, () => {
      bar.update(++done, name);
    });
    panels.push(rowOf(resultColumns(sample, seen, predictions, classes), sample));
    const picture = join(out, `${name}.png`);
    writePng(picture, figure(sample, seen, predictions, classes));
    return { name, task, model: scene.model, picture, rows };
  });
  const overview = join(out, 'demo.png');
  writePng(overview, stack(panels));
  const lines = results.flatMap(({ task, rows }) => rows.map((row, k) => lineOf(row, k === 0 ? task : '')));
  const header = ['', 'network', 'quality', 'spikes', 'operations', 'time'];
  return {
    json: { picture: overview, scenes: results },
    text: `${table(header, lines, [0, 1])}

${overview}: input, truth, and what each network found. The pictures are drawn; the models know photographs.`,
  };
}

/** A row of the overview: whole segmentations, or the enlarged middle of denoised pictures. */
function rowOf(columns: readonly Column[], { label, height, width }: Sample): Image {
  if (label) return panel(columns, { enlarge: 1 });
  const side = Math.floor(Math.min(height, width) / ENLARGED);
  const middle = { top: (height - side) >> 1, left: (width - side) >> 1, side };
  const parts = columns.map(({ caption, image }) => ({ caption, image: cropImage(image, middle) }));
  return panel(parts, { enlarge: ENLARGED });
}

/**
 * A line of the table. A MAC multiplies and adds; a synaptic operation (SynOp) adds one spike at one synapse.
 */
function lineOf({ network, metric, value, spikes, operations, steps, ms }: Row, task: string): string[] {
  const quality = metric === 'PSNR' ? `PSNR ${value.toFixed(2)} dB` : `${metric} ${value.toFixed(3)}`;
  const kind = steps > 0 ? 'M SynOps' : 'M MACs  ';
  return [
    task,
    network,
    quality,
    steps > 0 ? thousands(spikes) : '-',
    `${thousands(operations / 1e6)} ${kind}`,
    `${ms.toFixed(0)} ms`,
  ];
}
