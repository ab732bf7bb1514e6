/** Colours for class ids, and pictures tinted with them. */

import { type Image, makeImage, toRgb } from './image.js';

type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Far apart for neighbouring ids: hues by the golden ratio, of
 * three values and two saturations (HSV). Class 0 is black.
 */
export function classColour(id: number): Rgb {
  if (id === 0) return [0, 0, 0];
  const hue = 6 * ((id * 0.618033988749895) % 1);
  const value = [255, 190, 130][id % 3];
  const saturation = id % 2 === 0 ? 0.55 : 0.9;
  const level = (shift: number) => {
    const sector = (shift + hue) % 6;
    return Math.round(value * (1 - saturation * Math.max(0, Math.min(sector, 4 - sector, 1))));
  };
  return [level(5), level(3), level(1)];
}

/** Class ids [H,W] in colour. */
export function colourLabel(label: Uint8Array, height: number, width: number): Image {
  const image = makeImage(height, width, 3);
  for (let p = 0; p < label.length; p++) image.data.set(classColour(label[p]), 3 * p);
  return image;
}

/** A picture with the colours of its classes laid over it, half transparent; class 0 leaves it as it is. */
export function overlay(picture: Image, label: Uint8Array): Image {
  const { height, width, data } = toRgb(picture);
  const image = makeImage(height, width, 3, data.slice());
  for (let p = 0; p < label.length; p++) {
    if (label[p] === 0) continue;
    const colour = classColour(label[p]);
    for (let c = 0; c < 3; c++) image.data[3 * p + c] = (data[3 * p + c] + colour[c]) >> 1;
  }
  return image;
}
