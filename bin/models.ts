#!/usr/bin/env node
/** `spiking-unet models`: the models that come with the program, and the card of each. */

import { statSync } from 'node:fs';
import { UsageError } from '../lib/core/error.js';
import { bundledCard, bundledFile, bundledNames } from '../lib/node/bundled.js';
import { readModel } from './cli/modelOptions.js';
import { type Result, runAsProgram, type SharedOptions, type Stage } from './cli/stage.js';
import { table } from './cli/table.js';

interface Options extends SharedOptions {
  readonly arguments: readonly string[];
}

const stage: Stage<Options> = {
  name: 'models',
  summary: 'List the models that come with the program, or show the card of one.',
  examples: [
    ['models list', 'a name from the list can replace a model file: --model drive'],
    ['models show drive', 'what it was trained on, how good it is, what it is not for'],
  ],
  configure(command) {
    command.argument('<what>', 'list or show').argument('[name]', 'show: which one');
  },
  run({ arguments: [what, name] }) {
    if (what === 'list' && name === undefined) return list();
    if (what === 'show' && name !== undefined) return show(name);
    if (what === 'show') throw new UsageError(`models show: expected one of ${bundledNames().join(', ')}`);
    throw new UsageError(`models ${[what, name].join(' ').trim()}: expected "list" or "show NAME"`);
  },
};

export default stage;
await runAsProgram(stage, import.meta.url);

function list(): Result {
  const models = bundledNames().map(describe);
  const rows = models.map((each) => [
    each.name,
    each.task,
    String(each.width),
    `${each.channels} -> ${each.classes}`,
    `${(each.bytes / 1e6).toFixed(1)} MB`,
    each.purpose,
  ]);
  const header = ['name', 'task', 'width', 'in -> out', 'size', 'what it does'];
  return {
    json: { models },
    text: `${table(header, rows, [0, 1, header.length - 1])}\n\n--model NAME is the spiking network, --model NAME --unet the U-Net.`,
  };
}

function show(name: string): Result {
  const card = bundledCard(name);
  return { json: { ...describe(name), card }, text: card.trimEnd() };
}

/** A model in figures, and the first line of its card: `# NAME: what it does`. */
function describe(name: string) {
  const file = bundledFile(name);
  const { model, hash } = readModel(file);
  const { task, width, channels, classes } = model.configuration;
  const purpose = /^# [^:]*: (.*)$/m.exec(bundledCard(name))?.[1] ?? '';
  const about = { task, width, channels, classes, classNames: model.classNames };
  return { name, purpose, ...about, bytes: statSync(file).size, sha256: hash, file };
}
