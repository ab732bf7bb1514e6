/** What street.ts and streetFigures.ts paint with: classes, their colours, and a few helpers. */

import { sinTurns } from '../../core/elementary.js';

export type Rgb = readonly [number, number, number];

/** Names and label colours in the order of the class ids, as in CamSeq01. */
export const STREET_CLASSES: readonly { readonly name: string; readonly colour: Rgb }[] = [
  { name: 'Sky', colour: [128, 128, 128] },
  { name: 'Building', colour: [128, 0, 0] },
  { name: 'Column_Pole', colour: [192, 192, 128] },
  { name: 'Road', colour: [128, 64, 128] },
  { name: 'Sidewalk', colour: [0, 0, 192] },
  { name: 'Tree', colour: [128, 128, 0] },
  { name: 'SignSymbol', colour: [192, 128, 128] },
  { name: 'Fence', colour: [64, 64, 128] },
  { name: 'Car', colour: [64, 0, 128] },
  { name: 'Pedestrian', colour: [64, 64, 0] },
  { name: 'Bicyclist', colour: [0, 128, 192] },
  { name: 'Void', colour: [0, 0, 0] },
];

export const [SKY, BUILDING, POLE, ROAD, SIDEWALK, TREE, SIGN, FENCE, CAR, PEDESTRIAN, BICYCLIST, VOID] =
  STREET_CLASSES.keys();

/** What a ray meets: its class, its colour (grey levels), and how rough it looks. */
export interface Paint {
  readonly id: number;
  readonly colour: Rgb;
  readonly rough?: number;
}

/**
 * An upright figure that faces the camera: `at(u, v)` is
 * its paint, u 0..1 from the left, v 0..1 from the ground.
 */
export interface Figure {
  readonly x: number;
  readonly z: number;
  readonly width: number;
  readonly height: number;
  readonly at: (u: number, v: number) => Paint | undefined;
}

export function mod(value: number, by: number): number {
  return value - by * Math.floor(value / by);
}

export function wave(turns: number): number {
  return sinTurns(turns);
}

export function scaled([r, g, b]: Rgb, by: number): Rgb {
  return [r * by, g * by, b * by];
}
