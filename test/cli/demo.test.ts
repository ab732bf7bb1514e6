/**
 * The demo: the same spikes and the same pictures on every run, and in one step the spiking network is as
 * good as its U-Net. For example, a denoiser that is calibrated on clean pictures fails here by decibels.
 */

import { existsSync, readFileSync } from 'node:fs';
import t from 'tap';
import type { Row } from '../../bin/demo/measureScene.js';
import { spikingUnetJson } from './command.js';

interface Scene {
  readonly name: string;
  readonly picture: string;
  readonly rows: readonly Row[];
}

/** What one step may lose. */
const LOSS = { F1: 0.01, mIoU: 0.01, PSNR: 0.1 };
/** Spikes of the one step and of the paper's conversion; they are the same on every machine. */
const SPIKES: Readonly<Record<string, readonly [oneStep: number, paper: number]>> = {
  vessels: [5916116, 13634375],
  membranes: [6362654, 10948259],
  street: [6000643, 5697335],
  grey: [11211430, 18559191],
  colour: [14707791, 24821020],
};
/** The least that the U-Nets reach: they were trained on photographs, but these pictures are drawn. */
const REACHED: Readonly<Record<string, number>> = {
  vessels: 0.75,
  membranes: 0.9,
  street: 0.2,
  grey: 30,
  colour: 30,
};

const { picture, scenes }: { picture: string; scenes: readonly Scene[] } = spikingUnetJson(
  ...['demo', '--out', t.testdir(), '--threads', '2'],
);

t.test('every scene, in one step as good as its U-Net', async (t) => {
  t.strictSame(
    scenes.map(({ name }) => name),
    Object.keys(REACHED),
  );
  for (const { name, rows } of scenes) {
    const [unet, oneStep, paper] = rows;
    t.strictSame(
      rows.map(({ steps }) => steps),
      [0, 1, 10],
    );
    t.ok(unet.value > REACHED[name], `${name}: U-Net ${unet.value}`);
    t.ok(Math.abs(oneStep.value - unet.value) < LOSS[unet.metric], `${name}: one step ${oneStep.value}`);
    t.strictSame([oneStep.spikes, paper.spikes], SPIKES[name], name);
    t.ok(unet.spikes === 0 && rows.every(({ operations, ms }) => operations > 0 && ms > 0));
  }
});

t.test('the picture is the one in the README, byte for byte', async (t) => {
  t.ok(readFileSync(picture).equals(readFileSync('docs/demo.png')), 'made elsewhere, on other threads');
  for (const scene of scenes) t.ok(existsSync(scene.picture), scene.name);
});
