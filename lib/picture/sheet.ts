/** White sheets for pictures and texts to be put on: what panels and plots are made of. */

import { drawText, GLYPH_HEIGHT, textWidth } from './font.js';
import { type Image, makeImage } from './image.js';

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
