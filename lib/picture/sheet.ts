/** White sheets for pictures and texts to be put on: what panels and plots are made of. */

import { drawText, GLYPH_HEIGHT, textWidth } from './font.js';
import { type Image, makeImage } from './image.js';

export type Colour = readonly [red: number, green: number, blue: number];

const PAPER = 255;
const INK = 40;

/** A white RGB picture. */
export function whiteSheet(height: number, width: number): Image {
  const sheet = makeImage(height, width, 3);
  sheet.data.fill(PAPER);
  return sheet;
}

/** A text, as large as it is, on white. */
export function textImage(text: string): Image {
  const image = whiteSheet(GLYPH_HEIGHT, textWidth(text));
  drawText(image, text, 0, 0, INK);
  return image;
}

/** Each pixel becomes a square of `factor` pixels a side. */
export function enlarge(image: Image, factor: number): Image {
  if (factor === 1) return image;
  const { height, width, channels, data } = image;
  const large = makeImage(height * factor, width * factor, channels);
  for (let y = 0; y < large.height; y++) {
    for (let x = 0; x < large.width; x++) {
      const source = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      large.data.set(data.subarray(source, source + channels), (y * large.width + x) * channels);
    }
  }
  return large;
}

/** Copies an RGB picture into a sheet that has room for it. */
export function paste(sheet: Image, picture: Image, left: number, top: number): void {
  const row = 3 * picture.width;
  for (let y = 0; y < picture.height; y++) {
    sheet.data.set(picture.data.subarray(y * row, (y + 1) * row), ((top + y) * sheet.width + left) * 3);
  }
}

/** A straight line, both ends included, drawn with a square pen of `pen` pixels a side. */
export function stroke(
  { height, width, data }: Image,
  from: readonly [x: number, y: number],
  to: readonly [x: number, y: number],
  colour: Colour,
  pen: number,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const steps = Math.max(1, Math.abs(dx), Math.abs(dy));
  const reach = Math.floor((pen - 1) / 2);
  for (let i = 0; i <= steps; i++) {
    const x = Math.round(from[0] + (dx * i) / steps) - reach;
    const y = Math.round(from[1] + (dy * i) / steps) - reach;
    for (let row = Math.max(0, y); row < Math.min(height, y + pen); row++) {
      for (let column = Math.max(0, x); column < Math.min(width, x + pen); column++)
        data.set(colour, 3 * (row * width + column));
    }
  }
}

/** Writes a text, enlarged by `factor`, inside of the sheet; one that has no room there is left out. */
export function write(sheet: Image, words: string, left: number, top: number, factor: number): void {
  const image = enlarge(textImage(words), factor);
  const room = {
    left: Math.max(0, Math.min(left, sheet.width - image.width)),
    top: Math.max(0, Math.round(top)),
  };
  if (room.top + image.height <= sheet.height && image.width <= sheet.width)
    paste(sheet, image, room.left, room.top);
}
